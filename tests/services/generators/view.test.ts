import { expect, test } from 'vitest';
import type { Launcher } from '../../../main/processes/launcher.ts';
import { generatorView } from '../../../main/services/generators/view.ts';
import { addSmallStudy, jobEnded, openLab } from '../lab/lab-helper.ts';

test('a generator is trained and shown: grids over time, downsampled losses, a choice of checkpoint', async () => {
  const test = openLab();
  const { client, lab } = test;
  const study = addSmallStudy(test);
  const before = await client.generator.get({ study });
  expect(before).toMatchObject({ kind: 'trained', training: null, grids: [], frozen: false, working: false });
  expect(before.real).toBe(null);
  // They are drawn beside the first look.
  await expect.poll(async () => (await client.generator.get({ study })).real?.name).toBe('zeros and ones');
  expect(await client.generator.losses({ study, points: 100 })).toEqual([]);
  const { job } = await client.work.start({ study, goal: 'generator' });
  expect(await jobEnded(test, job)).toMatchObject({ state: 'done' });
  const view = await client.generator.get({ study });
  expect(view.images).toEqual({ width: 28, height: 28, channels: 1, trainCount: 3000 });
  expect(view.training).toMatchObject({ state: 'done', changed: false, step: 250, steps: 250, failure: null });
  expect(view.grids.map(({ step }) => step)).toEqual([50, 100, 150, 200, 250]);
  expect(view.real).not.toBe(null);
  for (const { image } of [...view.grids, ...(view.real ? [view.real] : [])]) {
    expect(lab.downloads.find(image)).toMatchObject({ type: 'image/png' });
  }
  const losses = await client.generator.losses({ study, points: 20 });
  expect(losses.map(({ series }) => series)).toEqual(['lossD', 'lossG', 'dReal', 'dFake']);
  for (const { steps, values } of losses) {
    expect(steps.length).toBe(values.length);
    expect(steps.length).toBeLessThanOrEqual(20);
    expect(steps.length).toBeGreaterThan(5);
  }
  await client.generator.setCheckpoint({ study, step: 150 });
  expect((await client.generator.get({ study })).own?.checkpoint).toBe(150);
  await client.generator.setCheckpoint({ study, step: 250 });
  expect((await client.generator.get({ study })).own?.checkpoint).toBe(null);
  const wrong = client.generator.setCheckpoint({ study, step: 151 });
  await expect(wrong).rejects.toMatchObject({
    data: { code: 'study.invalid', where: expect.stringContaining('checkpoint') },
  });
  const own = view.own;
  if (!own) throw new Error('no recipe');
  await client.generator.setRecipe({ study, recipe: { ...own.recipe, steps: 300 }, seed: own.seed });
  expect((await client.generator.get({ study })).training).toMatchObject({ changed: true, state: 'done' });
  await client.generator.setRecipe({ study, recipe: own.recipe, seed: own.seed });
  expect((await client.generator.get({ study })).training).toMatchObject({ changed: false });
});

test('the shipped generator shows with its provenance, its samples and real images', async () => {
  const { client, lab } = openLab();
  const { name } = await client.studies.create({
    source: { kind: 'preset', preset: 'quick' },
    name: null,
    title: null,
  });
  await expect.poll(async () => (await client.generator.get({ study: name })).real?.name).toBe('MNIST');
  const view = await client.generator.get({ study: name });
  expect(view).toMatchObject({ kind: 'shipped', own: null, training: null });
  expect(view.shipped?.provenance.name).toBe('mnist-dcgan64');
  expect(lab.downloads.find(view.shipped?.image ?? '')).toMatchObject({ type: 'image/png' });
  const chosen = client.generator.setCheckpoint({ study: name, step: 10 });
  await expect(chosen).rejects.toMatchObject({ data: { code: 'generator.not-own' } });
});

test('real images that cannot be drawn are tried again once a minute, not at every view', async () => {
  const test = openLab();
  const study = addSmallStudy(test);
  let launched = 0;
  const launcher: Launcher = {
    launch: (_, { exit }) => {
      launched += 1;
      setImmediate(() => exit({ code: 1, signal: null }));
      return { pid: undefined, send: () => undefined, kill: () => undefined };
    },
  };
  const { workbench, jobs, settings, changes } = test.lab;
  const at = workbench.now();
  const view = (now: number) =>
    generatorView({ workbench: { ...workbench, now: () => now }, jobs, settings, launcher, changes }, study);
  for (const now of [at, at, at + 59_000]) expect(view(now).real).toBe(null);
  expect(launched).toBe(1);
  // It is tried again once the first process has ended, and then not at the next view.
  await expect.poll(() => [view(at + 61_000).real, launched]).toEqual([null, 2]);
  await new Promise((resolve) => setImmediate(resolve));
  for (const now of [at + 61_000, at + 119_000]) expect(view(now).real).toBe(null);
  expect(launched).toBe(2);
});

test('a study whose stimuli come from elsewhere has no generator, and none can be given to it', async () => {
  const test = openLab();
  const study = addSmallStudy(test, {
    generator: null,
    reference: null,
    stimuli: { source: 'imported', path: '/x.zip' },
  });
  expect(await test.client.generator.get({ study })).toMatchObject({ kind: 'none' });
  const given = test.client.generator.useShipped({ study, name: 'mnist-dcgan64' });
  await expect(given).rejects.toMatchObject({ data: { code: 'generator.not-needed' } });
});
