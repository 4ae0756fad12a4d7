/** What an undone import takes back, and what it leaves because something has come to use it. */
import { describe, expect, test } from 'vitest';
import type { ArchivePiece } from '../../../main/contributions/archives/storage/pieces.ts';
import type { Storage } from '../../../main/storage/open.ts';
import { classifierTask, newRun } from '../../executors/counting-tasks.ts';
import { plan } from '../../services/labeling/labeling-helper.ts';
import { archived, begin, fillStudy, newStudy, person, type PieceOf, said, undo } from './full-study.ts';
import { hash, stimulusSet } from '../../storage/records.ts';
import { sql, temporaryStorage } from '../../storage/storage-helper.ts';
import { archivesOf } from '../../../main/contributions/archives/storage/archives.ts';
import { deskTables } from '../../../main/contributions/desk/storage/tables.ts';

describe('an import that is undone', () => {
  const counts = (storage: Storage) =>
    ['study', 'labeler', 'response', 'stimulus_set', 'prediction', 'run'].map(
      (table) => (sql(storage.folder, `SELECT count(*) AS n FROM ${table}`)[0] as { n: number }).n,
    );
  const bringSet = (take: (piece: ArchivePiece) => void, n: number): void => {
    const { images, ...set } = stimulusSet(n);
    take({ kind: 'set', set: { ...set, provenance: null, frozenAt: 1 } });
    take({ kind: 'images', images: images.map((image) => ({ ...image, z: image.z && [...image.z] })) });
    take({ kind: 'set-end' });
  };
  const predicted = (set: number, run: string | null = null): PieceOf<'predictions'> => ({
    kind: 'predictions',
    predictions: [
      {
        model: `m${set}`,
        setHash: hash(set),
        softmax: hash(8),
        labels: hash(9),
        count: 3,
        classes: 3,
        run,
        at: 1,
      },
    ],
  });

  test('takes its sets along, except those that something has come to use', () => {
    const storage = temporaryStorage();
    storage.stimulusSets.put(stimulusSet(10), 1);
    const before = counts(storage);
    const { take } = begin(storage);
    for (const n of [10, 20, 30, 40, 50, 60]) bringSet(take, n);
    take(predicted(20));
    // Of a set that was here before, others would see it.
    take(predicted(10));
    expect([10, 20].map((n) => storage.predictions.forSet(hash(n)).length)).toEqual([0, 1]);
    expect(storage.stimulusSets.get(hash(20))).toEqual({ ...stimulusSet(20), provenance: null });
    const live = newStudy(storage, 'live', 30);
    const planId = deskTables(storage).plans.save(live, plan(), 1).id;
    const labelerId = storage.labelers.ensure(person('S', `labeling:${hash(1)}`), 1);
    const trials = [{ image: 0, kind: 'real', block: 1 }] as const;
    const session = { studyId: live, planId, labelerId, token: 'x'.repeat(22), medium: 'screen', place: 0 } as const;
    deskTables(storage).sessions.add({ ...session, setHash: hash(40), trials }, 1);
    const rater = storage.labelers.ensure(person('R'), 1);
    storage.responses.add({ setHash: hash(50), imageId: 0, labelerId: rater, label: 0, source: 'csv:1' }, 1);
    const run = storage.runs.ensure(newRun(classifierTask(1)), 1).id;
    const { model, softmax, labels, count, classes } = predicted(60).predictions[0] ?? expect.fail();
    storage.predictions.put({ model, softmax, labels, count, classes, setHash: hash(60), runId: run }, 1);
    undo(storage);
    expect(storage.stimulusSets.list().map((set) => set.hash)).toEqual([10, 30, 40, 50, 60].map(hash));
    expect(storage.predictions.forSet(hash(20))).toEqual([]);
    expect(storage.predictions.forSet(hash(60))).toHaveLength(1);
    expect(before).toEqual([0, 0, 0, 1, 0, 0]);
    // What is left is nobody's journal any more.
    storage.predictions.put({ model: 'x', softmax, labels, count, classes, setHash: hash(10), runId: null }, 1);
    undo(storage);
    expect(storage.stimulusSets.list()).toHaveLength(5);
  });

  test('takes back labels of people who were here, and leaves those that they had', () => {
    const storage = temporaryStorage();
    for (const n of [10, 20]) storage.stimulusSets.put(stimulusSet(n), 1);
    const live = newStudy(storage, 'live', 10);
    const table = (source: string) => ({ setHash: hash(10), source, simulated: false });
    const ids = ['P', 'Q'].flatMap((pseudonym) =>
      storage.responses.importTable({ ...table('csv:1'), rows: [{ imageId: 0, pseudonym, label: 0 }] }, 1),
    );
    storage.studies.useLabelers(live, ids, 1);
    storage.responses.add({ setHash: hash(20), imageId: 1, labelerId: ids[1] ?? 0, label: 1, source: 'csv:1' }, 1);
    const before = counts(storage);
    const { take } = begin(storage);
    take({ kind: 'sets', sets: [{ hash: hash(20), linkedAt: 1, replacedAt: null }] });
    take({ kind: 'labeler', labeler: { ...person('P'), links: [{ linkedAt: 1, replacedAt: null }] }, firstAt: 1 });
    take(said(20, [0, 1, 2]));
    take(said(10, [0]));
    take({ kind: 'labeler-end' });
    take({ kind: 'labeler', labeler: { ...person('N'), links: [{ linkedAt: 1, replacedAt: null }] }, firstAt: 1 });
    take(said(20, [0]));
    take({ kind: 'labeler-end' });
    expect(counts(storage).slice(1, 3)).toEqual([3, (before[2] ?? 0) + 4]);
    expect(storage.responses.log(hash(20), ids[0] ?? 0)).toHaveLength(3);
    undo(storage);
    expect(counts(storage)).toEqual(before);
    expect(ids.map((id) => [10, 20].map((n) => storage.responses.log(hash(n), id).length))).toEqual([
      [1, 0],
      [1, 1],
    ]);
    expect(storage.labelers.ofStudy(live).map(({ pseudonym }) => pseudonym)).toEqual(['P', 'Q']);
    expect(storage.labelers.ensure(person('P'), 5)).toBe(ids[0]);
  });

  test('has nothing to take back of people who withdrew meanwhile', () => {
    const storage = temporaryStorage();
    for (const n of [10, 20]) storage.stimulusSets.put(stimulusSet(n), 1);
    const live = newStudy(storage, 'live', 10);
    const ids = ['P', 'Q'].map((pseudonym) => storage.labelers.ensure(person(pseudonym), 1));
    storage.studies.useLabelers(live, ids, 1);
    const { take } = begin(storage);
    take({ kind: 'labeler', labeler: { ...person('P'), links: [{ linkedAt: 1, replacedAt: null }] }, firstAt: 1 });
    take(said(20, [0, 1]));
    take({ kind: 'labeler-end' });
    storage.labeling.withdrawals.withdrawLabeler(live, { id: ids[0] ?? 0, ...person('P') }, 2);
    undo(storage);
    expect(storage.labelers.ofStudy(live).map(({ pseudonym }) => pseudonym)).toEqual(['Q']);
    expect(counts(storage).slice(1, 3)).toEqual([1, 0]);
  });

  test('leaves people of sessions elsewhere, and runs that a study has or that were here', () => {
    const storage = temporaryStorage();
    const own = fillStudy(storage, 'own', 300);
    const before = JSON.stringify(archived(storage, own).all);
    const sizes = counts(storage);
    const [session] = archivesOf(storage).sessions(own);
    const source = session?.row.source ?? '';
    const pseudonym = session?.row.pseudonym ?? '';
    const { take } = begin(storage);
    take({
      kind: 'labeler',
      labeler: { ...person(pseudonym, source), links: [{ linkedAt: 1, replacedAt: null }] },
      firstAt: 1,
    });
    take({ kind: 'labeler-end' });
    const {
      attempts,
      metrics: _m,
      checkpoints: _c,
      snapshots: _s,
      grids: _g,
      log: _l,
      ...run
    } = archivesOf(storage).run(archivesOf(storage).runKeys(own)[0] ?? '');
    take({ kind: 'run', run, attempts: attempts.length });
    const { key: free } = storage.runs.ensure(newRun(classifierTask(9998)), 1);
    take({ kind: 'run', run: { ...run, key: free, task: classifierTask(9998), seed: 9998 }, attempts: 0 });
    sizes[5] = (sizes[5] ?? 0) + 1;
    // As an earlier version noted them: one that is used, one that is not, one that is missing.
    const unused = storage.runs.ensure(newRun(classifierTask(9999)), 1);
    const used = storage.runs.byKey(run.key)?.id ?? 0;
    storage.settings.set('archive.unfinished', [9_999_999, used, unused.id], 1);
    undo(storage);
    expect(JSON.stringify(archived(storage, own).all)).toBe(before);
    expect(counts(storage)).toEqual(sizes);
    expect(sql(storage.folder, "SELECT value FROM setting WHERE name = 'archive.unfinished'")).toEqual([
      { value: '[]' },
    ]);
  });

  test('leaves no trace of an import that ended', () => {
    const storage = temporaryStorage();
    const { take, finish } = begin(storage);
    bringSet(take, 10);
    take({ kind: 'sets', sets: [{ hash: hash(10), linkedAt: 1, replacedAt: 2 }] });
    const noted = () => sql(storage.folder, "SELECT value FROM setting WHERE name = 'archive.unfinished-rows'");
    expect(noted()).toEqual([{ value: JSON.stringify({ labels: [], sets: [hash(10)] }) }]);
    finish();
    expect(noted()).toEqual([{ value: '{"labels":[],"sets":[]}' }]);
    undo(storage);
    expect([storage.studies.list().length, storage.stimulusSets.list().length]).toEqual([1, 1]);
    // Nothing is noted where nothing was added.
    const other = temporaryStorage();
    begin(other).finish();
    expect(sql(other.folder, "SELECT * FROM setting WHERE name LIKE 'archive.%'")).toEqual([]);
  });
});
