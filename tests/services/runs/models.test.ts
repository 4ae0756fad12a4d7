import { expect, test } from 'vitest';
import { newRun } from '../../executors/counting-tasks.ts';
import { snapshot, started } from '../../storage/run-helper.ts';
import { environment } from '../../storage/records.ts';
import { smallModels } from '../study/small-study.ts';
import { putSmallStudy, testLab, untilIdle } from './test-lab.ts';
import { models, onlyMlps, study, train, trained } from './trained-mlps.ts';

const grid = {
  name: 'MLP',
  group: 'diverse' as const,
  base: {
    architecture: { kind: 'mlp' as const, hidden: [8] },
    optimiser: { stepSize: 1e-3 },
    batch: 32,
    targets: [97],
    tolerance: 0.5,
    maxEpochs: 6,
  },
  factors: [
    { of: 'architecture.hidden', levels: [{ value: [8] }, { value: [12] }] },
    { of: 'optimiser.stepSize', levels: [{ value: 1e-3 }, { value: 2e-3 }] },
  ],
  seed: 1,
  seeds: 1,
  repeats: 1,
};

test('a study that was never started has an empty table and says what is planned', async () => {
  const { client, ...rest } = testLab();
  putSmallStudy(rest);
  expect(await client.runs.table({ study })).toMatchObject({ ids: [], rows: [], total: 0, planned: 7, waiting: 0 });
  await expect(client.runs.table({ study: 'none' })).rejects.toMatchObject({ code: 'REFUSED' });
  await expect(client.runs.get({ id: 99 })).rejects.toMatchObject({ data: { code: 'run.not-found' } });
});

test('a trained study: rows, details, curves', { timeout: 240_000 }, async () => {
  const { client, lab, table, first, second } = await trained();
  expect(table.rows.map(({ name, state }) => `${name} ${state}`)).toEqual([
    'MLP1 done',
    ...['MLP-r01-s0', 'MLP-r01-s1', 'MLP-r02-s0', 'MLP-r02-s1'].map((name) => `${name} done`),
  ]);
  expect(table.groups).toMatchObject([
    { title: 'Diverse models', count: 1 },
    { title: 'Seed study', count: 4 },
  ]);
  expect(first).toMatchObject({
    architecture: 'mlp',
    recipe: '16, Adam 0.0002, batch 32',
    engine: 'wasm',
    attempts: 1,
  });
  expect(first.targets[0]).toMatchObject({ target: 97, state: 'reached', testCount: 1000 });
  expect(first.hyperparameters).toMatchObject({
    'architecture.hidden': '16',
    batch: 32,
    landing: 'test images (paper)',
  });
  expect(first.parameters).toBe(785 * 16 + 17 * 2);
  expect(first.stepsPerSecond).toBeGreaterThan(1);
  expect(table.differing).toEqual([]);

  const details = await client.runs.get({ id: first.id });
  expect(details.attempts).toMatchObject([{ outcome: 'done', engine: 'wasm', description: { name: 'wasm' } }]);
  expect(details.snapshots[0]?.bytes).toBeGreaterThan(16 * 784 * 4);
  expect(details.series).toContain('loss');
  expect(details.places).toEqual([{ study, role: 'models/MLP1' }]);

  const curves = await client.runs.curves({ ids: [first.id, second.id], series: ['loss', 'accuracy'] });
  expect(curves).toHaveLength(4);
  expect(curves[0]?.values.length).toBeGreaterThan(1);
  const [axis] = await client.runs.axes({ ids: [first.id] });
  expect(axis?.stepsPerEpoch).toBe(Math.floor(3000 / 32));
  const { task: ofFirst } = lab.workbench.storage.runs.get(first.id) ?? fail();
  if (ofFirst.kind !== 'classifier') throw new Error('no classifier');
  const heldOut = { ...ofFirst, recipe: { ...ofFirst.recipe, landing: 'validation' as const } };
  const held = lab.workbench.storage.runs.ensure(newRun(heldOut), 1).id;
  // A sixth of the training images is held out.
  expect(await client.runs.axes({ ids: [held] })).toMatchObject([{ stepsPerEpoch: Math.floor(2500 / 32) }]);
  expect(axis?.clock.length).toBeGreaterThan(1);
  const [begun, ended] = [axis?.clock[0], axis?.clock.at(-1)];
  expect(begun?.[0]).toBe(0);
  // It may have trained further before it went back to where it met its last target.
  expect(ended).toEqual([first.progress?.done, first.activeTime]);
});

