import { describe, expect, test } from 'vitest';
import { type RunFilter, runFilterSchema } from '../../main/contract/api/runs.ts';
import type { RunQuery } from '../../main/storage/runs/run-table.ts';
import { taskSchema } from '../../main/contract/runs/run.ts';
import type { Task } from '../../main/contract/runs/run.ts';
import type { Storage } from '../../main/storage/open.ts';
import { generatorTask, newRun } from '../executors/counting-tasks.ts';
import { environment, hash, study } from './records.ts';
import { classifierResult, snapshot, started } from './run-helper.ts';
import { temporaryStorage } from './storage-helper.ts';

const architectures = { mlp: { kind: 'mlp' }, cnn: { kind: 'cnn' }, vit: { kind: 'vit' } } as const;

function task(kind: keyof typeof architectures, seed: number, targets = [97.5]): Task {
  const recipe = { architecture: architectures[kind], targets };
  return taskSchema.parse({
    kind: 'classifier',
    dataSet: { source: 'mnist' },
    dataSetHash: hash(99),
    recipe,
    seed,
  });
}

/** A study with these runs in places of their own; gives ids by name. */
function withRuns(storage: Storage, runs: Record<string, Task>): { studyId: number; id: Record<string, number> } {
  const studyId = storage.studies.put('s', study(), 1);
  const id: Record<string, number> = {};
  for (const [name, each] of Object.entries(runs)) {
    const run = storage.runs.ensure({ ...newRun(each), label: name }, 1);
    const seed = 'seed' in each ? each.seed : 0;
    const model = { modelName: name, group: 'diverse' as const, repeat: 0, seed };
    storage.studyRuns.link(studyId, `models/${name}`, run.id, model, 1);
    id[name] = run.id;
  }
  return { studyId, id };
}

const query = (change: Partial<RunFilter> = {}, rest: Partial<RunQuery> = {}): RunQuery => ({
  filter: runFilterSchema.parse(change),
  sort: { by: 'name', descending: false },
  ...rest,
});

