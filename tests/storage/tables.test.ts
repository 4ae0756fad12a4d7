/** Exact answers of tables that lists, charts and backups are made from. */
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type RunFilter, runFilterSchema } from '../../main/contract/api/runs.ts';
import {
  backUp,
  backUpIfDue,
  emptyJournal,
  eraseDeleted,
  finishErasure,
  fileTimestamp,
  integrityProblems,
  isBackupDue,
  isErasurePending,
  lastWithdrawalId,
  listBackups,
  readIntactBackups,
  requestErasure,
} from '../../main/storage/backups.ts';
import { deleteDueBlobs, findHashes, referencedHashes, scheduleDeletion } from '../../main/storage/blobs-in-use.ts';
import { BlobStore } from '../../main/files/blobs.ts';
import { Database } from '../../main/storage/database.ts';
import { migrate } from '../../main/storage/migrate.ts';
import type { RunQuery } from '../../main/storage/runs/run-table.ts';
import { classifierTask, generatorTask, newRun } from '../executors/counting-tasks.ts';
import { environment, hash, stimulusSet, study } from './records.ts';
import { classifierResult, snapshot, started } from './run-helper.ts';
import { temporaryStorage } from './storage-helper.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const hour = 3_600_000;
const day = 24 * hour;
const now = Date.UTC(2026, 4, 6, 7, 8, 9, 10);

function database(folder: string): Database {
  const opened = new Database(join(folder, 'workbench.sqlite'));
  migrate(opened);
  return opened;
}

describe('backups', () => {
  const put = (folder: string, at: number): string => {
    const path = join(folder, 'backups', `workbench-${fileTimestamp(at)}.sqlite`);
    mkdirSync(join(folder, 'backups'), { recursive: true });
    writeFileSync(path, 'x'.repeat(5));
    return path;
  };

  test('have their time in their name; those from the future come last', () => {
    const folder = temporaryFolder();
    expect(listBackups(folder, now)).toEqual([]);
    expect(fileTimestamp(now)).toBe('20260506T070809010Z');
    const times = [now - 2 * day, now + hour, now + hour + 1, now - 1, now + 3 * day];
    const paths = times.map((at) => put(folder, at));
    writeFileSync(join(folder, 'backups', 'notes.txt'), '');
    const order = [1, 3, 0, 4, 2];
    expect(listBackups(folder, now)).toEqual(order.map((n) => ({ path: paths[n], at: times[n], bytes: 5 })));
  });

  test('are due a day after the last one, or if that is from the future', () => {
    const due = (age: number): boolean => {
      const folder = temporaryFolder();
      put(folder, now - age);
      return isBackupDue(folder, now);
    };
    expect([day - 1, day, day + 1, 0, -hour, -hour - 1].map(due)).toEqual([false, true, true, false, false, true]);
    expect(isBackupDue(temporaryFolder(), now)).toBe(true);
  });

  test('none from before a withdrawal stays, and a withdrawal from the future counts for none', () => {
    const folder = temporaryFolder();
    const db = database(folder);
    const names = () => readdirSync(join(folder, 'backups')).sort();
    for (const ago of [3, 2, 1]) backUp(db, folder, now - ago * day);
    requestErasure(db, now + 1);
    backUp(db, folder, now);
    expect(names()).toHaveLength(4);
    requestErasure(db, now - 2 * day);
    backUp(db, folder, now + 1 - day / 2);
    expect(names()).toEqual([now - day, now + 1 - day / 2, now].map((at) => `workbench-${fileTimestamp(at)}.sqlite`));
    requestErasure(db, now + 1);
    backUp(db, folder, now + 1);
    expect(names()).toEqual([`workbench-${fileTimestamp(now + 1)}.sqlite`]);
    db.close();
  });

  test('an older one stays if it holds more than twice as much as all newer ones, of anything', () => {
    const rich = { study: 3, run: 5, response: 7, labeling_event: 2 };
    /** What the newest seven hold, and whether the richest, older one stays. */
    const stays = (poorer: Partial<typeof rich>): boolean => {
      const folder = temporaryFolder();
      const db = database(folder);
      const made = (counts: object) => {
        db.run('DELETE FROM sqlite_sequence');
        for (const [table, seq] of Object.entries(counts))
          db.run('INSERT INTO sqlite_sequence VALUES (?, ?)', table, seq);
      };
      made(rich);
      const first = backUp(db, folder, now - 20 * day);
      made({ ...rich, ...poorer });
      for (let n = 7; n > 0; n--) backUp(db, folder, now - n * day);
      db.close();
      expect(readdirSync(join(folder, 'backups')).length).toBe(existsSync(first.path) ? 8 : 7);
      return existsSync(first.path);
    };
    expect(stays({ study: 1 })).toBe(true);
    expect(stays({ study: 2, run: 3, response: 3, labeling_event: 2 })).toBe(false);
    // Answers and labels count together: 9 is more than twice 4.
    expect(stays({ response: 2 })).toBe(true);
  });
});

