/** Two of everything: what is asked of one study, run, set or labeler is never answered with rows of the other. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { ModelRole, Storage } from '../../main/storage/index.ts';
import { classifierTask, generatorTask, newRun } from '../executors/counting-tasks.ts';
import { environment, hash, stimulusSet, study } from './records.ts';
import { classifierResult, snapshot, started } from './run-helper.ts';
import { temporaryStorage } from './storage-helper.ts';

const model = (seed: number, group: ModelRole['group'] = 'diverse'): ModelRole => ({
  ...{ modelName: 'MLP', group, repeat: 0, seed },
});

let storage: Storage;
let [a, b] = [0, 0];
beforeEach(() => {
  storage = temporaryStorage();
  a = storage.studies.put('a', { ...study('A'), name: 'a' }, 10);
  b = storage.studies.put('b', { ...study('B'), name: 'b' }, 20);
});

const queue = (seed: number, priority = 0): number =>
  storage.runs.ensure(newRun(classifierTask(seed), { priority }), seed).id;

describe('studies', () => {
  test('each has its own specs, name and times; the newest spec counts', () => {
    storage.studies.put('a', { ...study('A2'), name: 'a' }, 30);
    expect(storage.studies.put('a', { ...study('A'), name: 'a' }, 40)).toBe(a);
    const shown = storage.studies.list().map(({ id, name, spec, createdAt, changedAt, deletedAt }) => ({
      ...{ id, name, title: spec.title, createdAt, changedAt, deletedAt },
    }));
    expect(shown).toEqual([
      { id: a, name: 'a', title: 'A', createdAt: 10, changedAt: 40, deletedAt: null },
      { id: b, name: 'b', title: 'B', createdAt: 20, changedAt: 20, deletedAt: null },
    ]);
    expect(storage.studies.specs(a).map(({ spec, at }) => [spec.title, at])).toEqual([
      ['A', 10],
      ['A2', 30],
      ['A', 40],
    ]);
    expect(storage.studies.specs(b)).toHaveLength(1);
    expect([storage.studies.get(b)?.name, storage.studies.byName('b')?.id]).toEqual(['b', b]);
    storage.studies.setDeleted(b, 50);
    expect([storage.studies.get(a)?.deletedAt, storage.studies.get(b)?.deletedAt]).toEqual([null, 50]);
    storage.studies.setDeleted(b, null);
    expect(storage.studies.get(b)?.deletedAt).toBeNull();
  });

  test('sets change in one study alone, and the same set again changes nothing', () => {
    for (const n of [10, 20]) storage.stimulusSets.put(stimulusSet(n), 1);
    storage.studies.useStimuli(a, hash(10), 2);
    storage.studies.useStimuli(b, hash(20), 3);
    storage.studies.useStimuli(a, hash(10), 4);
    expect([a, b].map((id) => storage.studies.stimuli(id))).toEqual([hash(10), hash(20)]);
    expect([a, b].map((id) => storage.studies.counts(id).setLinkedAt)).toEqual([2, 3]);
    storage.studies.useStimuli(a, hash(20), 5);
    storage.studies.dropStimuli(b, 6);
    expect([a, b].map((id) => storage.studies.stimuli(id))).toEqual([hash(20), undefined]);
    expect([a, b].map((id) => storage.studies.counts(id).setLinkedAt)).toEqual([5, null]);
    expect([a, b].map((id) => storage.studies.counts(id).stimuli)).toEqual([3, null]);
  });

  test('labelers change in one study alone; those that stay keep their link', () => {
    const [x, y, z] = ['X', 'Y', 'Z'].map((pseudonym, n) =>
      storage.labelers.ensure({ pseudonym, simulated: n === 2, source: 'csv:1' }, 1),
    ) as [number, number, number];
    storage.studies.useLabelers(a, [x, y], 2);
    storage.studies.useLabelers(b, [y, z], 3);
    storage.studies.useLabelers(a, [x], 4);
    expect(storage.labelers.ofStudy(a).map(({ pseudonym }) => pseudonym)).toEqual(['X']);
    expect(storage.labelers.ofStudy(b).map(({ pseudonym }) => pseudonym)).toEqual(['Y', 'Z']);
    expect([x, y, z].map((id) => storage.labelers.currentStudies(id))).toEqual([[a], [b], [b]]);
    expect([x, y, z].map((id) => storage.labelers.allStudies(id))).toEqual([[a], [a, b], [b]]);
    expect([a, b].map((id) => storage.studies.counts(id)).map((of) => [of.labelers, of.simulated])).toEqual([
      [1, false],
      [2, true],
    ]);
    storage.studies.useLabelers(a, [x, y], 5);
    expect(storage.labelers.ofStudy(a).map(({ pseudonym }) => pseudonym)).toEqual(['X', 'Y']);
    expect([x, y, z].map((id) => storage.labelers.allStudies(id))).toEqual([[a], [a, b], [b]]);
  });

  test('a labeler is known by source and pseudonym together', () => {
    const ensure = (pseudonym: string, source: string): number =>
      storage.labelers.ensure({ pseudonym, simulated: false, source }, 1);
    const ids = [ensure('X', 'csv:1'), ensure('X', 'csv:2'), ensure('Y', 'csv:1')];
    expect(new Set(ids).size).toBe(3);
    expect([ensure('X', 'csv:1'), ensure('X', 'csv:2'), ensure('Y', 'csv:1')]).toEqual(ids);
    expect(storage.labelers.get(ids[1] ?? 0)).toEqual({
      id: ids[1],
      pseudonym: 'X',
      simulated: false,
      source: 'csv:2',
    });
    expect(storage.labelers.get(99)).toBeUndefined();
  });

  test('counts are of a study’s current runs, labels and predictions', () => {
    const [one, two, three] = [queue(1), queue(2), queue(3)] as [number, number, number];
    storage.studyRuns.link(a, 'models/1', one, model(1), 1);
    storage.studyRuns.link(a, 'models/2', two, model(2), 1);
    storage.studyRuns.link(a, 'other', two, null, 1);
    storage.studyRuns.link(b, 'models/3', three, model(3), 1);
    storage.runs.claimNext(['wasm'], environment, 100, b);
    storage.runs.applyEvents(
      three,
      [started, { type: 'snapshot', snapshot: snapshot(97.5) }, classifierResult([97.5])],
      110,
    );
    storage.runs.claimNext(['wasm'], environment, 120, a);
    const runs = { queued: 0, running: 0, interrupted: 0, done: 0, failed: 0, cancelled: 0 };
    expect(storage.studies.counts(a)).toMatchObject({
      ...{
        runs: { ...runs, queued: 1, running: 1 },
        modelsDone: 0,
        lastRun: 120,
        lastLabel: null,
        lastPrediction: null,
      },
    });
    expect(storage.studies.counts(b)).toMatchObject({ runs: { ...runs, done: 1 }, modelsDone: 1, lastRun: 110 });
    expect([...storage.studies.runKeys(b).keys()]).toEqual(['models/3']);
    expect([...storage.studies.runKeys(a)].map(([role, key]) => [role, storage.runs.byKey(key)?.id])).toEqual([
      ['models/1', one],
      ['models/2', two],
      ['other', two],
    ]);
    // A run that was replaced does not count.
    storage.studyRuns.link(b, 'models/3', one, model(1), 130);
    expect(storage.studies.counts(b)).toMatchObject({ runs: { ...runs, running: 1 }, modelsDone: 0, lastRun: 120 });
    expect([...storage.studies.runKeys(b).values()]).toEqual([storage.runs.get(one)?.key]);

    for (const n of [10, 20]) storage.stimulusSets.put(stimulusSet(n), 1);
    storage.studies.useStimuli(a, hash(10), 2);
    storage.studies.useStimuli(b, hash(20), 2);
    const label = (source: string, n: number, pseudonym: string, at: number) =>
      storage.responses.importTable(
        { setHash: hash(n), source, simulated: false, rows: [{ imageId: 0, pseudonym, label: at % 3 }] },
        at,
      )[0] ?? 0;
    const [x, y] = [label('csv:1', 10, 'X', 200), label('csv:1', 20, 'Y', 300)];
    label('csv:1', 20, 'X', 400);
    label('csv:1', 10, 'X', 201);
    storage.studies.useLabelers(a, [x], 5);
    storage.studies.useLabelers(b, [y], 5);
    const predict = (weights: number, n: number, runId: number, at: number) =>
      storage.predictions.put(
        { model: hash(weights), setHash: hash(n), softmax: hash(50), labels: hash(51), count: 3, classes: 3, runId },
        at,
      );
    predict(1, 10, one, 500);
    predict(2, 20, three, 600);
    predict(3, 20, one, 700);
    expect([a, b].map((id) => storage.studies.counts(id)).map((of) => [of.lastLabel, of.lastPrediction])).toEqual([
      [201, 500],
      [300, 700],
    ]);
  });
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
      ...{ role: 'models/1', runId: one, kind: 'classifier', state: 'queued', linkedAt: 8, replacedAt: null },
      ...{ held: false, attempts: 0, progress: null, failure: null },
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
    expect(storage.runTable.waitingRecipes(b)).toMatchObject([{ count: 2 }]);
    storage.runs.setHeld(two, true);
    expect(storage.runTable.waitingRecipes(b)).toMatchObject([{ count: 1 }]);
    expect(storage.runTable.waitingRecipes(a)).toMatchObject([{ count: 1 }]);
    for (const [id, claimed, done] of [
      [one, 100, 150],
      [three, 200, 270],
    ] as const) {
      storage.runs.claimNext(['wasm'], environment, claimed);
      storage.runs.applyEvents(id, [started, classifierResult([97.5])], done);
    }
    expect(storage.runTable.recentDurations(5).map(({ activeTime }) => activeTime)).toEqual([70, 50]);
    expect(storage.runTable.recentDurations(1).map(({ activeTime }) => activeTime)).toEqual([70]);
    expect(storage.runTable.waitingRecipes(a)).toEqual([]);
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

describe('labels', () => {
  test('are of one set and labeler; the latest of each image counts', () => {
    for (const n of [10, 20]) storage.stimulusSets.put(stimulusSet(n), 1);
    const add = (n: number, labelerId: number, imageId: number, label: number | null, at: number) =>
      storage.responses.add({ setHash: hash(n), imageId, labelerId, label, source: 'csv:1' }, at);
    const [x, y] = ['X', 'Y'].map((pseudonym) =>
      storage.labelers.ensure({ pseudonym, simulated: false, source: 'csv:1' }, 1),
    ) as [number, number];
    expect(storage.responses.latestEntryId(hash(10), x)).toBe(0);
    expect(storage.responses.hasAny(hash(10), x)).toBe(false);
    add(10, x, 0, 1, 1);
    add(10, x, 0, 2, 2);
    const latest = add(10, x, 2, null, 3);
    add(20, x, 0, 0, 4);
    add(10, y, 1, 0, 5);
    expect(storage.responses.latestEntryId(hash(10), x)).toBe(latest);
    expect([
      storage.responses.hasAny(hash(10), x),
      storage.responses.hasAny(hash(20), x),
      storage.responses.hasAny(hash(20), y),
    ]).toEqual([true, true, false]);
    expect(storage.responses.current(hash(10), x)).toEqual([
      { imageId: 0, label: 2 },
      { imageId: 2, label: null },
    ]);
    expect(storage.responses.imageLog(hash(10), x, 0).map(({ label, at }) => [label, at])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(storage.responses.log(hash(10), x).map(({ imageId, at }) => [imageId, at])).toEqual([
      [0, 1],
      [0, 2],
      [2, 3],
    ]);
    // The same label again is not stored; another one, of another image, set or labeler, is.
    const again = (n: number, labelerId: number, imageId: number, label: number | null) => {
      storage.responses.addIfNew({ setHash: hash(n), imageId, labelerId, label, source: 'csv:1' }, 9);
      return storage.responses.log(hash(n), labelerId).length;
    };
    expect([again(10, x, 0, 2), again(10, x, 2, null), again(10, x, 0, 1), again(10, x, 1, 1)]).toEqual([3, 3, 4, 5]);
    expect([again(20, x, 0, 0), again(20, y, 0, 0), again(10, y, 1, 0)]).toEqual([1, 1, 1]);
    storage.studies.useLabelers(a, [x], 6);
    storage.studies.useLabelers(b, [y, x], 6);
    expect(storage.responses.table(a, hash(10))).toMatchObject({ imageIds: [0, 1, 2], labels: [[1, 1, null]] });
    expect(storage.responses.table(b, hash(20)).labels).toEqual([
      [0, null, null],
      [0, null, null],
    ]);
  });
});