test('a seed study as a matrix', { timeout: 240_000 }, async () => {
  const { client, lab } = await trained();
  const matrix = await client.runs.matrix({ study });
  expect(matrix).toMatchObject({ remaining: 0, seconds: 0, groups: [{ name: 'MLP', seeds: 2, repeats: 2 }] });
  expect(matrix.groups[0]?.cells.map(({ target, repeat, done, missed }) => [target, repeat, done + missed])).toEqual([
    ...[1, 2].map((repeat) => [97, repeat, 2]),
    ...[1, 2].map((repeat) => [98.5, repeat, 2]),
  ]);
  expect(lab.workbench.storage.runs.counts().running).toBe(0);
});

test('archived runs still count; deleted ones leave with their snapshots', { timeout: 240_000 }, async () => {
  const { client, lab, first, second } = await trained();
  const { storage } = lab.workbench;
  const { id: studyId } = storage.studies.byName(study) ?? fail();
  const analyzed = (): string[] => storage.models.ofStudy(studyId).map(({ modelName }) => modelName);
  const before = analyzed();
  await client.runs.archive({ ids: [first.id], archived: true });
  const without = await client.runs.table({ study });
  expect(without).toMatchObject({ total: 5, archived: 1 });
  expect(without.ids).not.toContain(first.id);
  const complete = await client.runs.table({ study, filter: { archived: true } });
  expect(complete.rows.filter(({ archived }) => archived).map(({ name }) => name)).toEqual(['MLP1']);
  // Hidden from the table, not from the analysis.
  expect(analyzed()).toEqual(before);

  const ids = [first.id, second.id];
  // A worker that predicts reports to rows, so they stay.
  const { task } = storage.runs.get(first.id) ?? fail();
  const [weights = ''] = storage.runHistory.snapshots(first.id).map((each) => each.weights);
  const predictions = { kind: 'predictions' as const, snapshot: weights, stimuli: weights };
  const predicting = storage.runs.ensure(newRun(predictions, { priority: 5 }), 1).id;
  const place = { modelName: first.name, group: 'diverse' as const, repeat: 0, seed: 'seed' in task ? task.seed : 0 };
  storage.studyRuns.link(studyId, `predictions/${first.name}/97`, predicting, place, 1);
  storage.runs.claimNext(['wasm'], environment, 2);
  expect(await client.runs.planDeletion({ study, ids })).toMatchObject({ runs: 1, running: 1 });
  storage.runs.interrupt(predicting, 'stopped', 3);
  const leaving = before.filter((name) => name === first.name || name === second.name).length;
  const deletion = { runs: 2, running: 0, skipped: 0, elsewhere: 0, snapshots: leaving, removed: ['MLP1'], planned: 1 };
  expect(await client.runs.planDeletion({ study, ids })).toEqual(deletion);
  expect(analyzed()).toEqual(before);
  expect(await client.runs.delete({ study, ids })).toEqual(deletion);
  expect(await client.runs.table({ study })).toMatchObject({ total: 3, archived: 0, planned: 1 });
  expect(analyzed()).toEqual(before.filter((name) => name !== first.name && name !== second.name));
  await expect(client.runs.get({ id: first.id })).rejects.toMatchObject({ data: { code: 'run.not-found' } });
  expect(storage.removals.isPending).toBe(false);
  await expect(client.runs.delete({ study, ids })).rejects.toMatchObject({ data: { code: 'runs.not-deletable' } });
});

