import { setTimeout as wait } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { UserError } from '../../../main/contract/wire/errors.ts';
import { studySchema } from '../../../main/contract/studies/study.ts';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { smallStudy } from './small-study.ts';
import { addSmallStudy, jobEnded, openLab } from '../lab/lab-helper.ts';
import type { TestLab } from '../lab/lab-helper.ts';

const roles = ({ lab }: TestLab, study: string): Record<string, string> => {
  const { storage } = lab.workbench;
  const id = storage.studies.byName(study)?.id ?? 0;
  return Object.fromEntries(storage.studyRuns.list(id).map(({ role, state }) => [role, state]));
};

/** The first models of the small study, where all of them would show no more. */
const firstModels = (count: number): object => ({
  models: (smallStudy() as { models: object[] }).models.slice(0, count),
});

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
  const study = addSmallStudy(test, firstModels(2));
  const other = addSmallStudy(test, { name: 'other', title: 'Another', ...firstModels(1) });
  const { job } = await test.client.work.start({ study, goal: 'models' });
  expect(await test.client.work.start({ study, goal: 'models' })).toEqual({ job });
  const waiting = (await test.client.work.start({ study: other, goal: 'models' })).job;
  expect(await test.client.jobs.list({})).toMatchObject([
    { id: job, state: 'running' },
    { id: waiting, state: 'waiting' },
  ]);
  expect((await jobEnded(test, job)).state).toBe('done');
  expect((await jobEnded(test, waiting)).state).toBe('done');
  expect(roles(test, other)).toEqual({ 'models/MLP1': 'done' });
});

/** Learns too slowly to come to an end. */
function endless(name: string, seed: number): object {
  const { models } = smallStudy() as { models: { recipe: object }[] };
  return {
    name,
    group: 'diverse',
    seed,
    recipe: { ...at(models, 0).recipe, optimiser: { stepSize: 1e-9 }, maxEpochs: 10_000 },
  };
}

