import { join } from 'node:path';
import { rmSync, utimesSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { Overview, Step } from '../../../main/contract/api/studies.ts';
import type { PipelineStep } from '../../../main/contract/wire/status.ts';
import type { Study } from '../../../main/contract/studies/study.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { reportFolder } from '../../../main/services/workbench/workbench.ts';
import { madeOnce } from '../../made-once.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { jobEnded, openLab, type TestLab } from '../lab/lab-helper.ts';
import { importPeople, leaveNobody, leaveNoNetwork } from '../results/people.ts';

/** A lab with the sample study, whose report is a minute old, so that what comes later is later. */
async function labWithSample(): Promise<TestLab> {
  const dataFolder = join(temporaryFolder(), 'data');
  await madeOnce('opened-sample', dataFolder, async (folder) => {
    const made = openLab(folder);
    const { job } = await made.client.archives.openSample({});
    await jobEnded(made, job ?? '');
    await made.lab.close();
  });
  const test = openLab(dataFolder);
  const path = join(reportFolder(test.dataFolder, 'sample'), 'index.html');
  const before = new Date(Date.now() - 60_000);
  utimesSync(path, before, before);
  return test;
}

function change({ lab }: TestLab, alter: (study: Study) => Study): void {
  const { studies } = lab.workbench.storage;
  const spec = studies.byName('sample')?.spec;
  if (!spec) throw new Error('no sample');
  studies.put('sample', alter(spec), lab.workbench.now());
}

const steps = async ({ client }: TestLab): Promise<Record<PipelineStep, Step>> => {
  const overview: Overview = await client.overview.get({ study: 'sample' });
  return Object.fromEntries(overview.steps.map((step) => [step.step, step])) as Record<PipelineStep, Step>;
};

type Generated = Extract<Study['stimuli'], { source: 'generated' }>;
const withStimuli =
  (more: Partial<Generated>) =>
  (study: Study): Study => ({
    ...study,
    stimuli: { ...(study.stimuli as Generated), ...more },
  });

test('another data set makes all that is made of it stale, not only itself', async () => {
  const test = await labWithSample();
  const files = { trainImages: 'a', trainLabels: 'b', testImages: 'c', testLabels: 'd' };
  const classes = Array.from({ length: 10 }, (_, k) => `class ${k}`);
  change(test, (study) => ({ ...study, dataSet: { source: 'idx', name: 'others', classes, ...files } }));
  const all = await steps(test);
  for (const step of ['data-set', 'stimuli', 'models', 'labeling', 'analysis', 'report'] as const) {
    expect([step, all[step].state]).toEqual([step, 'stale']);
  }
  expect(all.stimuli.reasons[0]).toBe('The study now names another data set than they were made with.');
  expect(all.models.reasons[0]).toMatch(
    /^The study now names another data set; \d+ models learned from the old one\.$/,
  );
  expect(all.models.action?.label).toMatch(/^Train \d+ models$/);
});

test.each([
  [
    'another anchor',
    withStimuli({ anchors: [0, 0, 1, 0, 0, 0, 0, 0, 0, 0] }),
    'The anchors of 1 class were changed since they were made.',
  ],
  [
    'another interpolation',
    withStimuli({ interpolation: 'spherical' }),
    'They were made with interpolation “linear”; the study says “spherical”.',
  ],
  ['more alphas', withStimuli({ alphas: 21 }), 'The study asks for other pairs or alphas.'],
  [
    'other pairs',
    withStimuli({ design: { kind: 'listed', pairs: [[0, 1]] } }),
    'The study asks for other pairs or alphas.',
  ],
])('%s makes the stimuli stale, and what is made of them', async (_what, alter, reason) => {
  const test = await labWithSample();
  change(test, alter);
  const { generator, stimuli, models, labeling, analysis, report } = await steps(test);
  expect(stimuli).toMatchObject({ state: 'stale', action: { label: 'Generate stimuli again', goal: 'stimuli' } });
  expect(stimuli.reasons).toEqual([reason, expect.stringMatching(/^Making them again freezes another set/)]);
  expect([generator.state, models.state]).toEqual(['done', 'done']);
  expect(Date.parse(stimuli.since ?? '')).toBeGreaterThan(Date.now() - 60_000);
  expect(analysis).toMatchObject({
    state: 'stale',
    reasons: ['These results are made from stimuli and labels that are stale.'],
  });
  expect(models.detail).toContain('with predictions for stale stimuli');
  expect(labeling).toMatchObject({
    state: 'stale',
    reasons: ['The labels are of stimuli that are stale: new stimuli need new labels.'],
  });
  // What is made of stale things is mended by all of the remaining steps.
  expect([analysis.action?.label, report.action?.label]).toEqual(['Run remaining steps', 'Run remaining steps']);
  expect(report.action?.does).toBe(
    '“Run remaining steps”: generates the stimuli, makes predictions, has simulated labelers label, writes the report.',
  );
  expect(report.state).toBe('stale');
  expect(report.reasons).toContain('The results that it shows are stale.');
  expect(report.reasons.at(-1)).toMatch(
    /the report shows what is there now: \d+ frozen images, \d+ snapshots, 10 simulated labelers\.$/,
  );
});

test('a changed recipe makes that model stale, and a new entry one to train; nothing else', async () => {
  const test = await labWithSample();
  change(test, (study) => ({
    ...study,
    models: study.models.map((entry, at) => (at === 0 ? { ...entry, recipe: { ...entry.recipe, batch: 48 } } : entry)),
  }));
  const { models, stimuli } = await steps(test);
  expect(models).toMatchObject({ state: 'stale', figure: { value: '8 of 9' }, action: { label: 'Train 1 model' } });
  expect(models.reasons[0]).toBe('1 model changed in recipe or seed after the training.');
  expect(stimuli.state).toBe('done');
  change(test, (study) => ({
    ...study,
    models: [
      ...study.models.map((entry, at) => (at === 0 ? { ...entry, recipe: { ...entry.recipe, batch: 128 } } : entry)),
      { ...(study.models[1] as Study['models'][number]), name: 'MLP9', seed: 99 },
    ],
  }));
  const after = await steps(test);
  expect(after.models).toMatchObject({ state: 'partial', figure: { value: '9 of 10' }, reasons: [] });
  expect((await test.client.overview.get({ study: 'sample' })).study.state).toBe('partial');
  expect(after.report.state).toBe('stale');
  expect(after.analysis).toMatchObject({
    action: { label: 'Run remaining steps' },
    state: 'partial',
    reasons: ['Models are missing: 9 of 10 models trained.'],
  });
  expect(after.models.action?.cost?.seconds).toBeGreaterThan(0);
});

test('a study of people alone has no models to train, and needs labels', async () => {
  const { client } = await labWithSample();
  const source = { kind: 'preset', preset: 'quick' } as const;
  const { name } = await client.studies.create({ source, name: 'people', title: null, peopleOnly: true });
  const overview = await client.overview.get({ study: name });
  const step = (wanted: string) => overview.steps.find((each) => each.step === wanted);
  expect(overview.study).toMatchObject({ title: 'People at the boundary between classes' });
  expect(overview.study).toMatchObject({ models: { done: 0, planned: 0 }, labelers: { simulated: false } });
  expect(step('models')).toMatchObject({ state: 'done', figure: null, detail: 'None planned: people only' });
  expect(step('analysis')?.detail).toBe('Needs stimuli and labels');
});

test('a title or question that was changed, and a label that came, make the report stale', async () => {
  const test = await labWithSample();
  expect((await steps(test)).report.reasons).toEqual([]);
  await test.client.studies.rename({ study: 'sample', title: 'Another title' });
  expect((await steps(test)).report.reasons).toEqual(['The study was changed after it was written.']);
  await test.client.studies.rename({ study: 'sample', question: ' Who? ' });
  expect(test.lab.workbench.storage.studies.byName('sample')?.spec).toMatchObject({
    title: 'Another title',
    question: 'Who?',
  });
  const { storage, now } = test.lab.workbench;
  const study = storage.studies.byName('sample');
  const setHash = storage.studies.stimuli(study?.id ?? 0) ?? '';
  const [labeler] = storage.labelers.ofStudy(study?.id ?? 0);
  storage.responses.add({ setHash, imageId: 0, labelerId: labeler?.id ?? 0, label: 1, source: 'test' }, now());
  expect((await steps(test)).report.reasons).toContain('New labels came after it was written.');
});

test('labelers that differ from the declaration are reported', async () => {
  const test = await labWithSample();
  change(test, (study) => ({ ...study, labelers: { source: 'rehearsal', count: 12, seed: 1 } }));
  const { labeling } = await steps(test);
  expect(labeling).toMatchObject({ state: 'stale', simulated: true });
  expect(labeling.reasons).toEqual(['The study asks for 12 simulated labelers; there are 10.']);
});

test('snapshots without predictions are counted', async () => {
  const test = await labWithSample();
  const database = new BetterSqlite3(join(test.dataFolder, 'workbench.sqlite'));
  database.prepare('DELETE FROM prediction WHERE model IN (SELECT model FROM prediction LIMIT 2)').run();
  database.close();
  const { analysis } = await steps(test);
  expect(analysis).toMatchObject({ state: 'partial', action: { label: 'Predict on the stimuli' } });
  expect(analysis.reasons).toEqual([
    expect.stringMatching(/^2 of \d+ snapshots have no predictions for these stimuli\.$/),
  ]);
});

test('a study with an untrained generator of its own has to train it, and its images are from another', async () => {
  const test = await labWithSample();
  const recipe = {
    kind: 'dcgan28',
    steps: 400,
    latent: 16,
    features: 8,
    batch: 32,
    stepSize: 2e-4,
    beta1: 0.5,
  } as const;
  await test.client.generator.setRecipe({ study: 'sample', recipe: { ...recipe, sampleEvery: 100 }, seed: 3 });
  const { generator, stimuli } = await steps(test);
  expect(generator).toMatchObject({ state: 'none', action: { goal: 'generator' } });
  expect(stimuli.state).toBe('stale');
  await test.client.generator.useShipped({ study: 'sample', name: 'mnist-dcgan64' });
  expect((await steps(test)).stimuli.state).toBe('done');
});

test('people alone: the analysis is about them, and the report can be written without training a model', async () => {
  const test = await labWithSample();
  const { workbench } = test.lab;
  leaveNoNetwork(workbench);
  importPeople(workbench, 3, (person, place) => (place < 20 && person === 0 ? 2 : place < 100 ? 1 : null));
  rmSync(reportFolder(test.dataFolder, 'sample'), { recursive: true });
  const { analysis, report } = await steps(test);
  expect(analysis).toMatchObject({
    state: 'partial',
    reasons: ['Models are missing: 0 of 9 models trained.'],
    figure: { value: '20 of 100', of: 'images on which people disagree' },
    detail: 'People alone; no network has predicted the stimuli yet',
    action: { link: '/studies/sample/results', goal: null },
  });
  expect(report).toMatchObject({
    state: 'none',
    detail: 'Not written yet',
    action: { label: 'Write the report', link: '/studies/sample/report', goal: null },
  });
  const [a, b, c] = workbench.storage.labelers.ofStudy(findStudy(workbench, 'sample').id).map(({ id }) => id);
  const count = (...people: (number | undefined)[]): void => {
    const ids = people.flatMap((id) => id ?? []);
    workbench.storage.studies.useLabelers(findStudy(workbench, 'sample').id, ids, workbench.now());
  };
  // One is left out, then another instead: as many people, and no new label.
  count(b, c);
  expect((await steps(test)).analysis.figure?.value).toBe('0 of 100');
  count(a, c);
  expect((await steps(test)).analysis.figure?.value).toBe('20 of 100');
  leaveNobody(workbench);
  const without = await steps(test);
  expect(without.analysis).toMatchObject({ state: 'blocked', detail: 'Needs models' });
  expect(without.report.state).toBe('blocked');
});

test('results without an image that two people labeled are not done, and labeling is what they lack', async () => {
  const test = await labWithSample();
  const { workbench } = test.lab;
  change(test, (study) => ({ ...study, labelers: { source: 'none' } }));
  // Each image has one label: half of them of each person.
  importPeople(workbench, 2, (person, place) => (place % 2 === person ? 1 : null));
  const { labeling, analysis, report } = await steps(test);
  expect(labeling.state).toBe('done');
  expect(analysis).toMatchObject({
    state: 'partial',
    reasons: ['No image has two labels yet: only results of networks alone are defined.'],
    action: { label: 'Open labeling', link: '/studies/sample/labeling', goal: null },
  });
  expect((await test.client.overview.status({ study: 'sample' })).state).toBe('partial');
  expect(report).toMatchObject({ state: 'stale', action: { label: 'Write the report again', goal: 'report' } });
  expect(report.reasons).toEqual(expect.not.arrayContaining([expect.stringContaining('Run remaining steps')]));
  leaveNoNetwork(workbench);
  change(test, (study) => ({ ...study, models: [] }));
  expect((await steps(test)).analysis).toMatchObject({ state: 'blocked', detail: 'Needs two labels of an image' });
  importPeople(workbench, 2, (person, place) => (place === 0 || person === 0 ? 1 : null));
  expect((await steps(test)).analysis).toMatchObject({ state: 'done', figure: { value: '0 of 1' } });
});

test('a failed training shows as failed, with a way to retry it', async () => {
  const test = await labWithSample();
  const { storage, environment, now } = test.lab.workbench;
  const id = storage.studies.byName('sample')?.id ?? 0;
  const fail = (model: string): number => {
    const run = storage.studyRuns.list(id).find(({ role }) => role === `models/${model}`)?.runId ?? 0;
    storage.runs.redo(run, now());
    storage.runs.claimNext(['tensorflow', 'wasm'], environment, now(), id);
    storage.runs.applyEvent(run, { type: 'failed', message: 'diverged', detail: 'at step 3' }, now());
    return run;
  };
  const run = fail('MLP1');
  const { models } = await steps(test);
  expect(models).toMatchObject({
    state: 'partial',
    action: { label: 'Open failed run', link: `/studies/sample/models?run=${run}` },
    more: [{ label: 'Change the recipe' }, { label: 'Retry', goal: 'models' }],
  });
  expect((await test.client.overview.get({ study: 'sample' })).next).toEqual(models.action);
  // A failed run shows no target as met, and no cell of the seed studies counts it.
  const { rows } = await test.client.runs.table({ study: 'sample' });
  const targets = rows.find(({ id: each }) => each === run)?.targets ?? [];
  expect(targets.filter(({ state }) => state === 'reached')).toEqual([]);
  expect(models.reasons).toEqual([
    'MLP1 failed: diverged.',
    'Retry trains it again with the same recipe and seed, which helps if the machine was the cause. Otherwise change the recipe.',
  ]);
  // One failed training of several turns no study red.
  expect((await test.client.studies.list({})).studies[0]?.state).toBe('partial');
  fail('MLP2');
  expect((await steps(test)).models).toMatchObject({
    state: 'partial',
    failed: 2,
    action: { label: 'Show 2 failed runs', link: '/studies/sample/models?state=failed' },
    reasons: ['MLP1, MLP2 failed: diverged.', expect.stringContaining('Retry trains them again with')],
  });
});

test('a new study lists all its steps with their cost', async () => {
  const test = openLab();
  const { name } = await test.client.studies.create({
    source: { kind: 'preset', preset: 'quick' },
    name: 'sample',
    title: null,
  });
  const overview = await test.client.overview.get({ study: name });
  expect(overview.steps.map(({ step, state }) => [step, state])).toEqual([
    ['data-set', 'none'],
    ['generator', 'done'],
    ['stimuli', 'none'],
    ['models', 'none'],
    ['labeling', 'blocked'],
    ['analysis', 'blocked'],
    ['report', 'blocked'],
  ]);
  expect(overview).toMatchObject({
    next: { label: 'Run the study', goal: 'report' },
    isAnswered: false,
    study: { state: 'none' },
  });
  expect(overview.next?.cost?.seconds).toBeGreaterThan(60);
  const [quick] = (await test.client.studies.presets({})).filter(({ preset }) => preset === 'quick');
  expect((overview.next?.cost?.seconds ?? 0) / (quick?.cost.seconds ?? 1)).toBeCloseTo(1, 0);
});