describe('the order of a run table', () => {
  const runs = { MLP1: task('mlp', 1), MLP2: task('mlp', 2, [97.5, 98]), MLP10: task('mlp', 3), CNN1: task('cnn', 4) };

  test('names count, so MLP2 comes before MLP10; every key sorts both ways', () => {
    const storage = temporaryStorage();
    const { studyId, id } = withRuns(storage, runs);
    const names = (given: RunQuery): (string | undefined)[] =>
      storage.runTable.order(studyId, given).map((each) => Object.keys(id).find((name) => id[name] === each));
    expect(names(query())).toEqual(['CNN1', 'MLP1', 'MLP2', 'MLP10']);
    expect(names(query({}, { sort: { by: 'name', descending: true } }))).toEqual(['MLP10', 'MLP2', 'MLP1', 'CNN1']);
    expect(names(query({}, { sort: { by: 'seed', descending: true } }))[0]).toBe('CNN1');
    for (const by of [
      'state',
      'architecture',
      'accuracy',
      'progress',
      'engine',
      'time',
      'speed',
      'queued',
      'ended',
    ] as const) {
      expect(names(query({}, { sort: { by, descending: false } })), by).toHaveLength(4);
    }
  });

  test('hyperparameters that differ are known, and sort; runs without one come last', () => {
    const storage = temporaryStorage();
    const of = (name: string, seed: number, change: object): [string, Task] => {
      const recipe = { architecture: architectures.mlp, targets: [97.5], ...change };
      return [name, taskSchema.parse({ ...task('mlp', seed), recipe })];
    };
    const { studyId, id } = withRuns(
      storage,
      Object.fromEntries([
        of('A', 1, { batch: 64, optimiser: { stepSize: 1e-3 } }),
        of('B', 2, { batch: 256 }),
        of('C', 3, { batch: 128, architecture: architectures.cnn }),
      ]),
    );
    const names = (sort: RunQuery['sort']): string =>
      storage.runTable
        .order(studyId, query({}, { sort }))
        .map((each) => Object.keys(id).find((name) => id[name] === each))
        .join('');
    expect(names({ by: 'recipe.batch', descending: false })).toBe('ACB');
    expect(names({ by: 'recipe.batch', descending: true })).toBe('BCA');
    expect(names({ by: 'recipe.architecture.dropout', descending: false })).toBe('CAB');
    expect(names({ by: 'recipe.architecture.dropout', descending: true })).toBe('CAB');
    const differing = (...chosen: string[]): string[] =>
      storage.runTable.groups.differing(chosen.map((name) => id[name] ?? 0)).differing;
    // Of an MLP and a CNN, those that both have: an MLP of that recipe has no norm and no dropout.
    const ofKinds = ['architecture.hidden', 'architecture.batchNorm', 'architecture.dropout'];
    expect(differing('A', 'B', 'C')).toEqual([...ofKinds, 'optimiser.stepSize', 'batch']);
    expect(differing('B', 'C')).toEqual([...ofKinds, 'batch']);
    expect(differing('A', 'B')).toEqual(['optimiser.stepSize', 'batch']);
    expect(differing('A')).toEqual([]);
  });

  test('filters by state, architecture, target, tag, words and recipe', () => {
    const storage = temporaryStorage();
    const { studyId, id } = withRuns(storage, runs);
    storage.runs.setHeld(id.MLP1 ?? 0, true);
    storage.runs.cancel(id.CNN1 ?? 0, 2);
    storage.runNotes.tag([id.MLP2 ?? 0, id.MLP10 ?? 0], { add: ['pilot'], remove: [] });
    storage.runNotes.setNote(id.MLP10 ?? 0, 'looks odd');
    const found = (change: Partial<RunFilter>) => storage.runTable.order(studyId, query(change));
    expect(found({ states: ['held'] })).toEqual([id.MLP1]);
    expect(found({ states: ['queued'] })).toEqual([id.MLP2, id.MLP10]);
    expect(found({ architectures: ['cnn'] })).toEqual([id.CNN1]);
    expect(found({ targets: [98] })).toEqual([id.MLP2]);
    expect(found({ tags: ['pilot'] })).toEqual([id.MLP2, id.MLP10]);
    expect(found({ text: 'mlp ODD' })).toEqual([id.MLP10]);
    expect(found({ text: 'cnn cancelled' })).toEqual([id.CNN1]);
    expect(found({ text: '%' })).toEqual([]);
    expect(found({ like: id.MLP1 ?? 0 })).toEqual([id.MLP1, id.MLP10]);
    expect(found({ kinds: ['generator'] })).toEqual([]);
  });

  test('runs have the keys of their groups: the first tag, the recipe, any of its values', () => {
    const storage = temporaryStorage();
    const { studyId, id } = withRuns(storage, runs);
    storage.runNotes.tag([id.MLP10 ?? 0, id.CNN1 ?? 0], { add: ['b'], remove: [] });
    storage.runNotes.tag([id.MLP2 ?? 0], { add: ['a'], remove: [] });
    const ids = Object.values(id);
    const { groups } = storage.runTable;
    expect(groups.ofStudy(studyId, ids, 'tag')).toEqual([null, 'a', 'b', 'b']);
    expect(groups.ofStudy(studyId, ids, 'group')).toEqual(Array(4).fill('diverse'));
    expect(new Set(groups.ofRecipes(ids, 'recipe')).size).toBe(3);
    expect(groups.ofRecipes(ids, 'architecture')).toEqual(['mlp', 'mlp', 'mlp', 'cnn']);
    expect(groups.ofRecipes(ids, 'recipe.batch')).toEqual(Array(4).fill(128));
    expect(groups.ofRecipes(ids, 'recipe.targets')).toEqual(['97.5', '97.5, 98', '97.5', '97.5']);
    expect(groups.ofRecipes(ids, 'recipe.architecture.channels')[0]).toBe(null);
  });

  test('facets count what there is', () => {
    const storage = temporaryStorage();
    const { studyId, id } = withRuns(storage, runs);
    storage.runNotes.tag([id.MLP1 ?? 0], { add: ['x'], remove: [] });
    expect(storage.runTable.facets(studyId)).toEqual({
      states: [{ value: 'queued', count: 4 }],
      kinds: [{ value: 'classifier', count: 4 }],
      architectures: [
        { value: 'mlp', count: 3 },
        { value: 'cnn', count: 1 },
      ],
      targets: [
        { value: 97.5, count: 4 },
        { value: 98, count: 1 },
      ],
      tags: [{ value: 'x', count: 1 }],
      archived: 0,
    });
    storage.runNotes.setArchived([id.MLP1 ?? 0], true);
    expect(storage.runTable.facets(studyId).archived).toBe(1);
    const ids = (change: Partial<RunFilter>) => storage.runTable.order(studyId, query(change));
    expect(ids({})).not.toContain(id.MLP1);
    expect(ids({ archived: true })).toContain(id.MLP1);
  });
});