test('candidates, stimuli and predictions pass two long trainings; another training waits and says for what', async () => {
  const test = openLab();
  const { models } = smallStudy() as { models: object[] };
  const study = addSmallStudy(test, firstModels(1));
  const spec = () => test.lab.workbench.storage.studies.byName(study)?.spec ?? expect.fail();
  const [candidates, first] = await Promise.all([
    test.client.work.start({ study, goal: 'candidates' }),
    test.client.work.start({ study, goal: 'models' }),
  ]);
  for (const { job } of [candidates, first]) expect((await jobEnded(test, job)).state).toBe('done');

  const longer = { ...spec(), models: [...spec().models, endless('Long1', 8), endless('Long2', 9)] };
  test.lab.workbench.storage.studies.put(study, studySchema.parse(longer), test.lab.workbench.now());
  const { job: training } = await test.client.work.start({ study, goal: 'models' });
  const trains = () => ['Long1', 'Long2'].every((name) => roles(test, study)[`models/${name}`] === 'running');
  await until(trains);
  const stimuli = await jobEnded(test, (await test.client.work.start({ study, goal: 'stimuli' })).job);
  expect(stimuli.state).toBe('done');
  const { job: report } = await test.client.work.start({ study, goal: 'report' });
  await until(() => roles(test, study)['predictions/MLP1/97'] === 'done');
  const job = (id: string) => test.lab.jobs.list().find((each) => each.id === id);
  await until(() => job(report)?.state === 'waiting');
  const behind = /^behind “Train the models: Zeros and ones”/;
  expect(job(report)?.note).toMatch(behind);

  // The report gives way to other stimuli, the trainings need not.
  const { stimuli: declared } = spec();
  const changed = studySchema.parse({ ...spec(), stimuli: { ...declared, alphas: 5 } });
  const { storage, now } = test.lab.workbench;
  const id = storage.studies.put(study, changed, now());
  const before = storage.studies.stimuli(id);
  // By day too, when trainings wait for the night.
  const hour = new Date().getHours();
  const overnight = { from: (hour + 2) % 24, to: (hour + 3) % 24 };
  test.lab.settings.set({ overnight });
  test.lab.work.applySettings();
  await until(() => ['Long1', 'Long2'].every((name) => roles(test, study)[`models/${name}`] === 'interrupted'));
  await until(() => job(training)?.paused === true);
  const others = await jobEnded(test, (await test.client.work.start({ study, goal: 'stimuli' })).job);
  expect(others.state).toBe('done');
  expect(storage.studies.stimuli(id)).not.toBe(before);
  test.lab.settings.set({ overnight: null });
  test.lab.work.applySettings();
  await until(
    () => roles(test, study)['predictions/MLP1/97'] === 'done' && job(report)?.state === 'waiting' && trains(),
  );

  const other = addSmallStudy(test, { name: 'other', title: 'Another', models: models.slice(1, 2) });
  const { job: waiting } = await test.client.work.start({ study: other, goal: 'models' });
  expect(job(waiting)).toMatchObject({ state: 'waiting', note: expect.stringMatching(behind) });
  expect(trains()).toBe(true);

  // Jobs that give way to short work keep their places, and begin nothing again that was cancelled.
  const more = { ...spec(), models: [...spec().models, endless('Long3', 10)] };
  storage.studies.put(study, studySchema.parse(more), now());
  const { job: later } = await test.client.work.start({ study, goal: 'report' });
  expect(job(later)?.state).toBe('waiting');
  const again = await test.client.work.start({ study, goal: 'candidates' });
  expect(again.job).not.toBe(later);
  expect([later, again.job]).toContain((await test.client.work.start({ study, goal: 'candidates' })).job);
  expect((await jobEnded(test, again.job)).state).toBe('done');
  await until(() => trains() && 'models/Long3' in roles(test, study));
  await until(() => job(waiting)?.state === 'waiting');
  expect(roles(test, other)['models/CNN1']).toBe('queued');
  const cancelled = [storage.studyRuns.get(id, 'models/Long3')?.runId ?? 0];
  await test.client.runs.act({ study, ids: cancelled, action: 'cancel' });
  storage.studies.put(study, studySchema.parse({ ...spec(), stimuli: { ...declared, alphas: 6 } }), now());
  expect((await jobEnded(test, (await test.client.work.start({ study, goal: 'stimuli' })).job)).state).toBe('done');
  await until(() => storage.predictions.forSet(storage.studies.stimuli(id) ?? '').length > 0);
  expect(roles(test, study)['models/Long3']).toBe('cancelled');
  await test.client.work.stop({ study });
  for (const id of [training, report, later]) expect(await jobEnded(test, id)).toMatchObject({ state: 'stopped' });
  expect((await jobEnded(test, waiting)).state).toBe('done');
  expect(test.defects).toEqual([]);
});

test('a run that is cancelled after somebody asked for the study is not begun again when that begins', async () => {
  const test = openLab();
  const { now } = test.lab.workbench;
  const study = addSmallStudy(test, { models: [endless('Long1', 8)] });
  const { job } = await test.client.work.start({ study, goal: 'models' });
  await until(() => roles(test, study)['models/Long1'] === 'running');
  await test.client.work.stop({ study });
  await jobEnded(test, job);
  const asked = now();
  const { job: again } = await test.client.work.start({ study, goal: 'models' });
  await until(() => now() > asked);
  const ids = test.lab.workbench.storage.runs.list({}).map(({ id }) => id);
  await test.client.runs.act({ study, ids, action: 'cancel' });
  const ended = await jobEnded(test, again);
  expect(ended).toMatchObject({ state: 'failed', messages: [expect.stringMatching(/was cancelled\.$/)] });
  expect(roles(test, study)).toEqual({ 'models/Long1': 'cancelled' });
  const { job: third } = await test.client.work.start({ study, goal: 'models' });
  await until(() => roles(test, study)['models/Long1'] === 'running');
  await test.client.work.stop({ study });
  expect((await jobEnded(test, third)).state).toBe('stopped');
});

