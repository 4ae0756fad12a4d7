/** Which backups are kept, listed and made, on both sides of every limit. */
import { existsSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { BlobStore } from '../../main/files/blobs.ts';
import { cacheFolder } from '../../main/files/places.ts';
import {
  backUp,
  fileTimestamp,
  holdsMore,
  identify,
  type IntactBackup,
  isBackupDue,
  listBackups,
  readIntactBackups,
  removeUnfinishedBackups,
  requestErasure,
} from '../../main/storage/backups.ts';
import { deleteDueBlobs, referencedHashes, scheduleDeletion } from '../../main/storage/blobs-in-use.ts';
import { Database } from '../../main/storage/database.ts';
import { readHealth } from '../../main/storage/health.ts';
import { openStorage } from '../../main/storage/open.ts';
import { databaseVersion, migrate } from '../../main/storage/migrate.ts';
import { migrations } from '../../main/storage/migrations/index.ts';
import { notesDatabase, WriterLock } from '../../main/storage/writer-lock.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { hash } from './records.ts';

const hour = 3_600_000;
const day = 24 * hour;
const now = Date.UTC(2026, 4, 6, 7, 8, 9, 10);

const timesOf = (folder: string): number[] =>
  listBackups(folder, now)
    .map(({ at }) => at)
    .sort((a, b) => a - b);

function put(folder: string, at: number): void {
  mkdirSync(join(folder, 'backups'), { recursive: true });
  writeFileSync(join(folder, 'backups', `workbench-${fileTimestamp(at)}.sqlite`), '');
}

function database(folder: string, name = 'workbench', steps: readonly string[] = migrations): Database {
  const opened = new Database(join(folder, `${name}.sqlite`));
  migrate(opened, steps);
  return opened;
}

describe('the list', () => {
  test('has no links to nothing, no circles of links and no folders; a link to a backup elsewhere is one', () => {
    const folder = temporaryFolder();
    const named = (at: number): string => join(folder, 'backups', `workbench-${fileTimestamp(at)}.sqlite`);
    put(folder, now - day);
    writeFileSync(join(folder, 'elsewhere'), 'seven b');
    symlinkSync(join(folder, 'elsewhere'), named(now - hour));
    symlinkSync(join(folder, 'nothing'), named(now));
    symlinkSync(named(now - 1), named(now - 2));
    symlinkSync(named(now - 2), named(now - 1));
    mkdirSync(named(now - 3));
    expect(listBackups(folder, now).map(({ at, bytes }) => [at, bytes])).toEqual([
      [now - hour, 7],
      [now - day, 0],
    ]);
    expect(isBackupDue(folder, now)).toBe(false);
  });

  test('is refused in words where a file is in the place of the folder', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'backups'), '');
    expect(() => listBackups(folder, now)).toThrow(expect.objectContaining({ code: 'file.not-a-folder' }));
  });

  test('begins with the newest that is at most an hour ahead, in whatever order the folder has them', () => {
    for (let k = 1; k <= 6; k++) {
      const listed = (...times: number[]): number[] => {
        const folder = temporaryFolder();
        for (const at of times) put(folder, at);
        return listBackups(folder, now).map(({ at }) => at);
      };
      expect(listed(now - k, now + hour)).toEqual([now + hour, now - k]);
      expect(listed(now + hour + k, now + hour)).toEqual([now + hour, now + hour + k]);
      expect(listed(now + hour + k, now + hour + k + 1)).toEqual([now + hour + k + 1, now + hour + k]);
      expect(listed(now + hour + k, now - k)).toEqual([now - k, now + hour + k]);
    }
  });

  test('a time before 1970 or at its start is a time as well', () => {
    const folder = temporaryFolder();
    expect([isBackupDue(folder, day), isBackupDue(folder, day - 1)]).toEqual([true, false]);
    put(folder, 1);
    const db = database(folder);
    backUp(db, folder, now);
    expect(timesOf(folder)).toEqual([1, now]);
    db.close();
  });
});

