/** What becomes of other studies, and of the import, while an archive comes in. */
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openStorage, type Storage } from '../../../main/storage/open.ts';
import { archived, fillStudy } from './full-study.ts';
import { environment, hash, stimulusSet, study } from '../../storage/records.ts';
import { classifierTask, generatorTask, newRun } from '../../executors/counting-tasks.ts';
import type { ArchivePiece } from '../../../main/contributions/archives/storage/pieces.ts';
import { sql, temporaryStorage } from '../../storage/storage-helper.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { archivesOf } from '../../../main/contributions/archives/storage/archives.ts';

describe('while a study comes in, others of the folder change', () => {
  const begin = (storage: Storage) => {
    const incoming = archivesOf(storage).startImport(777);
    const take = (piece: ArchivePiece) =>
      storage.transaction(() => {
        for (const _ of incoming.steps(piece));
      });
    take({ kind: 'study', name: 'incoming', createdAt: 1, dataSets: [] });
    return { incoming, take };
  };
  const inSteps = (storage: Storage, steps: Generator<void, void>) => {
    while (storage.transaction(() => steps.next()).done !== true);
  };
  const undo = (storage: Storage) => inSteps(storage, storage.removeUnfinished(900));
  const purge = (storage: Storage, id: number) => {
    storage.removals.markStudy(id);
    inSteps(storage, storage.removals.steps());
  };
  const newStudy = (storage: Storage, name: string) => storage.studies.put(name, { ...study(name), name }, 1);

  test('no other study gets a run before the import that brings it has ended', () => {
    const storage = temporaryStorage();
    const from = temporaryStorage();
    const { all } = archived(from, fillStudy(from, 'own', 300));
    const [, done] = all.runs;
    if (!done) throw new Error('no run');
    const { attempts, metrics, checkpoints, snapshots, grids, log, ...run } = done;
    const { take, incoming } = begin(storage);
    take({ kind: 'run', run, attempts: attempts.length });
    const again = { ...newRun(done.task), label: 'MLP, seed 302' };
    expect(again.key).toBe(done.key);
    expect(() => storage.runs.ensure(again, 800)).toThrow(
      expect.objectContaining({ code: 'run.being-imported', where: 'MLP, seed 302' }),
    );
    undo(storage);
    expect(sql(storage.folder, 'SELECT id FROM run')).toEqual([]);
    expect(storage.runs.ensure(again, 801).state).toBe('queued');
    expect(incoming.name).toBe('incoming');
  });

  test('no worker gets a run before the import that brings it has ended', () => {
    const storage = temporaryStorage();
    const from = temporaryStorage();
    const waiting = archived(from, fillStudy(from, 'own', 300)).all.runs.find((run) => run?.attempts.length === 0);
    if (!waiting) throw new Error('no waiting run');
    const { attempts, metrics, checkpoints, snapshots, grids, log, ...run } = waiting;
    const { take, incoming } = begin(storage);
    take({ kind: 'run', run: { ...run, held: false }, attempts: 0 });
    const claimed = () => storage.runs.claimNext(['wasm'], environment, 800)?.label ?? null;
    expect(claimed()).toBeNull();
    // A study of this folder has it too.
    const own = storage.studies.put('here', { ...study('here'), name: 'here' }, 1);
    storage.studyRuns.link(own, 'models/1', 1, null, 801);
    expect(claimed()).toBe(waiting.label);
    expect(incoming.name).toBe('incoming');
  });

  test('an import that is undone leaves labels that a study has come to use', () => {
    const storage = temporaryStorage();
    for (const n of [5, 6]) storage.stimulusSets.put(stimulusSet(n), 1);
    const rehearse = (name: string, set: number) => {
      const id = newStudy(storage, name);
      storage.studies.useStimuli(id, hash(set), 1);
      const rows = [0, 1, 2].map((imageId) => ({ imageId, pseudonym: 'sim-01', label: 0 }));
      const table = { setHash: hash(set), source: 'rehearsal:1', simulated: true, rows };
      storage.studies.useLabelers(id, storage.responses.importTable(table, 1), 1);
      return id;
    };
    rehearse('before', 5);
    const { take } = begin(storage);
    take({ kind: 'sets', sets: [{ hash: hash(6), linkedAt: 1, replacedAt: null }] });
    const labeler = { pseudonym: 'sim-01', source: 'rehearsal:1', simulated: true };
    take({ kind: 'labeler', labeler: { ...labeler, links: [{ linkedAt: 1, replacedAt: null }] }, firstAt: 1 });
    const response = { setHash: hash(6), label: 0, at: 1, source: 'rehearsal:1' };
    take({ kind: 'responses', log: [0, 1, 2].map((imageId) => ({ ...response, imageId })) });
    take({ kind: 'labeler-end' });
    const live = rehearse('live', 6);
    undo(storage);
    expect(storage.responses.table(live, hash(6)).labels).toEqual([[0, 0, 0]]);
  });

  test('settings and predictions of a new set are stored before the last step, and go if the import is undone', () => {
    const storage = temporaryStorage();
    const { take } = begin(storage);
    take({ kind: 'settings', settings: [{ name: 'a', value: 1, setAt: 1 }] });
    const { images, ...set } = stimulusSet(5);
    take({ kind: 'set', set: { ...set, provenance: null, frozenAt: 1 } });
    take({ kind: 'images', images: images.map((image) => ({ ...image, z: null })) });
    take({ kind: 'set-end' });
    const prediction = { model: 'm', softmax: hash(8), labels: hash(9), count: images.length, classes: 2, run: null };
    take({ kind: 'predictions', predictions: [{ ...prediction, setHash: set.hash, at: 1 }] });
    const count = (table: string) => sql(storage.folder, `SELECT count(*) AS n FROM ${table}`);
    const tables = ['study_setting', 'prediction', 'stimulus_set'];
    expect(tables.map(count)).toEqual([[{ n: 1 }], [{ n: 1 }], [{ n: 1 }]]);
    undo(storage);
    expect(tables.map(count)).toEqual([[{ n: 0 }], [{ n: 0 }], [{ n: 0 }]]);
  });

  test('the last step stores predictions for a known set in one statement, and specs that are ready but for the name', () => {
    let statements = 0;
    const storage = openStorage(join(temporaryFolder(), 'data'), { onStatement: () => (statements += 1) });
    onTestFinished(() => storage.close());
    fillStudy(storage, 'own', 300);
    const setHash = hash(300_050);
    const [known] = storage.predictions.forSet(setHash);
    const { take, incoming } = begin(storage);
    const specs = [1, 2].map((at) => ({ spec: { ...study('b'), name: 'b' }, at }));
    take({ kind: 'specs', specs });
    const predictions = Array.from({ length: 500 }, (_, index) => ({
      model: `m${index}`,
      setHash,
      softmax: hash(8),
      labels: hash(9),
      count: 3,
      classes: 3,
      run: null,
      at: 1,
      ...(index === 0 && { model: known?.model ?? '' }),
    }));
    take({ kind: 'predictions', predictions });
    expect(storage.predictions.forSet(setHash)).toEqual([known]);
    statements = 0;
    storage.transaction(() => incoming.finish('c 2', null));
    expect(statements).toBeLessThan(40);
    const stored = storage.predictions.forSet(setHash);
    expect(stored).toHaveLength(500);
    expect(stored.find(({ model }) => model === known?.model)).toEqual(known);
    expect(stored.find(({ model }) => model === 'm7')).toMatchObject({
      softmax: hash(8),
      labels: hash(9),
      runId: null,
    });
    expect(storage.studies.specs(incoming.studyId)).toEqual(
      specs.map(({ spec, at }) => ({ spec: { ...spec, name: 'c 2' }, at })),
    );
  });

  test('a run of a study that is deleted meanwhile stays for the import', () => {
    const storage = temporaryStorage();
    const id = newStudy(storage, 'a');
    const [shared, own] = [classifierTask(3), generatorTask(4)].map((task) => {
      const run = storage.runs.ensure(newRun(task), 5);
      storage.studyRuns.link(id, `role/${run.id}`, run.id, null, 5);
      return run;
    });
    if (!shared || !own) throw new Error('no runs');
    const { all } = archived(storage, id);
    const { take, incoming } = begin(storage);
    for (const { attempts, metrics, checkpoints, snapshots, grids, log, ...run } of all.runs.slice(0, 1))
      take({ kind: 'run', run, attempts: attempts.length });
    purge(storage, id);
    take({
      kind: 'links',
      links: [{ role: 'models/x', run: shared.key, model: null, linkedAt: 1, replacedAt: null }],
    });
    take({ kind: 'specs', specs: [{ spec: { ...study('b'), name: 'b' }, at: 1 }] });
    expect(storage.transaction(() => incoming.finish('b', null))).toMatchObject({ added: 0, reused: 1 });
    expect(storage.runs.list().map(({ id: run }) => run)).toEqual([shared.id]);
  });

  test('an import ends if sessions that it found here are deleted meanwhile', async () => {
    const storage = temporaryStorage();
    const id = fillStudy(storage, 'own', 300);
    const { pieces } = archived(storage, id);
    const incoming = archivesOf(storage).startImport(777);
    for await (const some of pieces) {
      storage.transaction(() => {
        for (const piece of some) for (const _ of incoming.steps(piece));
      });
    }
    purge(storage, id);
    expect(() => storage.transaction(() => incoming.finish('again', null))).toThrow(
      expect.objectContaining({ code: 'archive.deleted-meanwhile' }),
    );
    undo(storage);
    expect(storage.studies.list()).toEqual([]);
  });
});