test('a grid is shown before it is added, gets free names and seeds, is queued, and can be removed', {
  timeout: 240_000,
}, async () => {
  const test = testLab();
  await train(test, { models: models.filter(({ name }) => name === 'MLP1') });
  const { client, lab } = test;
  const plan = await client.runs.planModels({ study, grid });
  // Names tell the values that the grid varies.
  const values = ['MLP-8-lr0.001', 'MLP-8-lr0.002', 'MLP-12-lr0.001', 'MLP-12-lr0.002'];
  expect(plan).toMatchObject({
    runs: 4,
    known: 0,
    names: values,
    workers: expect.any(Number),
  });
  expect(plan.seconds).toBeGreaterThan(0);
  expect(plan.bytes).toBeGreaterThan(4 * 8 * 784 * 4);
  expect(lab.workbench.storage.studies.byName(study)?.spec.models).toHaveLength(1);

  await client.runs.addModels({ study, grid });
  const table = await client.runs.table({ study });
  expect(table).toMatchObject({ total: 5, planned: 0, waiting: 4, working: false });
  // A search or draw that a person started does none of them.
  const search = lab.jobs.add({ kind: 'study', title: 'Find more candidates', study, link: null });
  expect(await client.runs.table({ study })).toMatchObject({ waiting: 4, working: false });
  expect((await client.overview.status({ study })).steps.map(({ state }) => state)).not.toContain('queued');
  search.end('failed', 'no memory');
  // The same again is other networks: the next seeds.
  const again = await client.runs.planModels({ study, grid });
  expect(again.entries.map(({ name, seed }) => [name, seed])).toEqual(values.map((name) => [`${name}-seed2`, 2]));

  const single = { ...grid, factors: [] };
  expect((await client.runs.planModels({ study, grid: single })).names).toEqual(['MLP2']);
  const moments = { stepSize: 1e-3, beta1: 0.8, beta2: 0.99, epsilon: 1e-6 };
  const slowerGrid = { ...single, base: { ...grid.base, optimiser: moments } };
  const [slower] = (await client.runs.planModels({ study, grid: slowerGrid })).entries;
  expect(slower?.recipe.optimiser).toEqual({ kind: 'adam', weightDecay: 0, ...moments });
  const [, ...some] = values;
  const chosen = table.rows.filter(({ name }) => some.slice(0, 2).includes(name)).map(({ id }) => id);
  expect(await client.runs.act({ study, ids: chosen, action: 'hold' })).toEqual({ changed: 2, skipped: 0, why: '' });
  expect((await client.runs.table({ study, filter: { states: ['held'] } })).ids).toEqual(chosen);
  const removed = await client.runs.removeModels({ study, ids: chosen });
  expect(removed).toMatchObject({ runs: 2, removed: some.slice(0, 2).map((name) => ({ name })) });
  expect((await client.runs.table({ study })).ids).toHaveLength(3);
  // Undo: the runs are found again, cancelled as they were.
  await client.runs.addModels({ study, entries: removed.removed });
  const back = await client.runs.rows({ study, ids: chosen });
  expect(back.map(({ name, state }) => `${name} ${state}`)).toEqual(
    table.rows.filter(({ id }) => chosen.includes(id)).map(({ name }) => `${name} cancelled`),
  );

  const copied = back.find(({ name }) => name === 'MLP-8-lr0.002')?.id ?? 0;
  const copy = await client.runs.planModels({ study, clones: [copied] });
  expect(copy.entries).toMatchObject([
    { name: 'MLP-8-lr0.002-seed2', seed: 2, recipe: { architecture: { hidden: [8] } } },
  ]);
  const all = (await client.runs.table({ study })).ids;
  expect(await client.runs.possible({ study, ids: chosen })).toEqual(['start', 'retry']);
  expect(await client.runs.act({ study, ids: all, action: 'retry' })).toMatchObject({ changed: 2, skipped: 3 });
  expect(await client.runs.act({ study, ids: all, action: 'start' })).toMatchObject({ changed: 4, skipped: 1 });
  await untilIdle(test);
  expect((await client.runs.table({ study, filter: { states: ['done', 'missed'] } })).ids).toHaveLength(5);
  expect(await client.runs.possible({ study, ids: all })).toEqual([]);
  await expect(client.runs.removeModels({ study, ids: all })).rejects.toMatchObject({ data: { code: 'models.last' } });
  await expect(client.runs.addModels({ study })).rejects.toMatchObject({ data: { code: 'models.nothing' } });
  await expect(client.runs.addModels({ study, grid: { ...grid, seeds: 10_000 } })).rejects.toMatchObject({
    data: { code: 'models.too-many' },
  });
  // In the table a group of its own is one, too.
  const entries = plan.entries.map((entry) => ({ ...entry, collection: 'MLP grid' }));
  await client.runs.addModels({ study, entries });
  const grouped = await client.runs.table({ study, group: 'group' });
  expect(grouped.groups.map(({ title, count }) => [title, count])).toEqual([
    ['Diverse models', 5],
    ['MLP grid: a group of its own', 4],
  ]);
  expect(grouped.ids.slice(0, 5).toSorted()).toEqual(all.toSorted());
});

