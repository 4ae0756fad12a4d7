/** Two runs and more: what is asked of one run is never answered with rows of the other. */
import { beforeEach, describe, expect, test } from 'vitest';
import { classifierTask, generatorTask, newRun } from '../executors/counting-tasks.ts';
import { model, type Neighbors, withNeighbors } from './neighbors-helper.ts';
import { environment, hash } from './records.ts';
import { classifierResult, snapshot, started } from './run-helper.ts';

let storage: Neighbors['storage'];
let [a, b] = [0, 0];
let queue: Neighbors['queue'];
beforeEach(() => {
  ({ storage, a, b, queue } = withNeighbors());
});

describe('places of runs', () => {
  test('a role has one current run in each study; linking again in the same place changes nothing', () => {
    const [one, two] = [queue(1), queue(2)] as [number, number];
    storage.studyRuns.link(a, 'reference', one, null, 1);
    storage.studyRuns.link(b, 'reference', two, null, 2);
    storage.studyRuns.link(a, 'models/1', one, model(1), 3);
    storage.studyRuns.link(a, 'models/1', one, model(1), 4);
    expect(storage.studyRuns.history(a, 'models/1')).toHaveLength(1);
    // Another place of the same run is another link.
    storage.studyRuns.link(a, 'models/1', one, model(1, 'seeds'), 5);
    storage.studyRuns.link(a, 'models/1', one, { ...model(1, 'seeds'), repeat: 1 }, 6);
    storage.studyRuns.link(a, 'models/1', one, { ...model(2, 'seeds'), repeat: 1 }, 7);
    storage.studyRuns.link(a, 'models/1', one, { ...model(2, 'seeds'), repeat: 1, modelName: 'CNN' }, 8);
    expect(storage.studyRuns.history(a, 'models/1').map(({ linkedAt, replacedAt }) => [linkedAt, replacedAt])).toEqual([
      [3, 5],
      [5, 6],
      [6, 7],
      [7, 8],
      [8, null],
    ]);
    expect(storage.studyRuns.get(a, 'models/1')).toMatchObject({
      role: 'models/1',
      runId: one,
      kind: 'classifier',
      state: 'queued',
      linkedAt: 8,
      replacedAt: null,
      held: false,
      attempts: 0,
      progress: null,
      failure: null,
      model: { modelName: 'CNN', group: 'seeds', repeat: 1, seed: 2 },
    });
    expect(storage.studyRuns.list(a).map(({ role, runId }) => [role, runId])).toEqual([
      ['reference', one],
      ['models/1', one],
    ]);
    expect(storage.studyRuns.get(b, 'reference')?.runId).toBe(two);
    expect(storage.studyRuns.get(b, 'models/1')).toBeUndefined();
    expect(storage.studyRuns.history(b, 'reference')).toHaveLength(1);
    expect(storage.studyRuns.keepOnly(a, ['reference'], 9)).toEqual([one]);
    expect(storage.studyRuns.list(a).map(({ role }) => role)).toEqual(['reference']);
    expect(storage.studyRuns.list(b).map(({ role }) => role)).toEqual(['reference']);
    expect(storage.studyRuns.keepOnly(a, [], 10)).toEqual([one]);
    expect(storage.studyRuns.history(a, 'models/1').at(-1)?.replacedAt).toBe(9);
  });

  test('a study waits for what is on hold only if all that is left is on hold and nothing runs', () => {
    const [one, two, three] = [queue(1), queue(2), queue(3)] as [number, number, number];
    storage.studyRuns.link(a, 'models/1', one, model(1), 1);
    storage.studyRuns.link(a, 'reference', two, null, 1);
    storage.studyRuns.link(b, 'models/3', three, model(3), 1);
    const waits = (study: number, roles: string[] | null = null) => storage.studyRuns.hasOnlyHeldRuns(study, roles);
    expect(waits(a)).toBe(false);
    storage.runs.setHeld(one, true);
    expect([waits(a), waits(b), waits(a, ['models/*']), waits(a, ['ref*']), waits(a, ['x', 'models/1'])]).toEqual([
      ...[false, false, true, false, true],
    ]);
    storage.runs.setHeld(two, true);
    expect([waits(a), waits(b), waits(a, ['none'])]).toEqual([true, false, false]);
    storage.runs.setHeld(one, false);
    storage.runs.claimNext(['wasm'], environment, 2, a);
    storage.runs.setHeld(one, true);
    expect(waits(a)).toBe(false);
    storage.runs.applyEvent(one, classifierResult([97.5]), 3);
    expect(waits(a)).toBe(true);
    storage.studyRuns.keepOnly(a, [], 4);
    expect(waits(a)).toBe(false);
  });
});