describe('erasure', () => {
  test('stays due until the file was rewritten with nobody reading, and replaces all backups', () => {
    const folder = temporaryFolder();
    const db = database(folder);
    db.pragma('journal_mode = wal');
    expect(isErasurePending(db)).toBe(false);
    for (const ago of [2, 1]) backUp(db, folder, now - ago * day);
    requestErasure(db, now);
    expect(isErasurePending(db)).toBe(true);
    const reader = new Database(db.path, { readOnly: true });
    reader.exec('BEGIN');
    reader.all('SELECT * FROM study');
    const timeout = db.pragmaValue('busy_timeout');
    expect([emptyJournal(db), eraseDeleted(db, folder, now)]).toEqual([false, false]);
    expect([isErasurePending(db), db.pragmaValue('busy_timeout')]).toEqual([true, timeout]);
    reader.close();
    expect(eraseDeleted(db, folder, now + 1)).toBe(true);
    expect(isErasurePending(db)).toBe(false);
    expect(listBackups(folder, now).map(({ at }) => at)).toEqual([now + 1]);
    requestErasure(db, now);
    const last = lastWithdrawalId(db);
    db.run("INSERT INTO study (id, name, created_at) VALUES (9, 'any', 1)");
    db.run(`INSERT INTO labeling_withdrawal (study_id, token_hash, withdrawn_at) VALUES (9, '${hash(7)}', 1)`);
    // What was rewritten before the second withdrawal may hold that person.
    expect([finishErasure(db, last, now), isErasurePending(db)]).toEqual([false, true]);
    expect([finishErasure(db, lastWithdrawalId(db), now), isErasurePending(db)]).toEqual([true, false]);
    expect(backUpIfDue(db, folder, now + day)).toBeNull();
    expect(backUpIfDue(db, folder, now + 1 + day)?.at).toBe(now + 1 + day);
    db.close();
  });

  test('intact backups have their version and what was ever made; others are left out', () => {
    const folder = temporaryFolder();
    const db = database(folder);
    db.run("INSERT INTO study (name, created_at) VALUES ('s', 1)");
    db.run('DELETE FROM study');
    backUp(db, folder, now - day);
    writeFileSync(join(folder, 'backups', `workbench-${fileTimestamp(now)}.sqlite`), 'x'.repeat(5000));
    expect(readIntactBackups(folder, now)).toMatchObject([
      { at: now - day, version: Number(db.pragmaValue('user_version')), made: { studies: 1, runs: 0, labels: 0 } },
    ]);
    expect(integrityProblems(db, 'quick_check')).toEqual([]);
    expect(integrityProblems(db, 'integrity_check')).toEqual([]);
    db.close();
  });
});