describe('rows', () => {
  test('hold what a run has yielded, in the order asked for; runs that are gone are left out', () => {
    const storage = temporaryStorage();
    const { studyId, id } = withRuns(storage, { MLP1: task('mlp', 1, [97.5, 98]), MLP2: task('mlp', 2) });
    const first = id.MLP1 ?? 0;
    storage.runs.claimNext(['wasm'], environment, 10);
    const points = [
      { series: 'accuracy', step: 5, value: 90 },
      { series: 'accuracy (estimated)', step: 7, value: 94 },
    ];
    storage.runs.applyEvents(
      first,
      [started, { type: 'metrics', points }, { type: 'snapshot', snapshot: snapshot(97.5) }],
      20,
    );
    storage.runNotes.tag([first], { add: ['b', 'a'], remove: [] });
    const rows = storage.runTable.rows(studyId, [id.MLP2 ?? 0, 4711, first], 60);
    expect(rows.map(({ label }) => label)).toEqual(['MLP2', 'MLP1']);
    expect(rows[1]).toMatchObject({
      id: first,
      state: 'running',
      modelName: 'MLP1',
      role: 'models/MLP1',
      tags: ['a', 'b'],
      activeTime: 50,
      snapshots: [{ target: 97.5, accuracy: 97.5, errors: 250, testCount: 10_000 }],
      measured: { step: 5, value: 90 },
      estimated: { step: 7, value: 94 },
    });
    storage.runs.applyEvent(first, classifierResult([97.5, 98]), 100);
    expect(storage.runTable.rows(studyId, [first], 5000)[0]).toMatchObject({ state: 'done', activeTime: 90 });
    // Of earlier versions, which did not say how long an attempt worked.
    expect(storage.runTable.recentDurations(9)).toMatchObject([{ workedMs: 2, steps: 9, pacedSteps: 9 }]);
    // It resumed at step 40 and worked for 9 s, a third of it on the processor; the computer slept for the rest of nine hours.
    storage.runs.claimNext(['wasm'], environment, 200);
    const progress = { type: 'progress', done: 60, total: 60, note: '', workedMs: 9000, processorMs: 3000 } as const;
    const resumed = [{ ...started, resumedAt: 40 }, progress, classifierResult([97.5])];
    storage.runs.applyEvents(id.MLP2 ?? 0, resumed, 200 + 9 * 3_600_000);
    expect(storage.runTable.recentDurations(1)).toMatchObject([{ workedMs: 3000, steps: 60, pacedSteps: 20 }]);
    expect(storage.runTable.places(first)).toEqual([{ study: 's', role: 'models/MLP1' }]);
  });
});

