import { describe, expect, test } from 'vitest';
import type { ModelRole } from '../../main/contract/runs/run.ts';
import type { Storage } from '../../main/storage/open.ts';
import { classifierTask, newRun } from '../executors/counting-tasks.ts';
import { environment, hash, stimulusSet, study } from './records.ts';
import { sql, temporaryStorage } from './storage-helper.ts';

const model: ModelRole = { modelName: 'MLP', group: 'diverse', repeat: 0, seed: 1 };

function prediction(modelHash: string, setHash: string, softmax = hash(50)) {
  return { model: modelHash, setHash, softmax, labels: hash(51), count: 3, classes: 3, runId: null };
}

/** A study with one done model, accuracy 97.5 %, on a frozen set. */
function filled(storage: Storage): number {
  const studyId = storage.studies.put('small', study(), 1);
  const { id } = storage.runs.ensure(newRun(classifierTask(1)), 1);
  storage.studyRuns.link(studyId, 'models/MLP/seed-1', id, model, 1);
  storage.runs.claimNext(['wasm'], environment, 2);
  const snapshot = { target: 97.5, step: 7, errors: 250, testCount: 10_000, accuracy: 97.5, weights: hash(1) };
  storage.runs.applyEvent(id, { type: 'snapshot', snapshot }, 3);
  storage.stimulusSets.put(stimulusSet(10), 4);
  storage.studies.useStimuli(studyId, hash(10), 5);
  return studyId;
}

describe('data sets and studies', () => {
  test('a data set stays as it was first put', () => {
    const { dataSets } = temporaryStorage();
    const record = {
      hash: hash(1),
      name: 'MNIST',
      classes: ['0', '1'],
      height: 28,
      width: 28,
      trainCount: 60_000,
      testCount: 10_000,
      channels: 1 as const,
      mean: [0.1307],
      std: [0.3081],
      source: { source: 'mnist' as const },
    };
    dataSets.put(record, 1);
    dataSets.put({ ...record, name: 'other' }, 2);
    expect(dataSets.get(hash(1))).toEqual(record);
    expect(dataSets.list()).toEqual([record]);
    expect(dataSets.get(hash(2))).toBeUndefined();
  });

  test('a study keeps each spec it ever had', () => {
    const { studies } = temporaryStorage();
    const id = studies.put('small', study(), 1);
    expect(studies.put('small', study(), 2)).toBe(id);
    expect(studies.put('small', study('Another title'), 3)).toBe(id);
    expect(studies.byName('small')).toMatchObject({ id, spec: { title: 'Another title' }, createdAt: 1, changedAt: 3 });
    expect(studies.specs(id).map(({ spec, at }) => [spec.title, at])).toEqual([
      ['A study', 1],
      ['Another title', 3],
    ]);
    expect(studies.list()).toHaveLength(1);
    expect(studies.get(99)).toBeUndefined();
  });

  test('linking another run to a role keeps the one before in the history', () => {
    const { studies, studyRuns, runs } = temporaryStorage();
    const studyId = studies.put('small', study(), 1);
    const [first, second] = [1, 2].map((seed) => runs.ensure(newRun(classifierTask(seed)), 1).id);
    for (const at of [2, 3]) studyRuns.link(studyId, 'reference', first ?? 0, null, at);
    studyRuns.link(studyId, 'reference', second ?? 0, null, 4);
    expect(studyRuns.list(studyId)).toMatchObject([
      { role: 'reference', runId: second, kind: 'classifier', model: null },
    ]);
    expect(
      studyRuns.history(studyId, 'reference').map(({ runId, linkedAt, replacedAt }) => [runId, linkedAt, replacedAt]),
    ).toEqual([
      [first, 2, 4],
      [second, 4, null],
    ]);
    expect(studyRuns.keepOnly(studyId, ['generator'], 5)).toEqual([second]);
    expect(studyRuns.get(studyId, 'reference')).toBeUndefined();
  });
});