describe('rotation', () => {
  test('keeps seven, and the newest one of each database that was lost', () => {
    const folder = temporaryFolder();
    const [unnamed, lost, current] = ['unnamed', 'lost', 'current'].map((name) => database(folder, name)) as [
      ...[Database, Database, Database],
    ];
    identify(lost, 1);
    identify(current, 1);
    for (const ago of [40, 39]) backUp(unnamed, folder, now - ago * day);
    for (const ago of [30, 29, 28]) backUp(lost, folder, now - ago * day);
    for (let ago = 7; ago > 0; ago--) backUp(current, folder, now - ago * day);
    const kept = [28, 7, 6, 5, 4, 3, 2, 1];
    expect(timesOf(folder)).toEqual(kept.map((ago) => now - ago * day));
    backUp(current, folder, now);
    expect(timesOf(folder)).toEqual([28, 6, 5, 4, 3, 2, 1, 0].map((ago) => now - ago * day));
    // The newest one may be of the database that was lost before; then no older one of it is its last.
    backUp(lost, folder, now + 1);
    expect(timesOf(folder)).toEqual([...[5, 4, 3, 2, 1, 0].map((ago) => now - ago * day), now + 1]);
    // Its id stays what it was.
    const id = () => current.get('SELECT value FROM setting');
    const before = id();
    identify(current, 2);
    expect(id()).toEqual(before);
    for (const db of [unnamed, lost, current]) db.close();
  });

  test('an older one goes if any of the newer ones holds half as much', () => {
    for (const half of [1, 4, 7]) {
      const folder = temporaryFolder();
      const db = database(folder);
      const studies = (seq: number): void => {
        db.run('DELETE FROM sqlite_sequence');
        db.run("INSERT INTO sqlite_sequence VALUES ('study', ?)", seq);
      };
      studies(10);
      backUp(db, folder, now - 20 * day);
      for (let ago = 7; ago > 0; ago--) {
        studies(ago === half ? 5 : 1);
        backUp(db, folder, now - ago * day);
      }
      expect(timesOf(folder)).toEqual([7, 6, 5, 4, 3, 2, 1].map((ago) => now - ago * day));
      db.close();
    }
  });

  test('a backup that cannot be written is an error with a remedy', () => {
    const folder = temporaryFolder();
    const db = database(folder);
    writeFileSync(join(folder, 'backups'), '');
    expect(() => backUp(db, folder, now)).toThrow(expect.objectContaining({ name: 'UserError' }));
    db.close();
  });

  test('more than twice as much of anything is far more', () => {
    const one = (studies: number, runs: number, labels: number): IntactBackup => ({
      path: '',
      at: 1,
      bytes: 1,
      version: 1,
      made: { studies, runs, labels },
    });
    const other = one(3, 4, 5);
    const more = [one(6, 8, 10), one(7, 0, 0), one(0, 9, 0), one(0, 0, 11), one(0, 0, 0)];
    expect(more.map((each) => holdsMore(each, other))).toEqual([false, true, true, true, false]);
    expect([one(0, 0, 0), one(1, 0, 0)].map((each) => holdsMore(each, one(0, 0, 0)))).toEqual([false, true]);
  });

  test('what was ever made is counted by table; an empty file has none', () => {
    const folder = temporaryFolder();
    const db = database(folder);
    db.run('DELETE FROM sqlite_sequence');
    for (const [name, seq] of Object.entries({ study: 2, run: 3, response: 5, labeling_event: 7, metric: 11 }))
      db.run('INSERT INTO sqlite_sequence VALUES (?, ?)', name, seq);
    backUp(db, folder, now - 2);
    db.run('DELETE FROM sqlite_sequence');
    backUp(db, folder, now - 1);
    const plain = new Database(join(folder, 'plain.sqlite'));
    plain.exec('CREATE TABLE x (y)');
    backUp(plain, folder, now);
    const none = { studies: 0, runs: 0, labels: 0 };
    expect(readIntactBackups(folder, now).map(({ made, version }) => ({ ...made, version }))).toEqual([
      { ...none, version: 0 },
      { ...none, version: migrations.length },
      { studies: 2, runs: 3, labels: 12, version: migrations.length },
    ]);
    for (const each of [db, plain]) each.close();
  });

  test('a withdrawal costs the backups of its moment and before, but not the one that is made', () => {
    const folder = temporaryFolder();
    const db = database(folder);
    put(folder, 1);
    requestErasure(db, now + 1);
    for (const at of [now - 3, now - 2, now - 1]) backUp(db, folder, at);
    expect(timesOf(folder)).toEqual([1, now - 3, now - 2, now - 1]);
    requestErasure(db, now - 2);
    backUp(db, folder, now);
    expect(timesOf(folder)).toEqual([now - 1, now]);
    requestErasure(db, now + 5);
    backUp(db, folder, now + 5);
    expect(timesOf(folder)).toEqual([now + 5]);
    backUp(db, folder, now + 6);
    expect(timesOf(folder)).toEqual([now + 6]);
    expect(backUp(db, folder, now + 7, true).at).toBe(now + 7);
    expect(timesOf(folder)).toEqual([now + 7]);
    db.close();
  });
});