test('models that are added while the study runs are trained', { timeout: 240_000 }, async () => {
  const test = testLab();
  putSmallStudy(test, onlyMlps);
  const { client, lab } = test;
  await client.work.start({ study, goal: 'models' });
  while (lab.workbench.storage.runs.counts().running === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await client.runs.addModels({
    study,
    grid: { ...grid, factors: [] },
  });
  expect((await client.runs.table({ study })).total).toBe(6);
  await untilIdle(test);
  expect((await client.runs.table({ study, filter: { states: ['done'] } })).ids).toHaveLength(6);
});

test('tags, notes and views are kept; a name that is HTML or a formula stays what was typed', async () => {
  const test = testLab();
  putSmallStudy(test);
  const { client, lab } = test;
  const run = lab.workbench.storage.runs.ensure(
    {
      key: 'a'.repeat(64),
      kind: 'classifier',
      label: '=HYPERLINK("x")',
      seed: 1,
      priority: 0,
      engine: null,
      task: {
        kind: 'classifier',
        dataSet: { source: 'mnist' },
        dataSetHash: 'b'.repeat(64),
        seed: 1,
        recipe: lab.workbench.storage.studies.byName(study)?.spec.models[0]?.recipe ?? fail(),
      },
    },
    1,
  );
  const { id: studyId } = lab.workbench.storage.studies.byName(study) ?? fail();
  lab.workbench.storage.studyRuns.link(studyId, 'models/x', run.id, null, 1);
  const tag = '<img src=x onerror=alert(1)>';
  await client.runs.tag({ ids: [run.id], add: [tag, 'pilot'], remove: [] });
  await client.runs.tag({ ids: [run.id], add: [], remove: ['pilot'] });
  await client.runs.note({ id: run.id, note: '<b>odd</b>' });
  expect((await client.runs.table({ study, filter: { tags: [tag] } })).rows).toMatchObject([
    { name: '=HYPERLINK("x")', tags: [tag], note: '<b>odd</b>' },
  ]);
  await expect(client.runs.tag({ ids: [run.id], add: ['x'.repeat(41)], remove: [] })).rejects.toMatchObject({
    code: 'BAD_REQUEST',
  });
  const view = {
    name: 'Failed ones',
    filter: { text: '', states: ['failed' as const], kinds: [], architectures: [], targets: [], tags: [], like: null },
    sort: { by: 'ended' as const, descending: true },
    group: 'none' as const,
    columns: ['name', 'state'],
  };
  await client.runs.saveView(view);
  await client.runs.rememberView({ study, view: { ...view, name: 'last' } });
  expect(await client.runs.views({ study })).toMatchObject({
    saved: [{ name: 'Failed ones' }],
    last: { name: 'last' },
  });
  await client.runs.removeView({ name: 'Failed ones' });
  expect((await client.runs.views({ study })).saved).toEqual([]);
});

test('a failed run says why in its row, and can be retried', async () => {
  const test = testLab();
  putSmallStudy(test);
  const { client, lab } = test;
  const { storage } = lab.workbench;
  const { id: studyId, spec } = storage.studies.byName(study) ?? fail();
  storage.dataSets.put(
    {
      hash: 'c'.repeat(64),
      name: 'zeros and ones',
      classes: ['zero', 'one'],
      height: 28,
      width: 28,
      trainCount: 100,
      testCount: 100,
      channels: 1 as const,
      mean: [0],
      std: [1],
      source: spec.dataSet,
    },
    1,
  );
  await client.runs.addModels({ study, entries: [{ ...(spec.models[0] ?? fail()), name: 'Odd', seed: 77 }] });
  // A network that does not suit the images is refused before anything is trained.
  const vit = {
    ...grid,
    name: 'ViT',
    factors: [],
    base: { ...grid.base, architecture: { kind: 'vit' as const, patch: 5 } },
  };
  await expect(client.runs.planModels({ study, grid: vit })).rejects.toMatchObject({
    data: { code: 'architecture.does-not-fit', remedy: expect.stringContaining(': 1, 2, 4, 7, 14, 28.') },
  });
  const claimed = storage.runs.claimNext(['wasm'], environment, 2, studyId);
  if (!claimed) throw new Error('nothing to claim');
  storage.runs.applyEvents(
    claimed.id,
    [started, { type: 'snapshot', snapshot: snapshot(97) }, { type: 'failed', message: 'Out of memory', detail: 'x' }],
    3,
  );
  const [row] = await client.runs.rows({ study, ids: [claimed.id] });
  expect(row).toMatchObject({ state: 'failed', failure: 'Out of memory' });
  expect(row?.targets).toMatchObject([
    { target: 97, state: 'unused' },
    { target: 98.5, state: 'pending' },
  ]);
  expect(await client.runs.act({ study, ids: [claimed.id], action: 'retry' })).toMatchObject({ changed: 1 });
  expect(await client.runs.act({ study, ids: [claimed.id], action: 'retry' })).toMatchObject({
    changed: 0,
    skipped: 1,
    why: '1 of 1: neither failed nor cancelled',
  });
  expect(smallModels.mlp.hidden).toEqual([16]);

  // The matrix of seeds tells cancelled trainings from those that never began.
  const [seeds = fail()] = spec.models.filter(({ group }) => group === 'seeds');
  await client.runs.addModels({
    study,
    entries: [{ ...seeds, name: 'More', recipe: { ...seeds.recipe, targets: [90] } }],
  });
  const more = (await client.runs.table({ study })).ids;
  const [first] = (await client.runs.rows({ study, ids: more })).filter(({ name }) => name.startsWith('More-r01'));
  await client.runs.act({ study, ids: [first?.id ?? 0], action: 'cancel' });
  const { groups } = await client.runs.matrix({ study });
  expect(groups.find(({ name }) => name === 'More')?.cells[0]).toMatchObject({ planned: 2, cancelled: 1, missing: 1 });
});

function fail(): never {
  throw new Error('the study is not there');
}