describe('stimuli, predictions and models', () => {
  test('a frozen set comes back as it was put, and putting it again changes nothing', () => {
    const { stimulusSets } = temporaryStorage();
    stimulusSets.put(stimulusSet(10), 1);
    stimulusSets.put(stimulusSet(10), 2);
    expect(stimulusSets.get(hash(10))).toEqual(stimulusSet(10));
    expect(stimulusSets.list()).toMatchObject([{ hash: hash(10), imageCount: 3 }]);
  });

  test('another set under the same hash is refused', () => {
    const { stimulusSets } = temporaryStorage();
    stimulusSets.put(stimulusSet(10), 1);
    expect(() => stimulusSets.put(stimulusSet(10, 4), 2)).toThrow('other pairs');
    expect(() => stimulusSets.put(stimulusSet(10, 4), 2)).toThrow(
      expect.objectContaining({ where: `stimulus set ${'0'.repeat(12)}` }),
    );
  });

  test('the pixels of chosen test images are known as such, those of other sets are not', () => {
    const { stimulusSets } = temporaryStorage();
    stimulusSets.put(stimulusSet(10), 1);
    const images = [0, 1].map((id) => ({ id, pairI: null, pairJ: null, alpha: null, z: null, truth: 0 }));
    const made = { source: 'test-images', dataSet: hash(1), candidates: hash(3), reference: null };
    const provenance = { ...made, choose: { kind: 'all' }, truth: [0, 0], run: 1 };
    stimulusSets.put({ ...stimulusSet(20), source: 'test-images', original: null, images, provenance }, 1);
    // Twice: what was found once is kept.
    for (const time of [1, 2]) {
      const are = [11, 21, 99].map((n) => stimulusSets.areTestImages(hash(n)));
      expect([time, ...are]).toEqual([time, false, true, false]);
    }
  });

  test('a prediction is found by model and set together', () => {
    const { stimulusSets, predictions } = temporaryStorage();
    for (const n of [10, 20]) stimulusSets.put(stimulusSet(n), 1);
    const keys = [
      ['a', 10],
      ['a', 20],
      ['b', 20],
    ] as const;
    for (const [name, n] of keys) predictions.put(prediction(name, hash(n), hash(n + name.charCodeAt(0))), 1);
    for (const [name, n] of keys)
      expect(predictions.get(name, hash(n))).toEqual(prediction(name, hash(n), hash(n + name.charCodeAt(0))));
    expect([predictions.get('b', hash(10)), predictions.get('c', hash(10))]).toEqual([undefined, undefined]);
    expect(predictions.forSet(hash(20)).map(({ model: name }) => name)).toEqual(['a', 'b']);
  });

  test.each([
    'UPDATE stimulus SET alpha = 0.7',
    'UPDATE stimulus_set SET width = 1',
    'DELETE FROM stimulus',
    `INSERT INTO stimulus VALUES ('${hash(10)}', 9, 0, 1, 0.5, NULL)`,
    'DELETE FROM stimulus_set',
  ])('a set in use never changes: %s', (statement) => {
    const storage = temporaryStorage();
    filled(storage);
    expect(() => sql(storage.folder, statement)).toThrow();
    expect(storage.stimulusSets.get(hash(10))).toEqual(stimulusSet(10));
  });

  test('a set whose images disagree with it is not frozen', () => {
    const { stimulusSets } = temporaryStorage();
    expect(() =>
      stimulusSets.put(
        { ...stimulusSet(10), classes: ['only', 'two'], images: [{ id: 0, pairI: 0, pairJ: 2, alpha: 0, z: null }] },
        1,
      ),
    ).toThrow();
    expect(stimulusSets.images(hash(10))).toEqual([]);
  });

  test('20,000 stimuli are frozen in one go', () => {
    const { stimulusSets } = temporaryStorage();
    stimulusSets.put(stimulusSet(10, 20_000), 1);
    expect(stimulusSets.images(hash(10))).toHaveLength(20_000);
  });

  test('a model of a study: its snapshot, and what it says about the current set', () => {
    const storage = temporaryStorage();
    const studyId = filled(storage);
    const expected = { ...model, architecture: 'mlp', target: 97.5, errors: 250, testCount: 10_000, weights: hash(1) };
    expect(storage.models.ofStudy(studyId)).toMatchObject([{ ...expected, prediction: null }]);
    storage.predictions.put(prediction(hash(1), hash(10)), 6);
    storage.predictions.put(prediction(hash(1), hash(10), hash(52)), 7);
    expect(storage.models.ofStudy(studyId)).toMatchObject([
      { ...expected, prediction: { softmax: hash(52), labels: hash(51), runId: null } },
    ]);
    expect(storage.predictions.get(hash(1), hash(10))).toEqual(prediction(hash(1), hash(10), hash(52)));
    expect(storage.predictions.forSet(hash(10))).toHaveLength(1);
    storage.stimulusSets.put(stimulusSet(20), 8);
    storage.studies.useStimuli(studyId, hash(20), 9);
    expect(storage.models.ofStudy(studyId)).toMatchObject([{ prediction: null }]);
    expect(() => storage.predictions.put(prediction(hash(1), hash(99)), 10)).toThrow();
  });
});

