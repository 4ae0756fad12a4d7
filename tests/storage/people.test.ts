/** Labels, sessions, counts and removals where one condition decides, each with a neighbor that it must not touch. */
import { expect, test } from 'vitest';
import type { ResponseTable } from '../../main/storage/responses.ts';
import type { Storage } from '../../main/storage/open.ts';
import { classifierTask, newRun } from '../executors/counting-tasks.ts';
import { newStudy, person, undo } from '../contributions/archives/full-study.ts';
import { environment, hash, stimulusSet } from './records.ts';
import { sql, temporaryStorage } from './storage-helper.ts';
import { archivesOf } from '../../main/contributions/archives/storage/archives.ts';

const withSets = (...counts: readonly [number, number][]): Storage => {
  const storage = temporaryStorage();
  for (const [n, count] of counts) storage.stimulusSets.put(stimulusSet(n, count), 1);
  return storage;
};
const count = (storage: Storage, from: string): number =>
  (sql(storage.folder, `SELECT count(*) AS n FROM ${from}`)[0] as { n: number }).n;

test('a study’s counts are of its own set, its latest label and its latest prediction', () => {
  const storage = withSets([10, 3], [20, 5]);
  const [own, other] = [newStudy(storage, 'own', 10), newStudy(storage, 'other', 20)];
  expect([own, other].map((id) => storage.studies.counts(id).stimuli)).toEqual([3, 5]);
  expect(storage.studies.counts(own)).toMatchObject({
    lastRun: null,
    lastLabel: null,
    lastPrediction: null,
    labelers: 0,
  });
  const ids = ['X', 'Y', 'Z'].map((pseudonym) => storage.labelers.ensure(person(pseudonym), 1));
  const label = (who: number, set: number, at: number): void => {
    storage.responses.add({ setHash: hash(set), imageId: 0, labelerId: ids[who] ?? 0, label: 0, source: 'csv:1' }, at);
  };
  label(1, 10, 300);
  label(0, 10, 200);
  label(2, 10, 900);
  label(0, 20, 800);
  storage.studies.useLabelers(own, ids, 1);
  storage.studies.useLabelers(own, ids.slice(0, 2), 2);
  const runs = [1, 2].map((seed) => {
    const { id } = storage.runs.ensure(newRun(classifierTask(seed)), 10 * seed);
    storage.studyRuns.link(own, `role/${seed}`, id, null, seed);
    return id;
  });
  const predict = (run: number, set: number, at: number): void =>
    storage.predictions.put(
      {
        model: `m${at}`,
        setHash: hash(set),
        softmax: hash(50),
        labels: hash(51),
        count: 3,
        classes: 3,
        runId: runs[run] ?? 0,
      },
      at,
    );
  predict(1, 10, 600);
  predict(0, 10, 500);
  predict(0, 20, 700);
  expect(storage.studies.counts(own)).toMatchObject({ lastLabel: 300, lastPrediction: 600, labelers: 2, lastRun: 20 });
  expect(storage.studies.counts(other)).toMatchObject({ lastLabel: null, lastPrediction: null, labelers: 0 });
  expect(storage.runs.claimNext(['wasm'], environment, 30)?.id).toBe(runs[0]);
  expect(storage.studies.counts(own).lastRun).toBe(30);
  storage.runs.cancel(runs[1] ?? 0, 40);
  expect(storage.studies.counts(own).lastRun).toBe(40);
});

/** Takes the steps of an import of a table in transactions of their own; gives their number and what completes it. */
function steps(storage: Storage, table: ResponseTable, now = 5): { yields: number; complete: () => number[] } {
  const all = storage.responses.importTableSteps(table, now);
  for (let yields = 0; ; yields++) {
    const { done, value } = storage.transaction(() => all.next());
    if (done && value) return { yields, complete: () => storage.transaction(value) };
  }
}