test('only unfinished backups of processes that ended are removed', () => {
  const folder = temporaryFolder();
  removeUnfinishedBackups(folder);
  mkdirSync(join(folder, 'backups'));
  const name = (middle: string) => `workbench-20260101T000000000Z.sqlite${middle}`;
  const goes = [name('.tmp'), name('.0.tmp'), name(`.${process.pid}.tmp`), name('.99999999999999999999.tmp')];
  const first = process.platform === 'win32' ? [] : [name('.1.tmp')];
  const stays = [...first, name(''), name(`.${process.ppid}.tmp`), 'notes.tmp', name('.x.tmp')];
  for (const each of [...goes, ...stays]) writeFileSync(join(folder, 'backups', each), '');
  removeUnfinishedBackups(folder);
  expect(readdirSync(join(folder, 'backups')).sort()).toEqual(stays.toSorted());
});

test('hashes in metrics are of no blob', () => {
  const db = database(temporaryFolder());
  db.pragma('foreign_keys = OFF');
  db.run('INSERT INTO metric (run_id, series, step, value) VALUES (1, ?, 1, 1)', hash(1));
  db.run("INSERT INTO setting (name, value, set_at) VALUES ('x', ?, 1)", JSON.stringify([hash(2), hash(2)]));
  expect([...referencedHashes(db).all]).toEqual([hash(2)]);
  db.close();
});

test('a blob whose file is missing already is forgotten when it is due', () => {
  const folder = temporaryFolder();
  const db = database(folder);
  const blobs = new BlobStore(join(folder, 'blobs'));
  scheduleDeletion(db, hash(1), 0);
  const scheduled = () => db.all('SELECT hash FROM doomed_blob').length;
  deleteDueBlobs(db, blobs, 59_999);
  expect(scheduled()).toBe(1);
  deleteDueBlobs(db, blobs, 60_000);
  expect(scheduled()).toBe(0);
  db.close();
});

