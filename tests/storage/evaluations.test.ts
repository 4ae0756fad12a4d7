import { expect, test } from 'vitest';
import type { SnapshotEvaluation } from '../../main/contract/results/evaluation.ts';
import { classifierTask, newRun } from '../executors/counting-tasks.ts';
import { newStudy } from '../contributions/archives/full-study.ts';
import { environment, hash, stimulusSet } from './records.ts';
import { snapshot, started } from './run-helper.ts';
import { temporaryStorage } from './storage-helper.ts';

const dataSet = 'd'.repeat(64);
const evaluation = (answers?: SnapshotEvaluation['answers'], testCount = 4): SnapshotEvaluation => ({
  classes: ['"answers":{', 'b'],
  testCount,
  errors: 1,
  width: 1,
  height: 1,
  channels: 1,
  confusion: [],
  mistakes: [],
  ...(answers && { answers }),
});
const labelsOf = (...bytes: number[]) => ({
  labels: Buffer.from(bytes).toString('base64'),
  certainty: 0.75,
  ece: 0.125,
});

test('answers to test images are of one snapshot and the data set of its run, a byte or two a label', () => {
  const { runs, evaluations } = temporaryStorage();
  const run = runs.ensure(newRun(classifierTask(1)), 1).id;
  const found = { dataSet, accuracy: 0.75, certainty: 0.75, ece: 0.125 };
  expect(evaluations.answers(run, hash(1))).toBeNull();
  evaluations.put(hash(1), hash(9), evaluation(labelsOf(1, 1, 1, 1)), 1);
  evaluations.put(hash(2), dataSet, evaluation(labelsOf(2, 2, 2, 2)), 1);
  expect(evaluations.answers(run, hash(1))).toBeNull();
  evaluations.put(hash(1), dataSet, evaluation(), 1);
  expect(evaluations.answers(run, hash(1))).toBeNull();
  evaluations.put(hash(1), dataSet, evaluation(labelsOf(3, 0, 255, 1)), 2);
  const read = (weights: number) => {
    const { labels, ...about } = evaluations.answers(run, hash(weights)) ?? expect.fail('there are no answers');
    return { ...about, labels: labels && Array.from(labels) };
  };
  expect(read(1)).toEqual({ ...found, labels: [3, 0, 255, 1] });
  expect(read(2)).toEqual({ ...found, labels: [2, 2, 2, 2] });
  evaluations.put(hash(1), dataSet, evaluation(labelsOf(3, 1, 0, 0, 255, 2, 1, 0)), 3);
  expect(read(1)).toEqual({ ...found, labels: [259, 0, 767, 1] });
  for (const bytes of [
    [1, 2, 3],
    [1, 2, 3, 4, 5, 6],
  ]) {
    evaluations.put(hash(1), dataSet, evaluation(labelsOf(...bytes)), 4);
    expect(read(1)).toEqual({ ...found, labels: null });
  }
  evaluations.put(hash(1), dataSet, evaluation({ ...labelsOf(), labels: null }), 5);
  expect(read(1)).toEqual({ ...found, labels: null });
  expect(evaluations.answers(run + 1, hash(1))).toBeNull();
});

test('a study’s snapshots with predictions, by target, each with its evaluation and the pace of its training', () => {
  const storage = temporaryStorage();
  const { runs, evaluations, predictions, stimulusSets, studyRuns } = storage;
  for (const set of [10, 20]) stimulusSets.put(stimulusSet(set), 1);
  const [own, other] = [newStudy(storage, 'own', 10), newStudy(storage, 'other', 20)];
  const train = (seed: number, names: [study: number, name: string][], looked: number | null): number => {
    const { id } = runs.ensure(newRun(classifierTask(seed)), 1);
    for (const [study, modelName] of names)
      studyRuns.link(study, `models/${modelName}`, id, { modelName, group: 'diverse', repeat: 0, seed }, 1);
    runs.setRank(id, 1);
    expect(runs.claimNext(['wasm'], environment, 2)?.id).toBe(id);
    const snapshots = [98, 97.5].map((target) => snapshot(target, hash(100 * seed + target)));
    runs.applyEvents(id, [started, ...snapshots.map((each) => ({ type: 'snapshot' as const, snapshot: each }))], 3);
    const counts = { steps: 9, looks: 3, fullLooks: 1, trainMs: 1, lookMs: 50, imagesLooked: looked ?? 0 };
    if (looked !== null)
      runs.applyEvent(id, { type: 'done', result: { kind: 'classifier', snapshots, missed: [], ...counts } }, 4);
    return id;
  };
  const b = train(1, [[own, 'B']], 200);
  const a = train(
    2,
    [
      [own, 'A'],
      [other, 'C'],
    ],
    0,
  );
  const open = train(3, [[own, 'D']], null);
  for (const [seed, target, set] of [
    [1, 98, 10],
    [1, 97.5, 10],
    [2, 97.5, 10],
    [2, 98, 20],
    [3, 98, 10],
  ] as const)
    predictions.put(
      {
        model: hash(100 * seed + target),
        setHash: hash(set),
        softmax: hash(50),
        labels: hash(51),
        count: 3,
        classes: 3,
        runId: null,
      },
      5,
    );
  evaluations.put(hash(198), dataSet, evaluation(labelsOf(1, 1, 1, 1)), 7);
  evaluations.put(hash(197.5), dataSet, evaluation(), 8);
  evaluations.put(hash(297.5), hash(9), evaluation(labelsOf(1, 1, 1, 1)), 9);
  const of = (modelName: string, runId: number, target: number, weights: number, more: object) => ({
    modelName,
    runId,
    target,
    weights: hash(weights),
    dataSet,
    testCount: 10_000,
    at: null,
    hasAnswers: false,
    msPerImage: null,
    ...more,
  });
  expect(evaluations.ofStudy(own)).toEqual([
    of('A', a, 97.5, 297.5, {}),
    of('B', b, 97.5, 197.5, { at: 8, msPerImage: 0.25 }),
    of('B', b, 98, 198, { at: 7, hasAnswers: true, msPerImage: 0.25 }),
    of('D', open, 98, 398, {}),
  ]);
  expect(evaluations.ofStudy(other)).toEqual([of('C', a, 98, 298, {})]);
});
