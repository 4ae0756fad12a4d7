import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { PipelineStep, Status } from '../../../main/contract/wire/status.ts';
import type { Job } from '../../../main/contract/api/jobs.ts';
import type { Step } from '../../../main/contract/api/studies.ts';
import { stepSummaries, studySummaries } from '../../../main/services/pipeline/elsewhere.ts';
import { studyProgress } from '../../../main/services/study/progress.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { addSmallStudy, jobEnded, openLab, type TestLab } from '../lab/lab-helper.ts';
import { smallModels, smallStudy } from '../study/small-study.ts';

/** A study's state and steps, which every call must give alike. */
async function status(test: TestLab, study: string): Promise<{ state: Status } & Record<PipelineStep, Step>> {
  const { client } = test;
  const overview = await client.overview.get({ study });
  const short = await client.overview.status({ study });
  const card = (await client.studies.list({})).studies.find(({ name }) => name === study);
  const states = overview.steps.map(({ figure: _, detail: _1, ...step }) => step);
  expect({ list: card?.state, status: short.state, steps: short.steps }).toEqual({
    list: overview.study.state,
    status: overview.study.state,
    steps: states,
  });
  // Nothing remains of a study that is done, and of what remains something is not done.
  if (overview.study.state === 'done') expect(overview.next).toBeNull();
  const steps = Object.fromEntries(overview.steps.map((step) => [step.step, step])) as Record<PipelineStep, Step>;
  return { state: overview.study.state, ...steps };
}

const runStates = async ({ client }: TestLab, study: string): Promise<string[]> =>
  (await client.runs.table({ study })).rows.map(({ state }) => state);

async function until(test: TestLab, condition: () => Promise<boolean>): Promise<void> {
  if (await condition()) return;
  for await (const _ of test.lab.changes.listen(null)) if (await condition()) return;
  throw new Error('the lab was closed');
}

async function jobOf({ client }: TestLab, id: string): Promise<Job> {
  const found = (await client.jobs.list({})).find((job) => job.id === id);
  if (!found) throw new Error(`no job ${id}`);
  return found;
}

const mlp = { architecture: smallModels.mlp, optimiser: { stepSize: 2e-4 }, batch: 32 };
const models = (count: number, recipe: object): object[] =>
  Array.from({ length: count }, (_, index) => ({ name: `MLP${index + 1}`, group: 'diverse', recipe, seed: index + 1 }));

test('queued says behind what, paused and stopped say so, and trainings that all missed are not done', async () => {
  const test = openLab();
  test.lab.settings.set({ workers: 1 });
  const slow = { ...mlp, optimiser: { stepSize: 1e-9 }, targets: [99], maxEpochs: 500 };
  const missing = addSmallStudy(test, { models: models(2, { ...slow, maxEpochs: 60 }) });
  const other = addSmallStudy(test, { name: 'other', title: 'Another', models: models(2, slow) });
  expect(await status(test, other)).toMatchObject({
    state: 'none',
    labeling: { state: 'blocked', detail: 'Needs stimuli' },
  });

  const shareDone = (): number => {
    const { share } = studyProgress(test.lab, findStudy(test.lab.workbench, missing), 1);
    return share ?? 0;
  };
  const { job } = await test.client.work.start({ study: missing, goal: 'models' });
  const { job: second } = await test.client.work.start({ study: other, goal: 'models' });
  expect(await status(test, other)).toMatchObject({
    state: 'queued',
    models: {
      state: 'queued',
      reasons: [expect.stringMatching(/^Queued behind “Train the models: /)],
      behind: { link: `/studies/${missing}/models` },
      action: { goal: null },
    },
    generator: { state: 'none' },
  });
  expect((await jobOf(test, second)).behind?.title).toContain('Train the models');
  await until(test, async () => (await runStates(test, missing)).includes('running'));
  expect(await status(test, missing)).toMatchObject({ state: 'running', models: { state: 'running' } });
  expect((await runStates(test, missing)).sort()).toEqual(['queued', 'running']);

  await until(test, async () => shareDone() > 0);
  const before = shareDone();
  await test.client.work.pauseAll({});
  await until(test, async () => !(await runStates(test, missing)).includes('running'));
  expect(await status(test, missing)).toMatchObject({
    state: 'paused',
    models: {
      state: 'paused',
      reasons: ['All training is paused; it stays in the queue until resumed.'],
      action: { label: 'Resume training', call: 'resume' },
    },
  });
  // What was done counts on: progress does not fall. The job says that it is paused.
  expect((await test.client.overview.get({ study: missing })).next).toMatchObject({ call: 'resume' });
  await until(test, async () => (await jobOf(test, job)).paused);
  expect(shareDone()).toBeGreaterThanOrEqual(before);
  // The runs say what their step says, in tables and filters, though none was paused by itself.
  expect(await runStates(test, missing)).toEqual(['held', 'held']);
  const table = await test.client.runs.table({ study: missing });
  expect(table.facets.states).toEqual([{ value: 'held', count: 2 }]);
  expect(table.rows.map(({ held }) => held)).toEqual([false, false]);
  const [row] = table.rows;
  expect((await test.client.runs.get({ id: row?.id ?? 0 })).row.state).toBe('held');
  await test.client.work.resumeAll({});

  await jobEnded(test, job);
  const missed = await status(test, missing);
  expect(missed).toMatchObject({
    state: 'missed',
    models: {
      state: 'missed',
      figure: { value: '0 of 2', of: 'models met a target' },
      detail: '2 trainings ended without a snapshot',
      action: { label: 'Change the recipe', link: expect.stringMatching(/models\?add=models&like=\d+$/) },
      more: [{ label: 'Train with other seeds', call: 'other-seeds' }],
    },
    analysis: { state: 'blocked' },
  });
  expect(missed.models.reasons[0]).toMatch(/^Left out of results: MLP1 \(99 %; nearest \d\d\.\d\d %\).* target/);
  expect(await runStates(test, missing)).toEqual(['missed', 'missed']);
  const overview = await test.client.overview.get({ study: missing });
  expect(overview).toMatchObject({ next: missed.models.action, study: { models: { done: 0, planned: 2 } } });

  await until(test, async () => (await runStates(test, other)).includes('running'));
  await test.client.work.stop({ study: other });
  await jobEnded(test, second);
  expect(await status(test, other)).toMatchObject({
    state: 'stopped',
    models: {
      state: 'stopped',
      reasons: ['1 training interrupted. Resume continues from the last checkpoint.'],
    },
  });
  expect((await runStates(test, other)).sort()).toEqual(['interrupted', 'unstarted']);
  expect((await test.client.overview.get({ study: other })).next?.does).toMatch(/^“Resume 1 interrupted tr/);

  // The command line says the same.
  expect((await studySummaries(test.lab.workbench)).map(({ name, state }) => [name, state]).sort()).toEqual([
    [other, 'stopped'],
    [missing, 'missed'],
  ]);
  const { steps } = await stepSummaries(test.lab.workbench, missing);
  expect(steps.find(({ step }) => step === 'models')).toMatchObject({
    state: 'missed',
    reasons: missed.models.reasons,
  });
});

