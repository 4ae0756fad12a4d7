/** Two of everything: what is asked of one study, set or labeler is never answered with rows of the other. */
import { beforeEach, describe, expect, test } from 'vitest';
import { model, type Neighbors, withNeighbors } from './neighbors-helper.ts';
import { environment, hash, stimulusSet, study } from './records.ts';
import { classifierResult, snapshot, started } from './run-helper.ts';

let storage: Neighbors['storage'];
let [a, b] = [0, 0];
let queue: Neighbors['queue'];
beforeEach(() => {
  ({ storage, a, b, queue } = withNeighbors());
});

describe('studies', () => {
  test('each has its own specs, name and times; the newest spec counts', () => {
    storage.studies.put('a', { ...study('A2'), name: 'a' }, 30);
    expect(storage.studies.put('a', { ...study('A'), name: 'a' }, 40)).toBe(a);
    const shown = storage.studies.list().map(({ id, name, spec, createdAt, changedAt, deletedAt }) => ({
      id,
      name,
      title: spec.title,
      createdAt,
      changedAt,
      deletedAt,
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
      runs: { ...runs, queued: 1, running: 1 },
      modelsDone: 0,
      lastRun: 120,
      lastLabel: null,
      lastPrediction: null,
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