test('a run that stops on validation images shows their accuracy as its latest, and says why it has no trend', () => {
  const storage = temporaryStorage();
  const { studyId, id } = withRuns(storage, { MLP1: task('mlp', 1), MLP2: task('mlp', 2) });
  const [first = 0, second = 0] = [id.MLP1, id.MLP2];
  storage.runs.claimNext(['wasm'], environment, 10);
  storage.runs.claimNext(['wasm'], environment, 10);
  const points = [
    { series: 'validation accuracy', step: 900, value: 97.51 },
    { series: 'validation accuracy (estimated)', step: 950, value: 97.2 },
  ];
  const reached = { type: 'snapshot' as const, snapshot: { ...snapshot(97.5), step: 900 } };
  storage.runs.applyEvents(first, [started, { type: 'metrics', points }, reached], 20);
  storage.runs.applyEvents(second, [started, reached], 20);
  expect(storage.runTable.rows(studyId, [first], 60)[0]).toMatchObject({
    measured: { step: 900, value: 97.51 },
    estimated: { step: 950, value: 97.2 },
  });
  const { runHistory } = storage;
  expect([runHistory.validation(first, 900), runHistory.validation(second, 900)]).toEqual([97.51, null]);
  expect(runHistory.trend(first, 900)).toMatchObject({
    accuracy: null,
    undefined: expect.stringMatching(/^Validation/),
  });
  expect(runHistory.trend(second, 900)).toMatchObject({ accuracy: null, undefined: expect.stringMatching(/^Too few/) });
});

describe('curves', () => {
  test('keep first, last and every peak when drawn with fewer points', () => {
    const storage = temporaryStorage();
    const { id } = withRuns(storage, { MLP1: task('mlp', 1) });
    const run = id.MLP1 ?? 0;
    storage.runs.claimNext(['wasm'], environment, 10);
    const points = Array.from({ length: 5000 }, (_, n) => ({
      series: 'loss',
      step: 10 + 3 * n,
      value: n === 1234 ? 50 : n === 4321 ? -50 : Math.sin(n / 50),
    }));
    storage.runs.applyEvent(run, { type: 'metrics', points }, 20);
    const curve = storage.curves.curve(run, 'loss', 200);
    expect(curve.count).toBe(5000);
    expect(curve.steps.length).toBeLessThanOrEqual(200);
    expect(curve.steps.length).toBeGreaterThan(150);
    expect(curve.steps.at(0)).toBe(10);
    expect(curve.steps.at(-1)).toBe(10 + 3 * 4999);
    expect(curve.steps[curve.values.indexOf(50)]).toBe(10 + 3 * 1234);
    expect(curve.steps[curve.values.indexOf(-50)]).toBe(10 + 3 * 4321);
    expect([...curve.steps].sort((a, b) => a - b)).toEqual(curve.steps);
    expect(storage.curves.curve(run, 'loss', 5000).values).toEqual(points.map(({ value }) => value));
    expect(storage.curves.curve(run, 'nothing', 100)).toEqual({ series: 'nothing', count: 0, steps: [], values: [] });
    expect(storage.curves.latest(run, 'loss')?.step).toBe(10 + 3 * 4999);
  });
});