describe('files of blobs', () => {
  test('hashes stand alone in a text', () => {
    const [one, two] = [hash(1), hash(2)];
    expect(findHashes(`{"a":"${one}","b":["${two}"]}`)).toEqual([one, two]);
    expect(findHashes(`${one}0 f${two} ${one.toUpperCase().replace('1', 'G')}`)).toEqual([]);
    expect(findHashes('')).toEqual([]);
  });

  test('those that only checkpoints name are told apart', () => {
    const storage = temporaryStorage();
    const run = storage.runs.ensure(newRun(generatorTask(1)), 1).id;
    storage.runs.claimNext(['wasm'], environment, 2);
    const checkpoint = (step: number, n: number) =>
      storage.runs.applyEvent(run, { type: 'checkpoint', step, hash: hash(n) }, 3);
    checkpoint(1, 100);
    checkpoint(2, 200);
    storage.runs.applyEvent(run, { type: 'samples', step: 2, grid: hash(300), weights: hash(200) }, 4);
    storage.stimulusSets.put(stimulusSet(10), 4);
    const { all, checkpoints } = storage.referencedHashes();
    expect([100, 200, 300, 10, 11, 12, 77].map((n) => all.has(hash(n)))).toEqual(new Array(7).fill(true));
    expect(all.has(hash(500))).toBe(false);
    expect([...checkpoints]).toEqual([hash(100)]);
  });

  test('a file goes a minute after its last row, unless it was named or written again', () => {
    const folder = temporaryFolder();
    const db = database(folder);
    const blobs = new BlobStore(join(folder, 'blobs'));
    const put = (content: string, writtenAt: number): string => {
      const name = blobs.put(Buffer.from(content));
      utimesSync(blobs.path(name), writtenAt / 1000, writtenAt / 1000);
      return name;
    };
    const [old, young, later] = [put('old', now - 120_000), put('young', now - 59_999), put('later', now - 120_000)];
    scheduleDeletion(db, old, now - 60_000);
    scheduleDeletion(db, old, now - 10);
    scheduleDeletion(db, young, now - 60_000);
    scheduleDeletion(db, later, now - 59_999);
    const left = () => [old, young, later].map((name) => existsSync(blobs.path(name)));
    deleteDueBlobs(db, blobs, now - 1);
    expect(left()).toEqual([true, true, true]);
    deleteDueBlobs(db, blobs, now);
    expect(left()).toEqual([false, true, true]);
    expect(db.all('SELECT hash FROM doomed_blob ORDER BY since')).toEqual([{ hash: young }, { hash: later }]);
    deleteDueBlobs(db, blobs, now + 1);
    expect(left()).toEqual([false, false, false]);
    expect(db.all('SELECT hash FROM doomed_blob')).toEqual([]);
    db.close();
  });

  test('all text of the database is searched, and metrics are not', () => {
    const db = database(temporaryFolder());
    db.exec('CREATE TABLE later (a TEXT, b INTEGER, c ANY) STRICT; CREATE TABLE metric2 (note TEXT) STRICT');
    db.run('INSERT INTO later VALUES (?, 1, ?)', `x ${hash(1)}`, hash(2));
    db.run('INSERT INTO metric2 VALUES (?)', hash(3));
    expect([1, 2, 3].map((n) => referencedHashes(db).all.has(hash(n)))).toEqual([true, true, true]);
    db.close();
  });
});