test('the health of a database without a journal, and with rows of nothing', () => {
  const folder = temporaryFolder();
  const db = database(folder);
  const latest = migrations.length;
  const health = readHealth(db, folder, now);
  expect(health).toMatchObject({ version: latest, latestVersion: latest, logBytes: 0, problems: [], backups: [] });
  expect([health.path, health.journalMode, health.bytes > 4096, health.freeBytes > 4096]).toEqual([
    ...[db.path, 'delete', true, true],
  ]);
  expect(health.sqlite).toMatch(/^3\.\d+\.\d+$/);
  db.pragma('journal_mode = WAL');
  db.pragma('foreign_keys = OFF');
  db.run("INSERT INTO run_tag (run_id, tag) VALUES (9, 'x')");
  const damaged = 'workbench.sqlite.damaged-20260101T000000000Z';
  for (const suffix of ['', '-wal', '-shm', '-2']) writeFileSync(join(folder, damaged + suffix), '');
  const worse = readHealth(db, folder, now);
  expect(worse.problems).toEqual(['1 rows refer to missing rows']);
  expect(worse.logBytes).toBeGreaterThan(0);
  expect(worse.damaged.sort()).toEqual([damaged, `${damaged}-2`]);
  db.close();
});

describe('a start', () => {
  const start = (folder: string, at: number): string[] => {
    openStorage(folder, { now: () => at }).close();
    return timesOf(folder).map((each) => `${(each - now) / hour} h`);
  };

  test('backs up a database from before, daily and before each upgrade; a new one is not', () => {
    const folder = temporaryFolder();
    expect(start(folder, now)).toEqual([]);
    expect(start(folder, now)).toEqual(['0 h']);
    expect(start(folder, now + hour)).toEqual(['0 h']);
    expect(start(folder, now + day)).toEqual(['0 h', '24 h']);
    for (const version of [1, migrations.length - 1]) {
      const older = temporaryFolder();
      database(older, 'workbench', migrations.slice(0, version)).close();
      expect(start(older, now)).toEqual(['0 h']);
      expect(readIntactBackups(older, now)).toMatchObject([{ version }]);
      const upgraded = new Database(join(older, 'workbench.sqlite'));
      expect(databaseVersion(upgraded)).toBe(migrations.length);
      upgraded.close();
    }
  });

  test('is noted once a database was opened, for every later writer', () => {
    const folder = temporaryFolder();
    const first = new WriterLock(folder, now);
    expect([first.hadDatabase, notesDatabase(folder)]).toEqual([false, false]);
    first.noteDatabase();
    expect(notesDatabase(folder)).toBe(true);
    first.release();
    const second = new WriterLock(folder, now);
    expect([second.hadDatabase, notesDatabase(folder)]).toEqual([true, true]);
    second.noteDatabase();
    expect(notesDatabase(folder)).toBe(true);
    second.release();
  });

  test('takes a note that is none for no note', () => {
    const folder = temporaryFolder();
    for (const text of ['null', '5', '"x"', '[', '', '{"database":1}', '{"database":"true"}', '{"database":true}']) {
      writeFileSync(join(folder, 'writer.json'), text);
      expect(notesDatabase(folder), text).toBe(text === '{"database":true}');
    }
  });

  test('removes locks of killed writers after a day, and none that is held or is no lock', () => {
    vi.stubEnv('BOUNDARY_CACHE', temporaryFolder());
    onTestFinished(() => void vi.unstubAllEnvs());
    const folder = temporaryFolder();
    const locks = join(cacheFolder(), 'locks');
    const second = 1000 * Math.floor(now / 1000);
    const other = new WriterLock(temporaryFolder(), second);
    const [own = ''] = readdirSync(locks).filter((each) => each.endsWith('.lock'));
    const write = (file: string, at: number): string => {
      const path = join(locks, file);
      if (!existsSync(path)) writeFileSync(path, '');
      utimesSync(path, at / 1000, at / 1000);
      return path;
    };
    // Whichever comes first, the others are tried.
    const young = write('0-young.lock', second - day + 1000);
    const paths = [
      write('old.lock', second - day),
      write('older.lock', second - 2 * day),
      write('zz-young.lock', second - day + 1000),
      write('old.txt', second - 2 * day),
      write(own, second - 2 * day),
    ];
    new WriterLock(folder, second).release();
    expect([...paths, young].map((path) => existsSync(path))).toEqual([false, false, true, true, true, true]);
    other.release();
    expect(existsSync(join(locks, own))).toBe(false);
  });
});