test('a table in steps is stored as at once; what is on show changes in its last step', () => {
  const rows = [
    { imageId: 0, pseudonym: 'gone', label: 0 },
    { imageId: 0, pseudonym: 'known', label: 1 },
    { imageId: 1, pseudonym: 'known', label: 0 },
    { imageId: 1, pseudonym: 'known', label: 2 },
    { imageId: 2, pseudonym: 'known', label: null },
    { imageId: 0, pseudonym: 'namesake', label: 1 },
    { imageId: 0, pseudonym: 'new', label: 1 },
    { imageId: 0, pseudonym: 'new', label: 1 },
    { imageId: 0, pseudonym: 'new', label: 2 },
  ];
  const filled = () => {
    const storage = withSets([10, 3]);
    const live = newStudy(storage, 'live', 10);
    const table = { setHash: hash(10), source: 'csv:1', simulated: false, studyId: live, rows };
    const before = [
      { imageId: 0, pseudonym: 'known', label: 1 },
      { imageId: 1, pseudonym: 'known', label: 2 },
    ];
    storage.studies.useLabelers(live, storage.responses.importTable({ ...table, rows: before }, 1), 1);
    storage.labelers.ensure(person('namesake', 'csv:2'), 1);
    const gone = storage.labelers.ensure(person('gone'), 1);
    storage.labeling.withdrawals.withdrawLabeler(live, { id: gone, ...person('gone') }, 2);
    const all = storage.removals.steps();
    while (storage.transaction(() => all.next()).done !== true);
    return { storage, live, table };
  };
  const labels = ({ storage }: { storage: Storage }) =>
    sql(
      storage.folder,
      `SELECT pseudonym, labeler.source, image_id AS image, label, at FROM response JOIN labeler ON labeler.id = labeler_id
       ORDER BY pseudonym, response.id`,
    );
  const atOnce = filled();
  const expected = atOnce.storage.responses.importTable(atOnce.table, 5);
  const inSteps = filled();
  const { yields, complete } = steps(inSteps.storage, inSteps.table);
  // The study that hides it, the rows, one known labeler, and four rows of two new ones.
  expect(yields).toBe(1 + 1 + 1 + 4);
  const shown = () => inSteps.storage.responses.table(inSteps.live, hash(10)).labels;
  expect(shown()).toEqual([[1, 2, null]]);
  expect(count(inSteps.storage, 'response')).toBe(2 + 1 + 2);
  expect(count(inSteps.storage, 'study')).toBe(2);
  expect(complete()).toEqual(expected);
  expect(labels(inSteps)).toEqual(labels(atOnce));
  expect(inSteps.storage.studies.list().map(({ name }) => name)).toEqual(['live']);
  expect(count(inSteps.storage, 'study')).toBe(1);
  expect(count(inSteps.storage, 'study_labeler')).toBe(1);

  const unfinished = filled();
  const before = labels(unfinished);
  steps(unfinished.storage, unfinished.table);
  expect(labels(unfinished)).not.toEqual(before);
  undo(unfinished.storage);
  expect(labels(unfinished)).toEqual(before);
  expect(count(unfinished.storage, 'labeler')).toBe(2);
});

test('a long table is read a thousand rows at a time, and names of simulated labelers are nobody’s', () => {
  const storage = withSets([10, 3]);
  const live = newStudy(storage, 'live', 10);
  const table = (rows: number) => ({
    setHash: hash(10),
    source: 'csv:1',
    simulated: false,
    rows: Array.from({ length: rows }, () => ({ imageId: 0, pseudonym: 'P', label: 0 })),
  });
  storage.responses.importTable(table(1), 1);
  expect([0, 1, 1000, 1001, 2001].map((rows) => steps(storage, table(rows)).yields)).toEqual([1, 3, 3, 4, 5]);
  const id = storage.labelers.ensure(person('P'), 1);
  storage.labeling.withdrawals.withdrawLabeler(live, { id, ...person('P') }, 2);
  const imported = (simulated: boolean): number => {
    const given = { ...table(1), source: `of ${simulated}`, simulated, studyId: live };
    return storage.responses.importTable(given, 3).length;
  };
  expect([imported(true), imported(false)]).toEqual([1, 0]);
});