test('a job in line begins with the declaration of that time; models that leave the study end no job', async () => {
  const test = openLab();
  const { storage, now } = test.lab.workbench;
  const study = addSmallStudy(test, { models: [endless('Long1', 8)] });
  const { models: _, ...spec } = storage.studies.byName(study)?.spec ?? expect.fail();
  const declare = (...names: string[]): number => {
    const models = names.map((name) => endless(name, 7 + Number(name.slice('Long'.length))));
    return storage.studies.put(study, studySchema.parse({ ...spec, models }), now());
  };
  const start = async () => (await test.client.work.start({ study, goal: 'models' })).job;
  const stateOf = (name: string) => roles(test, study)[`models/${name}`];
  const first = test.lab.work.start(study, 'models');
  // A change while it starts is not taken back.
  declare('Long1', 'Long9');
  await until(() => stateOf('Long1') === 'running' && stateOf('Long9') === 'running');
  declare('Long1', 'Long2');
  const second = await start();
  expect(test.lab.jobs.list().find(({ id }) => id === second)?.state).toBe('waiting');
  const id = declare('Long1', 'Long3', 'Long4', 'Long5');
  expect(await start()).toBe(second);
  await test.client.jobs.stop({ id: first });
  await until(() => ['Long1', 'Long3'].every((name) => stateOf(name) === 'running'));
  expect(stateOf('Long2')).toBeUndefined();

  const runOf = (name: string): number => storage.studyRuns.get(id, `models/${name}`)?.runId ?? 0;
  expect(await test.client.runs.delete({ study, ids: [runOf('Long4'), runOf('Long1')] })).toMatchObject({
    runs: 1,
    running: 1,
  });
  await test.client.runs.removeModels({ study, ids: [runOf('Long5')] });
  for (const name of ['Long1', 'Long3']) await test.client.runs.act({ study, ids: [runOf(name)], action: 'cancel' });
  const { state, messages } = await jobEnded(test, second);
  expect(state).toBe('failed');
  expect(messages.join(' ')).toMatch(/Long1.*Long3|Long3.*Long1/);
  expect(messages.join(' ')).not.toMatch(/Long[45]/);

  declare('Long1', 'Long2');
  expect(await start()).not.toBe(second);
  await until(() => stateOf('Long2') === 'running');
  expect(test.defects).toEqual([]);
});

test('stopping writes checkpoints; the same goal again resumes', async () => {
  const test = openLab();
  const study = addSmallStudy(test, firstModels(1));
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
  const study = addSmallStudy(test, firstModels(3));
  const { job } = await test.client.work.start({ study, goal: 'models' });
  await until(() => Object.values(roles(test, study)).includes('running'));
  await test.client.work.pauseAll({});
  await until(() => !Object.values(roles(test, study)).includes('running'));
  expect(await test.client.work.state({})).toEqual({ study, paused: true, opensAt: null });
  await wait(500);
  expect(Object.values(roles(test, study))).not.toContain('running');
  await test.client.work.resumeAll({});
  expect((await jobEnded(test, job)).state).toBe('done');
});

test('a run on hold waits while the others continue; once only it remains, the study stops and says so', async () => {
  const test = openLab();
  const study = addSmallStudy(test, firstModels(2));
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

test('a job goes on where what is at work cannot be noted, as on a full disk', async () => {
  const test = openLab();
  const study = addSmallStudy(test, firstModels(1));
  vi.spyOn(test.lab.workbench.storage.settings, 'set').mockImplementation(() => {
    throw new UserError('storage.full', 'The disk is full', 'database', 'Free some space.');
  });
  const { job } = await test.client.work.start({ study, goal: 'models' });
  expect(await jobEnded(test, job)).toMatchObject({ state: 'done' });
});
