import { expect, test } from 'vitest';
import { sweepSchema } from '../../../main/contributions/effects/contract/sweep.ts';
import { smallStudy } from '../../services/study/small-study.ts';
import { putSmallStudy, testLab, untilIdle } from '../../services/runs/test-lab.ts';

const study = 'small';
const [mlp] = (smallStudy() as { models: { recipe: object }[] }).models;
const base = {
  ...mlp?.recipe,
  architecture: { kind: 'mlp' as const, hidden: [8] },
  targets: [96],
  tolerance: 3,
  maxEpochs: 3,
};
const rates = (...values: number[]) => ({ of: 'optimiser.stepSize', levels: values.map((value) => ({ value })) });
/** The second rate learns nothing, so its cell misses the target. */
const sweep = sweepSchema.parse({ name: 'rate', base, factors: [rates(1e-3, 1e-8)] });

test('a sweep is told before it starts, trained, grows without training anything again, and can leave', {
  timeout: 240_000,
}, async () => {
  const test = testLab();
  putSmallStudy(test, { models: [] });
  const { client, lab } = test;
  // Two presets have the same one.
  const presets = await client.effects.sweepPresets({});
  expect(presets.map(({ sweep: { base: of, seeds } }) => [of.targets, seeds])).toEqual([
    [[97], 5],
    [[84], 5],
  ]);
  const plan = await client.effects.planSweep({ study, sweep });
  expect(plan).toMatchObject({
    runs: 2,
    known: 0,
    kept: 0,
    count: 2,
    workers: expect.any(Number),
    cells: [
      { name: 'rate-0.001', levels: ['0.001'], recipe: '8, Adam 0.001, batch 32' },
      { name: 'rate-1e-8', levels: ['1e-8'] },
    ],
  });
  expect(plan.seconds).toBeGreaterThan(0);
  expect(plan.bytes).toBeGreaterThan(2 * 4 * 8 * 784);
  expect(await client.effects.sweeps({ study })).toEqual([]);

  await client.effects.putSweep({ study, sweep });
  expect(await client.effects.sweeps({ study })).toMatchObject([{ state: 'none' }]);
  expect(await client.runs.table({ study })).toMatchObject({ total: 0, planned: 2 });
  await client.work.start({ study, goal: 'models' });
  await untilIdle(test);
  const [view] = await client.effects.sweeps({ study });
  expect(view).toMatchObject({
    sweep,
    factors: ['Learning rate'],
    runs: 2,
    done: 2,
    state: 'done',
    cost: { seconds: 0 },
  });
  // A cell that cannot land stays, and says so.
  expect(view?.cells.map(({ name, targets }) => [name, targets[0]?.done, targets[0]?.missed])).toEqual([
    ['rate-0.001', 1, 0],
    ['rate-1e-8', 0, 1],
  ]);
  const { ids } = await client.runs.table({ study });
  expect(view?.cells[1]?.targets[0]?.runs).toHaveLength(1);

  const more = { ...sweep, factors: [rates(1e-3, 1e-8, 2e-3)], seeds: 2 };
  expect(await client.effects.planSweep({ study, sweep: more })).toMatchObject({ runs: 4, kept: 2, count: 3 });
  await client.effects.putSweep({ study, sweep: more });
  const grown = await client.runs.table({ study, sort: { by: 'name', descending: false } });
  expect(grown).toMatchObject({ total: 6, waiting: 4 });
  expect(grown.ids).toEqual(expect.arrayContaining(ids));
  expect(lab.workbench.storage.runs.counts()).toMatchObject({ done: 2, queued: 4 });

  // What has begun stays as it is.
  const changed = { ...sweep, factors: [rates(1e-8, 2e-3)] };
  await expect(client.effects.putSweep({ study, sweep: changed })).rejects.toMatchObject({
    data: { code: 'sweep.would-lose-cells', what: expect.stringContaining('rate-0.001') },
  });
  await expect(client.effects.putSweep({ study, sweep: { ...more, factors: [rates(2)] } })).rejects.toMatchObject({
    data: { code: 'sweep.invalid' },
  });
  await expect(client.effects.putSweep({ study, sweep: { ...more, seeds: 10_000 } })).rejects.toMatchObject({
    data: { code: 'study.invalid', what: expect.stringContaining('30,000 models') },
  });
  await expect(client.runs.removeModels({ study, ids })).rejects.toMatchObject({ data: { code: 'models.of-sweep' } });
  await expect(client.effects.removeSweep({ study, name: 'none' })).rejects.toMatchObject({
    data: { code: 'sweep.not-found' },
  });
  expect(await client.effects.removeSweep({ study, name: 'rate' })).toMatchObject({ sweep: more, runs: 6 });
  expect(await client.runs.table({ study })).toMatchObject({ total: 0, planned: 0 });
  // Its trainings are found again.
  expect(await client.effects.planSweep({ study, sweep: more })).toMatchObject({ runs: 6, known: 2 });
});