describe('the queue', () => {
  test('claims by rank, priority and age, of the asked study and roles, never what is on hold', () => {
    const ids = [1, 2, 3, 4, 5].map((seed) => queue(seed, seed === 4 ? 7 : 0)) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const [one, two, three, four, five] = ids;
    for (const id of [one, two]) storage.studyRuns.link(a, `models/${id}`, id, model(id), 1);
    storage.studyRuns.link(b, 'reference', three, null, 1);
    storage.runs.setRank(one, -1);
    storage.runs.setRank(five, 1);
    storage.runs.setHeld(two, true);
    const claim = (...rest: [study?: number | null, roles?: string[] | null]) =>
      storage.runs.claimNext(['wasm'], environment, 5, ...rest)?.id ?? null;
    expect(claim(a, ['reference'])).toBeNull();
    expect(claim(b, ['models/*'])).toBeNull();
    expect(claim(b, ['models/*', 'ref*'])).toBe(three);
    expect([claim(), claim(), claim(), claim()]).toEqual([five, four, one, null]);
    storage.runs.setHeld(two, false);
    storage.studyRuns.keepOnly(a, [], 6);
    expect([claim(a), claim()]).toEqual([null, two]);
    expect(storage.runs.counts()).toMatchObject({ running: 5, queued: 0 });
    expect(storage.runs.counts({ studyId: b })).toMatchObject({ running: 1 });
    expect(storage.runs.list({ studyId: b }).map(({ id }) => id)).toEqual([three]);
    expect(storage.runs.list().map(({ id }) => id)).toEqual(ids);
  });

  test('similar runs differ in their seed alone, and none of both has crashed', () => {
    const [one, two, three] = [queue(1), queue(2), queue(3)] as [number, number, number];
    const other = storage.runs.ensure(newRun(generatorTask(1)), 1).id;
    const pinned = storage.runs.ensure(newRun(classifierTask(4), { engine: 'tensorflow' }), 1).id;
    const first = storage.runs.claimNext(['wasm'], environment, 2);
    if (!first) throw new Error('nothing was claimed');
    expect(first.id).toBe(one);
    const similar = () => storage.runs.claimSimilar(first, environment, 3)?.id ?? null;
    expect(similar()).toBe(two);
    storage.runs.recordCrash(two, { message: 'died', detail: '' }, 5, 4);
    expect(similar()).toBe(three);
    expect(similar()).toBeNull();
    expect([other, pinned].map((id) => storage.runs.get(id)?.state)).toEqual(['queued', 'queued']);
    storage.runs.interrupt(three, 'stopped', 5);
    storage.runs.recordCrash(one, { message: 'died', detail: '' }, 5, 6);
    expect(similar()).toBeNull();
  });

  test('crashes, cancellations and ends are of one run and its open attempt', () => {
    const [one, two] = [queue(1), queue(2)] as [number, number];
    for (const _ of [one, two]) storage.runs.claimNext(['wasm'], environment, 10);
    expect(storage.runs.recordCrash(one, { message: 'died', detail: 'tail' }, 1, 20)).toBe('interrupted');
    expect(storage.runs.get(two)).toMatchObject({ state: 'running', crashes: 0, failure: null, endedAt: null });
    expect(storage.runs.get(one)).toMatchObject({ state: 'interrupted', crashes: 1, attempts: 1, startedAt: 10 });
    storage.runs.claimNext(['wasm'], environment, 30);
    expect(storage.runs.get(one)).toMatchObject({ startedAt: 10, attemptStartedAt: 30, heartbeatAt: 30, attempts: 2 });
    expect(storage.runs.cancel(two, 40)).toBe('running');
    expect(storage.runs.cancelRequested()).toEqual([two]);
    expect(storage.runs.get(one)?.cancelRequested).toBe(false);
    // Whoever asked for an end gets it, also if the worker crashed more often than allowed.
    expect(storage.runs.recordCrash(two, { message: 'died', detail: '' }, 0, 50)).toBe('cancelled');
    expect(storage.runs.get(two)).toMatchObject({
      state: 'cancelled',
      endedAt: 50,
      cancelRequested: false,
      failure: null,
    });
    expect(storage.runs.cancelRequested()).toEqual([]);
    expect(storage.runs.interrupt(two, 'x', 55)).toBe('cancelled');
    expect(storage.runs.recordCrash(two, { message: 'x', detail: '' }, 0, 56)).toBe('cancelled');
    expect(storage.runs.recordCrash(one, { message: 'died', detail: 'tail' }, 1, 60)).toBe('failed');
    expect(storage.runs.get(one)).toMatchObject({ state: 'failed', endedAt: 60, crashes: 2 });
    const attempts = (id: number) =>
      storage.runHistory
        .attempts(id)
        .map(({ attempt, claimedAt, endedAt, outcome, note }) => [attempt, claimedAt, endedAt, outcome, note]);
    expect(attempts(one)).toEqual([
      [1, 10, 20, 'crashed', 'died'],
      [2, 30, 60, 'failed', 'died (2 times without progress)'],
    ]);
    expect(attempts(two)).toEqual([[1, 10, 50, 'cancelled', null]]);
    expect(storage.runHistory.activeTime(one)).toBe(40);
    expect(storage.runHistory.activeTime(two)).toBe(40);
    expect(storage.runs.retry(one, 70)).toBe('queued');
    expect(storage.runs.get(one)).toMatchObject({ queuedAt: 70, endedAt: null, failure: null, crashes: 0 });
    expect(storage.runs.get(two)?.state).toBe('cancelled');
  });

  test('a finished run is queued again alone, and only if it is done', () => {
    const [one, two, three] = [queue(1), queue(2), queue(3)] as [number, number, number];
    for (const id of [one, two]) {
      storage.runs.claimNext(['wasm'], environment, 10);
      storage.runs.applyEvents(id, [started, classifierResult([97.5])], 20);
    }
    let heard = 0;
    storage.runs.onClaimable(() => heard++);
    storage.runs.redo(one, 30);
    expect([one, two, three].map((id) => storage.runs.get(id)?.state)).toEqual(['queued', 'done', 'queued']);
    expect(storage.runs.get(one)).toMatchObject({ result: null, queuedAt: 30, endedAt: null, crashes: 0 });
    expect(heard).toBe(1);
    storage.runs.redo(three, 40);
    expect(storage.runs.get(three)?.queuedAt).toBe(3);
    expect(heard).toBe(1);
    storage.runs.setHeld(three, true);
    storage.runs.setHeld(three, true);
    expect(heard).toBe(1);
    storage.runs.setHeld(three, false);
    storage.runs.setHeld(three, false);
    expect(heard).toBe(2);
    expect(storage.runs.get(one)?.held).toBe(false);
  });

  test('a start makes runs that were running interrupted, and no others', () => {
    const [one, two, three] = [queue(1), queue(2), queue(3)] as [number, number, number];
    for (const _ of [one, two]) storage.runs.claimNext(['wasm'], environment, 10);
    storage.runs.applyEvents(one, [started, classifierResult([97.5])], 20);
    let heard = 0;
    storage.runs.onClaimable(() => heard++);
    expect(storage.runs.recover(30)).toEqual([two]);
    expect([one, two, three].map((id) => storage.runs.get(id)?.state)).toEqual(['done', 'interrupted', 'queued']);
    expect(heard).toBe(1);
    expect(storage.runHistory.attempts(two)).toMatchObject([{ outcome: 'lost', endedAt: 10 }]);
    expect(storage.runHistory.activeTime(one)).toBe(10);
  });
});

