import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { smallStudy } from './small-study.ts';
import { addSmallStudy, jobEnded, openLab } from '../lab/lab-helper.ts';
import type { TestLab } from '../lab/lab-helper.ts';

const roles = ({ lab }: TestLab, study: string): Record<string, string> => {
  const { storage } = lab.workbench;
  const id = storage.studies.byName(study)?.id ?? 0;
  return Object.fromEntries(storage.studyRuns.list(id).map(({ role, state }) => [role, state]));
};

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 3000; tries++) {
    if (condition()) return;
    await wait(50);
  }
  throw new Error('it never came to that');
}

test('a study stops at its goal, and the next goal continues from there', async () => {
  const test = openLab();
  const study = addSmallStudy(test);
  const first = await jobEnded(test, (await test.client.work.start({ study, goal: 'generator' })).job);
  expect(first).toMatchObject({ state: 'done', study, link: '/studies/small/generator' });
  expect(roles(test, study)).toEqual({ generator: 'done' });
  const second = await jobEnded(test, (await test.client.work.start({ study, goal: 'candidates' })).job);
  expect(second.state).toBe('done');
  expect(roles(test, study)).toEqual({ generator: 'done', reference: 'done', candidates: 'done' });
  const third = await jobEnded(test, (await test.client.work.start({ study, goal: 'report' })).job);
  expect(third).toMatchObject({ state: 'done', messages: [], share: 1 });
  const all = roles(test, study);
  expect(new Set(Object.values(all))).toEqual(new Set(['done']));
  expect(Object.keys(all).filter((role) => role.startsWith('predictions/')).length).toBeGreaterThanOrEqual(7);
  expect(test.defects).toEqual([]);
});

test('two studies wait for each other; starting twice starts once; a wider goal covers a narrower one', async () => {
  const test = openLab();
  const study = addSmallStudy(test);
  const { models } = smallStudy() as { models: object[] };
  const other = addSmallStudy(test, { name: 'other', title: 'Another', models: models.slice(0, 1) });
  const { job } = await test.client.work.start({ study, goal: 'models' });
  expect(await test.client.work.start({ study, goal: 'models' })).toEqual({ job });
  const waiting = (await test.client.work.start({ study: other, goal: 'models' })).job;
  expect(await test.client.jobs.list({})).toMatchObject([
    { id: waiting, state: 'waiting' },
    { id: job, state: 'running' },
  ]);
  expect((await jobEnded(test, job)).state).toBe('done');
  expect((await jobEnded(test, waiting)).state).toBe('done');
  expect(roles(test, other)).toEqual({ 'models/MLP1': 'done' });
});

test('stopping writes checkpoints; the same goal again resumes', async () => {
  const test = openLab();
  const study = addSmallStudy(test);
  const { job } = await test.client.work.start({ study, goal: 'report' });
  await until(() => Object.values(roles(test, study)).includes('running'));
  await test.client.work.stop({ study });
  expect((await jobEnded(test, job)).state).toBe('stopped');
  expect(Object.values(roles(test, study))).not.toContain('running');
  const again = await jobEnded(test, (await test.client.work.start({ study, goal: 'models' })).job);
  expect(again.state).toBe('done');
});

test('pausing has every run wait, and resuming resumes them', async () => {
  const test = openLab();
  const study = addSmallStudy(test);
  const { job } = await test.client.work.start({ study, goal: 'models' });
  await until(() => Object.values(roles(test, study)).includes('running'));
  await test.client.work.pauseAll({});
  await until(() => !Object.values(roles(test, study)).includes('running'));
  expect(await test.client.work.state({})).toEqual({ study, paused: true });
  await wait(500);
  expect(Object.values(roles(test, study))).not.toContain('running');
  await test.client.work.resumeAll({});
  expect((await jobEnded(test, job)).state).toBe('done');
});

test('a run on hold waits while the others continue; once only it remains, the study stops and says so', async () => {
  const test = openLab();
  const study = addSmallStudy(test);
  const { job } = await test.client.work.start({ study, goal: 'models' });
  await until(() => 'models/MLP1' in roles(test, study));
  const { storage } = test.lab.workbench;
  const run = storage.studyRuns.get(storage.studies.byName(study)?.id ?? 0, 'models/MLP1')?.runId ?? 0;
  test.lab.work.holdRun(run, true);
  await until(() => roles(test, study)['models/CNN1'] === 'done');
  expect(storage.runs.get(run)).toMatchObject({ held: true });
  expect(['queued', 'interrupted']).toContain(storage.runs.get(run)?.state);
  expect(await jobEnded(test, job)).toMatchObject({
    state: 'stopped',
    messages: [expect.stringContaining('are paused')],
  });
  test.lab.work.holdRun(run, false);
  const again = await jobEnded(test, (await test.client.work.start({ study, goal: 'models' })).job);
  expect(again.state).toBe('done');
  expect(storage.runs.get(run)?.state).toBe('done');
});

test('a missing or deleted study is not started', async () => {
  const test = openLab();
  await expect(test.client.work.start({ study: 'none', goal: 'report' })).rejects.toMatchObject({
    code: 'REFUSED',
    data: { code: 'study.not-found' },
  });
  const study = addSmallStudy(test);
  test.lab.workbench.storage.studies.setDeleted(test.lab.workbench.storage.studies.byName(study)?.id ?? 0, 1);
  await expect(test.client.work.start({ study, goal: 'report' })).rejects.toMatchObject({
    data: { code: 'study.deleted' },
  });
  expect(await test.client.jobs.list({})).toEqual([]);
});