test('what ended a job outside of any run is shown in its step, until the next job', async () => {
  const test = openLab();
  const study = addSmallStudy(test);
  const { dataSet } = findStudy(test.lab.workbench, study).spec;
  if (dataSet.source !== 'idx') throw new Error('the small study has files');
  const labels = readFileSync(dataSet.trainLabels);
  rmSync(dataSet.trainLabels);
  const { job } = await test.client.work.start({ study, goal: 'report' });
  expect(await jobEnded(test, job)).toMatchObject({ state: 'failed', failedStep: 'data-set' });
  const failed = await status(test, study);
  expect(failed).toMatchObject({ state: 'failed', 'data-set': { state: 'failed' } });
  expect(failed['data-set'].reasons).toEqual([expect.stringContaining('train-labels')]);
  // Nothing is offered that cannot work; the paths can be changed.
  expect(failed).toMatchObject({
    'data-set': { detail: 'The data set “zeros and ones” could not be read', action: { call: 'data-set' } },
    stimuli: { state: 'blocked', detail: 'Needs the data set', action: null },
    models: { state: 'blocked', action: null },
  });
  expect(failed['data-set'].more).toMatchObject([{ label: 'Try again', goal: 'report' }]);
  expect((await test.client.overview.get({ study })).next).toMatchObject({ label: 'Change the paths' });
  const { files } = await test.client.studies.dataSet({ study });
  expect(files.map(({ found }) => found)).toEqual([true, false, true, true]);
  const moved = files.map(({ file, path }) => ({ file, path: file === 'trainLabels' ? `${path}-moved` : path }));
  await expect(test.client.studies.changeDataSet({ study, files: moved })).rejects.toMatchObject({
    data: { code: 'data-set.no-file' },
  });
  writeFileSync(`${dataSet.trainLabels}-moved`, labels);
  await test.client.studies.changeDataSet({ study, files: moved });
  expect(await status(test, study)).toMatchObject({ state: 'none', 'data-set': { state: 'none', reasons: [] } });
  await test.client.jobs.dismiss({ id: job });
  expect(await status(test, study)).toMatchObject({ state: 'none', 'data-set': { state: 'none', reasons: [] } });
});

test('what is wrong with a study ends its job at once and is shown in its step, though a training is under way', async () => {
  const test = openLab();
  test.lab.settings.set({ workers: 2 });
  const { reference } = smallStudy() as { reference: { recipe: object } };
  const endless = { ...reference.recipe, optimiser: { stepSize: 1e-9 }, targets: [99], maxEpochs: 5000 };
  const study = addSmallStudy(test, { reference: { ...reference, recipe: endless }, models: [] });
  const { storage } = test.lab.workbench;
  const { spec } = findStudy(test.lab.workbench, study);
  // A step whose weights nobody kept, as in a folder that lost them.
  const generator = spec.generator && { ...spec.generator, checkpoint: 49 };
  storage.studies.put(study, { ...spec, generator }, 2);
  const { job } = await test.client.work.start({ study, goal: 'stimuli' });
  expect(await jobEnded(test, job)).toMatchObject({ state: 'failed', failedStep: 'generator' });
});