describe('results of runs', () => {
  test('series, checkpoints, snapshots, grids and messages are of one run, in order', () => {
    const [one, two] = [queue(1), queue(2)] as [number, number];
    for (const _ of [one, two]) storage.runs.claimNext(['wasm'], environment, 10);
    const points = (value: number) => [
      { series: 'loss', step: 4, value },
      { series: 'loss', step: 2, value: value + 1 },
      { series: 'accuracy', step: 2, value: value + 2 },
    ];
    storage.runs.applyEvents(one, [started, { type: 'metrics', points: points(1) }], 20);
    storage.runs.applyEvents(two, [started, { type: 'metrics', points: points(5) }], 20);
    expect(storage.runHistory.series(one)).toEqual(['accuracy', 'loss']);
    expect(storage.runHistory.metrics(one, 'loss')).toEqual([
      { step: 2, value: 2 },
      { step: 4, value: 1 },
    ]);
    expect(storage.runHistory.metrics(two, 'accuracy')).toEqual([{ step: 2, value: 7 }]);
    expect([one, two].map((id) => storage.curves.latest(id, 'loss'))).toEqual([
      { step: 4, value: 1 },
      { step: 4, value: 5 },
    ]);
    expect(storage.curves.curve(two, 'loss', 10)).toEqual({ series: 'loss', count: 2, steps: [2, 4], values: [6, 5] });
    for (const [at, target] of (['loss 0.05', 98, 'epochs 10', 97.5] as const).entries()) {
      storage.runs.applyEvent(one, { type: 'snapshot', snapshot: snapshot(target, hash(975 + at)) }, 30);
    }
    storage.runs.applyEvent(two, { type: 'snapshot', snapshot: snapshot(99, hash(7)) }, 30);
    expect([one, two].map((id) => storage.runHistory.snapshots(id).map(({ target }) => target))).toEqual([
      [97.5, 98, 'epochs 10', 'loss 0.05'],
      [99],
    ]);
    const log = (id: number, message: string) =>
      storage.runs.applyEvent(id, { type: 'log', level: 'info', message }, 40);
    log(one, 'first');
    log(two, 'other');
    log(one, 'second');
    expect(storage.runHistory.log(one).map(({ message }) => message)).toEqual(['first', 'second']);
    for (const [step, content] of [
      [30, 'c'],
      [10, 'd'],
    ] as const) {
      storage.runs.applyEvent(one, { type: 'checkpoint', step, hash: storage.blobs.put(Buffer.from(content)) }, 50);
    }
    expect(storage.runHistory.checkpoints(one).map(({ step }) => step)).toEqual([10, 30]);
    expect(storage.runHistory.checkpoints(two)).toEqual([]);
  });

  test('notes and tags are of the runs that were named', () => {
    const [one, two] = [queue(1), queue(2)] as [number, number];
    storage.runNotes.setNote(one, 'odd');
    expect([one, two, 99].map((id) => storage.runNotes.note(id))).toEqual(['odd', '', '']);
    storage.runNotes.tag([one, two, 99], { add: ['b', 'a'], remove: [] });
    storage.runNotes.tag([one], { add: ['c', 'a'], remove: ['b', 'none'] });
    expect([one, two].map((id) => storage.runNotes.tags(id))).toEqual([
      ['a', 'c'],
      ['a', 'b'],
    ]);
  });

  test('a run’s places, durations and recipes', () => {
    const [one, two, three] = [queue(1), queue(2), queue(3)] as [number, number, number];
    storage.studyRuns.link(a, 'models/1', one, model(1), 1);
    storage.studyRuns.link(b, 'reference', one, null, 1);
    storage.studyRuns.link(b, 'models/2', two, model(2), 1);
    expect(storage.runTable.places(one)).toEqual([
      { study: 'a', role: 'models/1' },
      { study: 'b', role: 'reference' },
    ]);
    storage.studies.setDeleted(a, 5);
    expect(storage.runTable.places(one)).toEqual([{ study: 'b', role: 'reference' }]);
    expect(storage.runTable.places(three)).toEqual([]);
    expect([...storage.runTable.trainingsOf(b).keys()]).toEqual([one, two]);
    expect([...storage.runTable.trainingsOf(a).keys()]).toEqual([one]);
    storage.runs.setHeld(two, true);
    for (const [id, claimed, done] of [
      [one, 100, 150],
      [three, 200, 270],
    ] as const) {
      storage.runs.claimNext(['wasm'], environment, claimed);
      storage.runs.applyEvents(id, [started, classifierResult([97.5])], done);
    }
    expect([5, 1].map((limit) => storage.runTable.recentDurations(limit).length)).toEqual([2, 1]);
    const rows = storage.runTable.rows(b, [two, one], 300);
    expect(rows.map(({ id, role, modelName, activeTime }) => [id, role, modelName, activeTime])).toEqual([
      [two, 'models/2', 'MLP', 0],
      [one, 'reference', null, 50],
    ]);
    expect(storage.runTable.rows(null, [one], 300)[0]?.role).toBe('models/1');
    expect(storage.runTable.facets(a).states).toEqual([{ value: 'done', count: 1 }]);
    expect(storage.runTable.facets(b).states).toEqual([
      { value: 'done', count: 1 },
      { value: 'held', count: 1 },
    ]);
  });
});