describe('stimulus sets and predictions', () => {
  test('each set has its own images, in order, and counts of ends', () => {
    const { stimulusSets } = temporaryStorage();
    const image = (id: number, alpha: number) => ({ id, pairI: 0, pairJ: 1, alpha, z: null });
    stimulusSets.put({ ...stimulusSet(20), images: [image(5, 1), image(2, 0), image(9, 0.5)] }, 1);
    stimulusSets.put({ ...stimulusSet(10), original: null, source: 'imported' }, 2);
    expect(stimulusSets.ids(hash(20))).toEqual([2, 5, 9]);
    expect(stimulusSets.images(hash(20)).map(({ id }) => id)).toEqual([2, 5, 9]);
    expect([20, 10, 30].map((n) => stimulusSets.counts(hash(n)))).toEqual([
      { images: 3, ends: 2 },
      { images: 3, ends: 1 },
      { images: 0, ends: 0 },
    ]);
    expect(stimulusSets.list().map(({ hash: name, imageCount }) => [name, imageCount])).toEqual([
      [hash(20), 3],
      [hash(10), 3],
    ]);
    expect(stimulusSets.header(hash(10))).toMatchObject({ original: null, source: 'imported' });
    expect(stimulusSets.header(hash(20))?.original).toEqual({ width: 64, height: 64, channels: 1, pixels: hash(22) });
    expect([stimulusSets.get(hash(30)), stimulusSets.header(hash(30))]).toEqual([undefined, undefined]);
    // Names of classes may differ, their number may not.
    stimulusSets.put({ ...stimulusSet(10), classes: ['a', 'b', 'c'] }, 3);
    for (const change of [{ classes: ['a', 'b'] }, { width: 27 }, { height: 27 }, { pixels: hash(5) }]) {
      expect(() => stimulusSets.put({ ...stimulusSet(10), ...change }, 3)).toThrow('other pairs');
    }
  });

  test('a prediction is of one model and set; the same again keeps its time', () => {
    const storage = temporaryStorage();
    const a = storage.studies.put('a', { ...study(), name: 'a' }, 1);
    const b = storage.studies.put('b', { ...study(), name: 'b' }, 1);
    for (const n of [10, 20]) storage.stimulusSets.put(stimulusSet(n), 1);
    const run = storage.runs.ensure(newRun(classifierTask(1)), 1).id;
    const other = storage.runs.ensure(newRun(classifierTask(2)), 1).id;
    const place = (name: string, seed: number) => ({ modelName: name, group: 'diverse' as const, repeat: 0, seed });
    storage.studyRuns.link(a, 'models/B', run, place('B', 2), 1);
    storage.studyRuns.link(a, 'models/A', other, place('A', 1), 1);
    storage.studyRuns.link(b, 'models/A', other, place('A', 1), 1);
    storage.studies.useStimuli(a, hash(10), 1);
    storage.studies.useStimuli(b, hash(20), 1);
    for (const [id, weights] of [
      [run, 1],
      [other, 2],
    ] as const) {
      storage.runs.claimNext(['wasm'], environment, 2);
      for (const target of [98, 97.5]) {
        storage.runs.applyEvent(id, { type: 'snapshot', snapshot: snapshot(target, hash(weights + target)) }, 3);
      }
    }
    const put = (weights: number, set: number, at: number, change: object = {}) =>
      storage.predictions.put(
        {
          model: hash(weights + 98),
          setHash: hash(set),
          softmax: hash(50),
          labels: hash(51),
          count: 3,
          classes: 3,
          runId: run,
          ...change,
        },
        at,
      );
    put(2, 10, 5);
    put(1, 10, 6);
    put(2, 20, 7);
    expect(storage.predictions.forSet(hash(10)).map(({ model }) => model)).toEqual([hash(99), hash(100)]);
    const models = (study: number) =>
      storage.models
        .ofStudy(study)
        .map(({ modelName, target, prediction }) => [modelName, target, prediction !== null]);
    expect(models(a)).toEqual([
      ['A', 97.5, false],
      ['B', 97.5, false],
      ['A', 98, true],
      ['B', 98, true],
    ]);
    expect(models(b)).toEqual([
      ['A', 97.5, false],
      ['A', 98, true],
    ]);
    const at = () => storage.studies.counts(a).lastPrediction;
    expect(at()).toBe(6);
    put(1, 10, 8);
    expect(at()).toBe(6);
    for (const [time, change] of [
      [9, { softmax: hash(52) }],
      [10, { softmax: hash(52), labels: hash(53) }],
      [11, { softmax: hash(52), labels: hash(53), runId: other }],
      [12, { softmax: hash(52), labels: hash(53), runId: null }],
    ] as const) {
      put(1, 10, time, change);
      const { softmax, labels, runId } = storage.predictions.get(hash(99), hash(10)) ?? {};
      expect({ softmax, labels, runId }).toEqual({ labels: hash(51), runId: run, ...change });
    }
    put(1, 10, 13, { softmax: hash(52), labels: hash(53), runId: run });
    expect(at()).toBe(13);
  });

  test('settings are of the workbench or of one study', () => {
    const { settings, studies } = temporaryStorage();
    const [a, b] = ['a', 'b'].map((name) => studies.put(name, { ...study(), name }, 1)) as [number, number];
    settings.set('x', 1, 1);
    settings.set('y', 2, 1);
    settings.set('x', 3, 2);
    settings.setOfStudy(a, 'x', 4, 1);
    settings.setOfStudy(b, 'x', 5, 1);
    settings.setOfStudy(a, 'y', 6, 1);
    settings.setOfStudy(a, 'x', 7, 2);
    const number = z.number();
    expect(['x', 'y', 'z'].map((name) => settings.get(name, number))).toEqual([3, 2, undefined]);
    expect([a, b].map((id) => settings.ofStudy(id, 'x', number))).toEqual([7, 5]);
    expect([settings.ofStudy(b, 'y', number), settings.get('x', z.string())]).toEqual([undefined, undefined]);
  });
});