describe('labelers and responses', () => {
  const table = (simulated: boolean, source: string, label: number | null = 1) => ({
    setHash: hash(10),
    source,
    simulated,
    rows: [
      { imageId: 0, pseudonym: 'P2', label },
      { imageId: 0, pseudonym: 'P1', label: 0 },
      { imageId: 2, pseudonym: 'P1', label: 2 },
    ],
  });

  test('a table is read as it was stored: labelers by name, gaps as null; importing it again changes nothing', () => {
    const storage = temporaryStorage();
    const studyId = filled(storage);
    const ids = storage.responses.importTable(table(false, 'csv:1'), 1);
    expect(storage.responses.importTable(table(false, 'csv:1'), 2)).toEqual(ids);
    storage.studies.useLabelers(studyId, ids, 3);
    const read = storage.responses.table(studyId, hash(10));
    expect(read.labelers.map(({ pseudonym }) => pseudonym)).toEqual(['P1', 'P2']);
    expect(read).toMatchObject({
      containsSimulated: false,
      imageIds: [0, 1, 2],
      labels: [
        [0, null, 2],
        [1, null, null],
      ],
    });
    expect(sql(storage.folder, 'SELECT count(*) AS n FROM response')).toEqual([{ n: 3 }]);
  });

  test('a later label counts, the earlier one stays in the log', () => {
    const storage = temporaryStorage();
    const studyId = filled(storage);
    const ids = storage.responses.importTable(table(false, 'csv:1'), 1);
    storage.studies.useLabelers(studyId, ids, 1);
    storage.responses.importTable(table(false, 'csv:1', null), 2);
    expect(storage.responses.table(studyId, hash(10)).labels[1]).toEqual([null, null, null]);
    expect(storage.responses.log(hash(10), ids[0] ?? 0).map(({ label, at }) => [label, at])).toEqual([
      [1, 1],
      [null, 2],
    ]);
    expect(sql(storage.folder, "SELECT label FROM current_response WHERE pseudonym = 'P2'")).toEqual([{ label: null }]);
  });

  test('a table with one bad row leaves nothing', () => {
    const storage = temporaryStorage();
    filled(storage);
    const bad = table(false, 'csv:1');
    for (const row of [
      { imageId: 99, pseudonym: 'P3', label: 0 },
      { imageId: 1, pseudonym: 'P3', label: 3 },
    ]) {
      expect(() => storage.responses.importTable({ ...bad, rows: [...bad.rows, row] }, 1)).toThrow();
    }
    expect(sql(storage.folder, 'SELECT * FROM response')).toEqual([]);
    expect(sql(storage.folder, 'SELECT * FROM labeler')).toEqual([]);
  });

  test('simulated labelers are marked for good, and any table with one of them says so', () => {
    const storage = temporaryStorage();
    const studyId = filled(storage);
    const simulated = storage.responses.importTable(table(true, 'rehearsal:1'), 1);
    const real = storage.responses.importTable(table(false, 'csv:1'), 1);
    storage.studies.useLabelers(studyId, [...simulated, ...real], 2);
    expect(storage.responses.table(studyId, hash(10)).containsSimulated).toBe(true);
    storage.studies.useLabelers(studyId, real, 3);
    expect(storage.responses.table(studyId, hash(10))).toMatchObject({ containsSimulated: false });
    expect(() => storage.labelers.ensure({ pseudonym: 'P1', simulated: false, source: 'rehearsal:1' }, 4)).toThrow(
      'both',
    );
    for (const statement of [
      'UPDATE labeler SET simulated = 0',
      "INSERT INTO labeler (pseudonym, simulated, source, added_at) VALUES ('x', NULL, 'y', 1)",
      'UPDATE response SET label = 0',
      'DELETE FROM response',
    ]) {
      expect(() => sql(storage.folder, statement), statement).toThrow();
    }
  });
});