describe('with neighbors and limits', () => {
  test('sorts by the best snapshot and by progress, has the first tag, and searches twenty words', () => {
    const storage = temporaryStorage();
    const names = ['A', 'B', 'C', 'D'];
    const { studyId, id } = withRuns(storage, Object.fromEntries(names.map((name, n) => [name, task('mlp', n + 1)])));
    const [a, b, c, d] = names.map((name) => id[name] ?? 0) as [number, number, number, number];
    const snapshots = (run: number, accuracies: readonly number[], done: number, total: number): void => {
      expect(storage.runs.claimNext(['wasm'], environment, 10)?.id).toBe(run);
      const events = accuracies.map((accuracy, n) => ({
        type: 'snapshot' as const,
        snapshot: { ...snapshot(97 + n / 2, hash(run * 10 + n)), accuracy },
      }));
      storage.runs.applyEvents(run, [started, ...events, { type: 'progress', done, total, note: '' }], 20);
    };
    snapshots(a, [97.1, 98.9], 4, 10);
    snapshots(b, [97.9, 98.2], 1, 2);
    snapshots(c, [99.5], 0, 0);
    const order = (given: RunQuery): string =>
      storage.runTable
        .order(studyId, given)
        .map((each) => names.find((name) => id[name] === each))
        .join('');
    const by = (key: RunQuery['sort']['by'], descending: boolean) =>
      order(query({}, { sort: { by: key, descending } }));
    expect([by('accuracy', false), by('accuracy', true)]).toEqual(['DBAC', 'CABD']);
    expect([by('progress', false), by('progress', true)]).toEqual(['DCAB', 'BACD']);
    storage.runNotes.tag([a], { add: ['z', 'b'], remove: [] });
    storage.runNotes.tag([b], { add: ['c'], remove: [] });
    expect(storage.runTable.groups.ofStudy(studyId, [a, b, c, d], 'tag')).toEqual(['b', 'c', null, null]);
    storage.runNotes.setNote(d, 'needle');
    const words = (last: number): string => order(query({ text: [...Array(last).fill('needle'), 'absent'].join(' ') }));
    expect([words(19), words(20)]).toEqual(['', 'D']);
    expect(order(query({ text: 'absent needle' }))).toBe('');
  });

  test('rows show the latest points of their own run, also of a run without a place', () => {
    const storage = temporaryStorage();
    const { studyId, id } = withRuns(storage, { A: task('mlp', 1), B: task('mlp', 2) });
    const lonely = storage.runs.ensure({ ...newRun(task('mlp', 3)), label: 'L' }, 1).id;
    const [a, b] = [id.A ?? 0, id.B ?? 0];
    for (const run of [a, b]) {
      storage.runs.claimNext(['wasm'], environment, 10);
      const points = [1, 2].flatMap((n) => [
        { series: 'accuracy', step: n * run, value: 10 * n + run },
        { series: 'accuracy (estimated)', step: 10 * n * run, value: 20 * n + run },
      ]);
      storage.runs.applyEvents(
        run,
        [
          { type: 'metrics', points },
          { type: 'snapshot', snapshot: snapshot(97 + run) },
        ],
        20,
      );
    }
    storage.runNotes.tag([b], { add: ['t'], remove: [] });
    const rows = storage.runTable.rows(studyId, [a, lonely, b], 30);
    expect(rows.map(({ label, role, measured, estimated, tags }) => [label, role, measured, estimated, tags])).toEqual([
      ['A', 'models/A', { step: 2 * a, value: 20 + a }, { step: 20 * a, value: 40 + a }, []],
      ['L', null, null, null, []],
      ['B', 'models/B', { step: 2 * b, value: 20 + b }, { step: 20 * b, value: 40 + b }, ['t']],
    ]);
    expect(rows.map(({ snapshots, activeTime }) => [snapshots.map(({ target }) => target), activeTime])).toEqual([
      [[97 + a], 20],
      [[], 0],
      [[97 + b], 20],
    ]);
    expect([storage.runHistory.activeTime(lonely), storage.runHistory.activeTime(a)]).toEqual([0, 0]);
  });

  test('durations are of finished classifiers only', () => {
    const storage = temporaryStorage();
    const [done, failed, running] = [1, 2, 3].map((seed) => storage.runs.ensure(newRun(task('mlp', seed)), 1).id) as [
      ...[number, number, number],
    ];
    const other = storage.runs.ensure(newRun(generatorTask(4)), 1).id;
    for (const run of [done, failed, running, other])
      expect(storage.runs.claimNext(['wasm'], environment, 10 + run)?.id).toBe(run);
    storage.runs.applyEvent(done, classifierResult([97.5]), 100);
    storage.runs.applyEvent(failed, { type: 'failed', message: 'no', detail: '' }, 110);
    storage.runs.applyEvent(other, { type: 'done', result: { kind: 'generator', weights: hash(1), steps: 4 } }, 120);
    const trainings = storage.runTable.recentDurations(9).filter(({ kind }) => kind === 'classifier');
    expect(trainings).toHaveLength(1);
  });

  test('of trainings and of brief runs as many are taken: hundreds of predictions hide no training', () => {
    const storage = temporaryStorage();
    const training = storage.runs.ensure(newRun(task('mlp', 1)), 1).id;
    storage.runs.claimNext(['wasm'], environment, 10);
    storage.runs.applyEvent(training, classifierResult([97.5]), 100);
    for (const seed of [1, 2]) {
      const brief = { kind: 'candidates', generator: hash(1), reference: hash(2), samples: 9, perClass: 1, seed };
      const { id } = storage.runs.ensure(newRun(taskSchema.parse(brief)), 1);
      storage.runs.claimNext(['wasm'], environment, 200 + seed);
      storage.runs.applyEvent(id, { type: 'done', result: { kind: 'candidates', candidates: hash(3) } }, 300 + seed);
    }
    const taken = storage.runTable.recentDurations(1);
    expect(taken.map(({ recipe }) => recipe !== null)).toEqual([false, true]);
  });

  test('a curve is of one run and series, in ranges of equal numbers of steps', () => {
    const storage = temporaryStorage();
    const runs = [1, 2].map((seed) => storage.runs.ensure(newRun(task('mlp', seed)), 1).id);
    const values = { loss: [3, 1, 2, 5, 8, 9], other: [7, 7, 7, 0, 7, 7] };
    runs.forEach((run, n) => {
      storage.runs.claimNext(['wasm'], environment, 10);
      const points = Object.entries(values).flatMap(([series, all]) =>
        all.map((value, step) => ({ series: `${series}`, step, value: n === 0 ? value : 10 - value })),
      );
      storage.runs.applyEvent(run, { type: 'metrics', points }, 20);
    });
    const curve = (n: number, series: string, limit: number) => {
      const { count, steps, values: kept } = storage.curves.curve(runs[n] ?? 0, series, limit);
      return [count, steps, kept];
    };
    // Two ranges of three steps: the least and the largest of each, and both ends.
    expect(curve(0, 'loss', 6)).toEqual([6, [0, 1, 2, 3, 4, 5], values.loss]);
    expect(curve(0, 'loss', 5)).toEqual([6, [0, 1, 5], [3, 1, 9]]);
    storage.runs.applyEvent(runs[0] ?? 0, { type: 'metrics', points: [{ series: 'loss', step: 6, value: 4 }] }, 21);
    storage.runs.applyEvent(runs[1] ?? 0, { type: 'metrics', points: [{ series: 'loss', step: 6, value: 4 }] }, 21);
    // Steps 0 to 3 and 4 to 6.
    expect(curve(0, 'loss', 6)).toEqual([7, [0, 1, 3, 5, 6], [3, 1, 5, 9, 4]]);
    expect(curve(1, 'loss', 6)).toEqual([7, [0, 1, 3, 5, 6], [7, 9, 5, 1, 4]]);
    expect(curve(1, 'other', 5)).toEqual([6, [0, 3, 5], [3, 10, 3]]);
    expect([0, 1].map((n) => storage.curves.latest(runs[n] ?? 0, 'other'))).toEqual([
      { step: 5, value: 7 },
      { step: 5, value: 3 },
    ]);
  });
});

test('evaluations are kept by weights and data set', () => {
  const { evaluations } = temporaryStorage();
  const size = { width: 1, height: 1, channels: 1 as const };
  const result = { classes: ['0', '1'], testCount: 2, errors: 0, ...size, confusion: [], mistakes: [] };
  evaluations.put(hash(1), hash(2), result, 1);
  evaluations.put(hash(1), hash(2), { ...result, errors: 1 }, 2);
  expect(evaluations.get(hash(1), hash(2))).toEqual({ ...result, errors: 1 });
  expect(evaluations.get(hash(2), hash(1))).toBeUndefined();
  expect([evaluations.get(hash(1), hash(3)), evaluations.get(hash(3), hash(2))]).toEqual([undefined, undefined]);
});