describe('the run table', () => {
  const query = (change: Partial<RunFilter>, rest: Partial<RunQuery> = {}): RunQuery => ({
    filter: runFilterSchema.parse(change),
    sort: { by: 'name', descending: false },
    ...rest,
  });

  /** Runs a to e in different states; f is of another study. */
  function filled() {
    const storage = temporaryStorage();
    const study1 = storage.studies.put('one', { ...study(), name: 'one' }, 1);
    const study2 = storage.studies.put('two', { ...study(), name: 'two' }, 1);
    const ids = ['a1', 'b2', 'C3', 'd4', 'e5', 'f6'].map((label, n) => {
      const run = storage.runs.ensure({ ...newRun(classifierTask(9 - n)), label, seed: 9 - n }, 10 + ((n * 3) % 5)).id;
      const model = {
        modelName: label,
        group: n % 2 === 0 ? ('seeds' as const) : ('diverse' as const),
        repeat: 0,
        seed: 9 - n,
      };
      storage.studyRuns.link(n === 5 ? study2 : study1, `models/${label}`, run, model, 1);
      return run;
    }) as [number, number, number, number, number, number];
    const [a, b, c, d, e] = ids;
    const claim = (id: number, engine: 'wasm' | 'tensorflow', at: number) => {
      storage.runs.setRank(id, 1);
      expect(storage.runs.claimNext([engine], environment, at)?.id).toBe(id);
    };
    claim(a, 'wasm', 100);
    storage.runs.applyEvents(a, [started, { type: 'progress', done: 1, total: 4, note: '' }], 140);
    claim(b, 'tensorflow', 100);
    storage.runs.applyEvents(
      b,
      [started, { type: 'snapshot', snapshot: { ...snapshot(97.5), accuracy: 97.6 } }, classifierResult([97.5])],
      110,
    );
    claim(c, 'wasm', 100);
    storage.runs.applyEvents(c, [started, { type: 'progress', done: 3, total: 4, note: '' }], 120);
    storage.runs.interrupt(c, 'x', 130);
    storage.runs.setHeld(d, true);
    storage.runs.cancel(e, 150);
    const names = Object.fromEntries(ids.map((id, n) => [id, 'abcdef'[n] ?? '']));
    const order = (given: RunQuery) =>
      storage.runTable
        .order(study1, given)
        .map((id) => names[id])
        .join('');
    return { storage, study1, study2, ids, names, order };
  }

  test('every key sorts by what it says, ties by id, both ways', () => {
    const { order } = filled();
    const by = (key: RunQuery['sort']['by'], descending = false) => order(query({}, { sort: { by: key, descending } }));
    expect(by('name')).toBe('abcde');
    expect(by('name', true)).toBe('edcba');
    expect(by('state')).toBe('acdeb');
    expect(by('state', true)).toBe('bedca');
    expect(by('architecture')).toBe('abcde');
    expect(by('seed')).toBe('edcba');
    expect(by('seed', true)).toBe('abcde');
    expect(by('queued')).toBe('acebd');
    expect(by('ended', true)).toBe('ebacd');
    expect(by('accuracy', true)).toBe('bacde');
    expect(by('engine')).toBe('debac');
    expect(by('time', true)).toBe('acbde');
    expect(by('progress', true)).toBe('bcade');
  });

  test('filters take what fits all of them, of one study', () => {
    const { order, storage, ids } = filled();
    expect(order(query({ states: ['held', 'running'] }))).toBe('ad');
    // An interrupted run waits for a worker, as a queued one.
    expect(order(query({ states: ['queued'] }))).toBe('c');
    expect(order(query({ states: ['done', 'cancelled'], text: 'b' }))).toBe('b');
    expect(order(query({ text: 'TENSOR' }))).toBe('b');
    expect(order(query({ text: 'wasm run' }))).toBe('a');
    expect(order(query({ kinds: ['classifier'] }))).toBe('abcde');
    expect(order(query({ like: ids[5] }))).toBe('abcde');
    storage.runNotes.tag([ids[0], ids[2]], { add: ['t'], remove: [] });
    storage.runNotes.tag([ids[0]], { add: ['s'], remove: [] });
    expect(order(query({ tags: ['t'] }))).toBe('ac');
    expect(order(query({ tags: ['s', 'x'] }))).toBe('a');
    expect(order(query({ text: 's t' }))).not.toBe('');
    storage.studyRuns.keepOnly(1, ['models/a1'], 99);
    expect(order(query({}))).toBe('a');
  });

  test('runs have the state that is shown, and their place in the study', () => {
    const { storage, study1, names } = filled();
    const ids = storage.runTable.order(study1, query({}));
    const shown = (keys: readonly (string | null)[]) => ids.map((id, at) => `${names[id]}:${keys[at]}`).join(' ');
    expect(shown(storage.runTable.states(study1, ids))).toBe('a:running b:done c:queued d:held e:cancelled');
    const groups = storage.runTable.groups.ofStudy(study1, ids, 'group');
    expect(shown(groups)).toBe('a:seeds b:diverse c:seeds d:diverse e:seeds');
  });

  test('curves keep the extremes of each range of steps', () => {
    const storage = temporaryStorage();
    const run = storage.runs.ensure(newRun(classifierTask(1)), 1).id;
    storage.runs.claimNext(['wasm'], environment, 2);
    const points = Array.from({ length: 40 }, (_, n) => ({ series: 'loss', step: 5 + 2 * n, value: (n * 17) % 23 }));
    storage.runs.applyEvent(run, { type: 'metrics', points }, 3);
    for (const limit of [4, 7, 10, 21, 39, 40]) {
      const { steps, values, count } = storage.curves.curve(run, 'loss', limit);
      const ranges = Math.floor((limit - 2) / 2);
      const kept = new Set([5, 83]);
      for (let range = 0; range < ranges; range++) {
        const own = points.filter(({ step }) => Math.floor(((step - 5) * ranges) / 79) === range);
        for (const extreme of [Math.min, Math.max]) {
          const value = extreme(...own.map((point) => point.value));
          kept.add(own.find((point) => point.value === value)?.step ?? -1);
        }
      }
      const expected = limit >= 40 ? points : points.filter(({ step }) => kept.has(step));
      expect([count, steps, values]).toEqual([
        40,
        expected.map(({ step }) => step),
        expected.map(({ value }) => value),
      ]);
    }
  });
});