test('traces of a withdrawal are copied alone, once, and recognize by a salt of 16 bytes', () => {
  const storage = temporaryStorage();
  const [a, b, c] = ['a', 'b', 'c'].map((name) => newStudy(storage, name)) as [number, number, number];
  const { withdrawals } = storage.labeling;
  const leave = (studyId: number, pseudonym: string, at: number): number => {
    const id = storage.labelers.ensure(person(pseudonym), 1);
    withdrawals.withdrawLabeler(studyId, { id, ...person(pseudonym) }, at);
    return withdrawals.lookup().find(person(pseudonym)) ?? 0;
  };
  const [first, second] = [leave(a, 'P', 10), leave(a, 'Q', 20)];
  expect(new Set([first, second, 0]).size).toBe(3);
  expect(
    archivesOf(storage)
      .labeling(a)
      .withdrawals.map(({ name }) => name?.salt.length),
  ).toEqual([32, 32]);
  leave(c, 'R', 30);
  withdrawals.copyToStudy(b, person('Q'), second);
  expect(withdrawals.datesOfStudy(b)).toEqual([20]);
  withdrawals.copyToStudy(b, person('Q'), second);
  withdrawals.copyToStudy(b, person('P'), first);
  expect([a, b, c].map((id) => withdrawals.datesOfStudy(id))).toEqual([[10, 20], [10, 20], [30]]);
  // Those who are being deleted keep nobody else from being known.
  expect(() => storage.labelers.ensure(person('P'), 1)).toThrow('being deleted');
  const other = storage.labelers.ensure(person('other'), 1);
  expect(storage.labelers.ensure(person('other'), 2)).toBe(other);
});

test('rows are deleted a hundred at a step, and what is marked is marked at once', () => {
  const storage = withSets([10, 250]);
  const [own, other, third] = ['own', 'other', 'third'].map((name) => newStudy(storage, name, 10)) as [
    ...[number, number, number],
  ];
  const taken = (): number => {
    const all = storage.removals.steps();
    for (let n = 0; ; n++) if (storage.transaction(() => all.next()).done) return n;
  };
  const withLabels = (pseudonym: string, labels: number): number => {
    const labelerId = storage.labelers.ensure(person(pseudonym), 1);
    for (let imageId = 0; imageId < labels; imageId++)
      storage.responses.add({ setHash: hash(10), imageId, labelerId, label: 0, source: 'csv:1' }, 1);
    return labelerId;
  };
  storage.transaction(() => withLabels('stays', 120));
  const stepsOf = [0, 1, 100, 101, 201].map((labels) => {
    const id = storage.transaction(() => withLabels(`with ${labels}`, labels));
    storage.studies.useLabelers(own, [id], 1);
    storage.labeling.withdrawals.withdrawLabeler(own, { id, ...person(`with ${labels}`) }, 1);
    return taken();
  });
  expect(stepsOf).toEqual([1, 2, 2, 3, 4]);
  expect([count(storage, 'response'), count(storage, 'labeler')]).toEqual([120, 1]);

  const shared = withLabels('shared', 1);
  for (const id of [own, other]) storage.studies.useLabelers(id, [shared], 1);
  storage.removals.markStudy(own);
  expect(count(storage, 'withdrawing')).toBe(0);
  storage.removals.markStudy(other);
  expect(count(storage, `withdrawing WHERE labeler_id = ${shared}`)).toBe(1);
  expect(taken()).toBe(4);
  expect(storage.studies.list().map(({ id }) => id)).toEqual([third]);
  expect([count(storage, 'response'), count(storage, 'study')]).toEqual([120, 1]);
});
