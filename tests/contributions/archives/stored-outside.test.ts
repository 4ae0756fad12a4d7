import { expect, test } from 'vitest';
import { begin, newStudy, undo } from './full-study.ts';
import { hash, stimulusSet } from '../../storage/records.ts';
import { temporaryStorage } from '../../storage/storage-helper.ts';
import { archivesOf } from '../../../main/contributions/archives/storage/archives.ts';
import { outsideModelsOf } from '../../../main/contributions/answers/models/outside-models.ts';

const test9 = { images: 10, errors: 1, accuracy: 90 };

/** A study with models in and out, and one with others, which share a model. */
function filled() {
  const storage = temporaryStorage();
  const { stimulusSets } = storage;
  const outsideModels = outsideModelsOf(storage);
  for (const set of [10, 20, 30]) stimulusSets.put(stimulusSet(set), 1);
  const [own, other] = [newStudy(storage, 'own', 10), newStudy(storage, 'other', 30)];
  storage.studies.useStimuli(own, hash(20), 2);
  const put = (n: number) =>
    outsideModels.put({ identity: hash(n), kind: n === 2 ? 'onnx' : 'table', spec: { n }, found: { of: n } }, n);
  const [a, b, c] = [put(1), put(2), put(3)];
  for (const [model, set] of [
    [a, 10],
    [a, 20],
    [a, 30],
    [b, 20],
    [c, 10],
  ] as const) {
    const [softmax, confidence] =
      model === b ? [hash(1000 + set), null] : [null, model === c ? hash(2000 + set) : null];
    const said = { labels: hash(100 * model + set), softmax, confidence };
    outsideModels.putPrediction(model, { ...said, setHash: hash(set), count: 3, classes: 3 }, 10 * model + set);
  }
  outsideModels.link(own, a, { name: 'z', tested: null }, 50);
  const left = outsideModels.link(own, b, { name: 'y', tested: test9 }, 51);
  outsideModels.unlink(own, [left], 60);
  outsideModels.link(other, a, { name: 'x', tested: null }, 52);
  outsideModels.link(other, c, { name: 'w', tested: null }, 53);
  return { storage, own, other };
}

test('an archive has the study’s models of others, those taken out too, and what they said of its sets', () => {
  const { storage, own, other } = filled();
  const said = (model: number, set: number, more: object, softmax: string | null = null) => ({
    setHash: hash(set),
    labels: hash(100 * model + set),
    softmax,
    confidence: null,
    count: 3,
    classes: 3,
    at: 10 * model + set,
    ...more,
  });
  expect(archivesOf(storage).study(own).outside).toEqual([
    {
      identity: hash(1),
      kind: 'table',
      spec: { n: 1 },
      found: { of: 1 },
      addedAt: 1,
      name: 'z',
      tested: null,
      linkedAt: 50,
      removedAt: null,
      predictions: [said(1, 10, {}), said(1, 20, {})],
    },
    {
      identity: hash(2),
      kind: 'onnx',
      spec: { n: 2 },
      found: { of: 2 },
      addedAt: 2,
      name: 'y',
      tested: test9,
      linkedAt: 51,
      removedAt: 60,
      predictions: [said(2, 20, {}, hash(1020))],
    },
  ]);
  // Model c said nothing of this study’s set.
  expect(archivesOf(storage).study(other).outside).toMatchObject([
    { name: 'x', identity: hash(1), predictions: [said(1, 30, {})] },
    { name: 'w', identity: hash(3), predictions: [] },
  ]);
  expect('outside' in archivesOf(storage).study(newStudy(storage, 'none'))).toBe(false);
});

test('an import brings them back as they were, once it is complete; one that is undone leaves nothing of them', () => {
  const { storage: from, own } = filled();
  const models = archivesOf(from).study(own).outside ?? [];
  for (const completes of [true, false]) {
    const storage = temporaryStorage();
    for (const set of [10, 20]) storage.stimulusSets.put(stimulusSet(set), 1);
    // The model is known here already, with answers of its own.
    const known = { identity: hash(1), kind: 'table' as const, spec: { n: 1 }, found: { of: 'here' } };
    const here = newStudy(storage, 'here', 20);
    const id = outsideModelsOf(storage).put(known, 5);
    outsideModelsOf(storage).link(here, id, { name: 'mine', tested: null }, 5);
    const answers = { labels: hash(7), softmax: null, confidence: null, setHash: hash(20), count: 3, classes: 3 };
    outsideModelsOf(storage).putPrediction(id, answers, 5);
    const { take, finish } = begin(storage);
    const links = [10, 20].map((set, n) => ({ hash: hash(set), linkedAt: n + 1, replacedAt: n === 0 ? 2 : null }));
    take({ kind: 'sets', sets: links });
    take({ kind: 'outside', models });
    expect(storage.studies.list().map(({ name }) => name)).toEqual(['here']);
    if (completes) {
      finish();
      const study = storage.studies.byName('incoming') ?? expect.fail('nothing was imported');
      const [first, second] = archivesOf(storage).study(study.id).outside ?? [];
      // What is stored stays.
      expect(first).toMatchObject({
        ...models[0],
        found: { of: 'here' },
        addedAt: 5,
        predictions: [{ at: 20 }, { labels: hash(7), at: 5 }],
      });
      expect(second).toEqual(models[1]);
      expect(
        outsideModelsOf(storage)
          .ofStudy(study.id)
          .map(({ name }) => name),
      ).toEqual(['z']);
    } else {
      undo(storage);
      expect(archivesOf(storage).study(here).outside).toMatchObject([
        { name: 'mine', predictions: [{ labels: hash(7) }] },
      ]);
      expect(storage.referencedHashes().all.has(hash(1020))).toBe(false);
      expect(outsideModelsOf(storage).put({ ...known, identity: hash(2) }, 9)).toBeGreaterThan(id);
      expect(archivesOf(storage).study(here).outside).toHaveLength(1);
    }
  }
});
