import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterAll, describe, expect, test } from 'vitest';
import { writeFileAtomic } from '../../main/files/atomic.ts';
import { BlobStore } from '../../main/files/blobs.ts';
import { openStorage } from '../../main/storage/open.ts';
import { runAtOnce } from '../../main/storage/batches.ts';
import { removal, temporaryFolder } from '../temporary-folder.ts';
import { classifierTask, newRun } from '../executors/counting-tasks.ts';
import { fillStudy } from '../contributions/archives/full-study.ts';
import { hash, study } from './records.ts';
import { archivesOf } from '../../main/contributions/archives/storage/archives.ts';

const day = 24 * 3600 * 1000;
const start = Date.UTC(2026, 0, 1);
const file = (folder: string) => join(folder, 'workbench.sqlite');

const originals = mkdtempSync(join(tmpdir(), 'boundary-test-'));
afterAll(() => rmSync(originals, removal));

/** A folder with 200 runs, a backup of it (if wanted), and then 10 more runs: a copy of one that is made once. */
function folderWithRuns({ backup }: { backup: boolean }): string {
  const [folder, original] = [temporaryFolder(), join(originals, backup ? 'with-backup' : 'without')];
  if (!existsSync(original)) fillWithRuns(original, backup);
  cpSync(original, folder, { recursive: true, preserveTimestamps: true });
  return folder;
}

function fillWithRuns(folder: string, backup: boolean): void {
  const storage = openStorage(folder, { now: () => start });
  const queue = (from: number, to: number) =>
    storage.transaction(() => {
      for (let seed = from; seed < to; seed++) storage.runs.ensure(newRun(classifierTask(seed)), 1);
    });
  queue(0, 200);
  if (backup) storage.backUp();
  queue(200, 210);
  storage.close();
}

function runsIn(folder: string): number {
  const storage = openStorage(folder, { now: () => start + 1000 });
  const { queued } = storage.runs.counts();
  storage.close();
  return queued;
}

function overwrite(path: string, offset: number, bytes: Buffer): void {
  const data = readFileSync(path);
  bytes.copy(data, offset);
  writeFileSync(path, data);
}

function emptyDatabase(path: string): void {
  rmSync(path);
  const database = new BetterSqlite3(path);
  database.exec('CREATE TABLE x (y); DROP TABLE x');
  database.close();
}

const damages: readonly (readonly [name: string, damage: (path: string) => void])[] = [
  ['cut to half', (path) => truncateSync(path, Math.floor(readFileSync(path).length / 2))],
  ['cut in the middle of a page', (path) => truncateSync(path, 4096 * 3 + 100)],
  ['cut to nothing', (path) => truncateSync(path, 0)],
  ['cut to 50 bytes', (path) => truncateSync(path, 50)],
  ['cut to one page', (path) => truncateSync(path, 4096)],
  ['a database without tables in its place', emptyDatabase],
  ['a header of garbage', (path) => overwrite(path, 0, Buffer.alloc(100, 0x5a))],
  ['text in its place', (path) => writeFileSync(path, 'not a database at all\n'.repeat(1000))],
  ['a page of zeros', (path) => overwrite(path, 4096 * 20, Buffer.alloc(4096))],
  ['a page of ones', (path) => overwrite(path, 4096 * 20, Buffer.alloc(4096, 0xff))],
  ['a broken schema', (path) => overwrite(path, 100, Buffer.alloc(60, 0xff))],
];

describe('a damaged database is set aside, never deleted', () => {
  test.each(damages)('%s: the latest good backup is restored', (_, damage) => {
    const folder = folderWithRuns({ backup: true });
    damage(file(folder));
    const bytes = readFileSync(file(folder));
    const storage = openStorage(folder, { now: () => start + 1000 });
    expect(storage.notices).toMatchObject([{ code: 'storage.restored' }]);
    expect(storage.runs.counts().queued).toBe(200);
    expect(storage.health()).toMatchObject({ problems: [], damaged: ['workbench.sqlite.damaged-20260101T000001000Z'] });
    expect(readFileSync(`${file(folder)}.damaged-20260101T000001000Z`)).toEqual(bytes);
    storage.close();
    expect(runsIn(folder)).toBe(200);
  });

  test.each(damages)('%s, no backup: an empty one is begun', (_, damage) => {
    const folder = folderWithRuns({ backup: false });
    damage(file(folder));
    const storage = openStorage(folder, { now: () => start + 1000 });
    expect(storage.notices).toMatchObject([{ code: 'storage.begun-anew' }]);
    expect(storage.notices[0]?.message).toContain('damaged-20260101T000001000Z');
    expect(storage.runs.list()).toEqual([]);
    storage.close();
  });

  test('a row that its index knows otherwise is told, and nothing is replaced', () => {
    const folder = folderWithRuns({ backup: true });
    const database = new BetterSqlite3(file(folder));
    const [key = ''] = database.prepare<[], string>('SELECT key FROM run ORDER BY id DESC').pluck().all();
    database.close();
    const bytes = readFileSync(file(folder));
    const at = bytes.indexOf(key);
    bytes.write(key.startsWith('a') ? 'b' : 'a', at);
    writeFileSync(file(folder), bytes);
    const storage = openStorage(folder, { now: () => start + 1000 });
    expect(storage.notices).toMatchObject([{ code: 'storage.contradictory' }]);
    expect(storage.notices[0]?.message).toContain('backup of 2026-01-01');
    expect(storage.runs.counts().queued).toBe(210);
    storage.close();
    expect(readdirSync(folder).some((name) => name.includes('damaged'))).toBe(false);
  });

  test('its log goes with it, and is not replayed into the backup', () => {
    const folder = folderWithRuns({ backup: true });
    // As a crash leaves it: a log beside the database.
    const open = new BetterSqlite3(file(folder));
    open.exec("UPDATE run SET label = 'in the log'");
    for (const suffix of ['', '-wal']) copyFileSync(file(folder) + suffix, join(folder, `kept${suffix}`));
    open.close();
    for (const suffix of ['', '-wal']) renameSync(join(folder, `kept${suffix}`), file(folder) + suffix);
    overwrite(file(folder), 0, Buffer.alloc(100, 0x5a));
    const storage = openStorage(folder, { now: () => start + 1000 });
    expect(storage.runs.list().some(({ label }) => label === 'in the log')).toBe(false);
    expect(storage.runs.counts().queued).toBe(200);
    storage.close();
    expect(readdirSync(folder)).toContain('workbench.sqlite.damaged-20260101T000001000Z-wal');
  });

  test.each<[string, (path: string) => void]>([
    ['missing', rmSync],
    ['damaged (the file is empty)', (path) => truncateSync(path, 0)],
    ['damaged (the file has no tables)', emptyDatabase],
    ['damaged (the file has no tables)', (path) => writeFileSync(path, 'x')],
    ['damaged (file is not a database)', (path) => writeFileSync(path, 'no database\n'.repeat(1000))],
  ])('the notice says that it was %s', (what, damage) => {
    const folder = folderWithRuns({ backup: true });
    damage(file(folder));
    const [notice] = openStorageNotices(folder);
    expect(notice?.message).toContain(`The database was ${what}.`);
    expect(notice?.message.includes('What remained')).toBe(what !== 'missing');
    expect(notice?.message).toMatch(
      /The backup of 2026-01-01 00:00 UTC was restored; later work has to be repeated\.$/,
    );
  });

  test('a damaged backup is passed over for an older one', () => {
    const folder = folderWithRuns({ backup: true });
    const storage = openStorage(folder, { now: () => start + 10 });
    const newest = storage.backUp();
    storage.close();
    truncateSync(newest.path, 5000);
    truncateSync(file(folder), 5000);
    expect(runsIn(folder)).toBe(200);
  });

  test('again in the same millisecond: all are kept', () => {
    const folder = folderWithRuns({ backup: true });
    for (let n = 0; n < 3; n++) {
      truncateSync(file(folder), 5000);
      expect(runsIn(folder)).toBe(200);
    }
    expect(readdirSync(folder).filter((name) => /damaged-[^-]*(-[23])?$/.test(name))).toHaveLength(3);
  });

  test('a crash between setting aside and restoring is finished at the next start', () => {
    const folder = folderWithRuns({ backup: true });
    renameSync(file(folder), `${file(folder)}.restoring`);
    writeFileSync(`${file(folder)}-wal`, 'a log whose database is gone');
    const storage = openStorage(folder, { now: () => start + 1000 });
    expect(storage.notices).toMatchObject([{ code: 'storage.restored' }]);
    expect(storage.runs.counts().queued).toBe(210);
    storage.close();
    expect(existsSync(`${file(folder)}.damaged-20260101T000001000Z-wal`)).toBe(true);
  });
});

describe('a missing database is damage, if the folder was used', () => {
  test('beside a backup: the backup is restored, and the notice says so and names the others', () => {
    const folder = folderWithRuns({ backup: true });
    const storage = openStorage(folder, { now: () => start + 10 });
    storage.backUp();
    storage.close();
    rmSync(file(folder));
    const again = openStorage(folder, { now: () => start + 1000 });
    expect(again.notices).toMatchObject([{ code: 'storage.restored' }]);
    expect(again.notices[0]?.message).toContain('database was missing');
    expect(again.notices[0]?.message).toContain('1 other backup');
    expect(again.runs.counts().queued).toBe(210);
    again.close();
    expect(openStorageNotices(folder)).toEqual([]);
  });

  test('beside a log: the log is set aside, and the backup restored', () => {
    const folder = folderWithRuns({ backup: true });
    rmSync(file(folder));
    writeFileSync(`${file(folder)}-wal`, 'a log without its database');
    expect(openStorageNotices(folder)).toMatchObject([{ code: 'storage.restored' }]);
    expect(readFileSync(`${file(folder)}.damaged-20260101T000001000Z-wal`, 'utf8')).toBe('a log without its database');
  });

  const traces: readonly (readonly [name: string, leave: (folder: string) => void])[] = [
    ['a log', (folder) => writeFileSync(`${file(folder)}-wal`, 'a log without its database')],
    ['a log of one byte', (folder) => writeFileSync(`${file(folder)}-wal`, 'x')],
    ['a stored file', (folder) => new BlobStore(join(folder, 'blobs')).put(Buffer.from('pixels'))],
    [
      "a run's log",
      (folder) => {
        for (const name of ['a.txt', 'run-1.log', 'z.txt']) writeFileAtomic(join(folder, 'logs', name), '');
      },
    ],
    [
      'a backup that cannot be read',
      (folder) => writeFileAtomic(join(folder, 'backups', 'workbench-20250101T000000000Z.sqlite'), 'x\n'.repeat(9999)),
    ],
    ['a damaged database', (folder) => writeFileSync(`${file(folder)}.damaged-20250101T000000000Z`, '')],
  ];
  test.each(traces)('beside %s alone: a new one is created, and the notice says so', (_, leave) => {
    for (const damage of [rmSync, (path: string) => truncateSync(path, 0)]) {
      const folder = folderWithRuns({ backup: false });
      rmSync(join(folder, 'writer.json'));
      damage(file(folder));
      leave(folder);
      expect(openStorageNotices(folder)).toMatchObject([{ code: 'storage.begun-anew' }]);
    }
  });

  test('beside nothing but the note of the last writer', () => {
    const folder = folderWithRuns({ backup: false });
    rmSync(file(folder));
    expect(() => openStorage(folder, { readOnly: true })).toThrow(expect.objectContaining({ code: 'storage.missing' }));
    expect(openStorageNotices(folder)).toMatchObject([{ code: 'storage.begun-anew' }]);
  });

  test('it is said at every start until a study is made', () => {
    const folder = folderWithRuns({ backup: false });
    rmSync(file(folder));
    const [first] = openStorageNotices(folder);
    expect(first).toMatchObject({ code: 'storage.begun-anew', message: expect.stringContaining(file(folder)) });
    expect(openStorageNotices(folder)).toEqual([first]);
    const reader = openStorage(folder, { readOnly: true });
    expect(reader.notices).toEqual([first]);
    reader.close();
    const storage = openStorage(folder, { now: () => start + 2000 });
    expect(storage.notices).toEqual([first]);
    storage.studies.put('new', study(), start + 2000);
    storage.close();
    expect(openStorageNotices(folder)).toEqual([]);
  });

  test('a writer that was killed before it created the database leaves no such note', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'writer.lock'), '');
    writeFileSync(join(folder, 'writer.json'), JSON.stringify({ process: 1, host: 'here', since: '2026' }));
    writeFileSync(file(folder), '');
    expect(openStorageNotices(folder)).toEqual([]);
  });

  test.each([
    ['missing', rmSync],
    ['empty', (path: string) => truncateSync(path, 0)],
  ])('%s, for a reader: refused, with the backup that a start restores', (_, damage) => {
    const folder = folderWithRuns({ backup: true });
    damage(file(folder));
    for (const access of [{ readOnly: true }, { beside: true }]) {
      expect(() => openStorage(folder, access)).toThrow(
        expect.objectContaining({
          code: 'storage.missing',
          remedy: expect.stringContaining('2026-01-01 00:00 UTC'),
        }),
      );
    }
    expect(openStorageNotices(folder)).toMatchObject([{ code: 'storage.restored' }]);
  });

  test('with backups of a newer version only, nothing is changed', () => {
    const folder = folderWithRuns({ backup: true });
    const [name = ''] = readdirSync(join(folder, 'backups'));
    const backup = new BetterSqlite3(join(folder, 'backups', name));
    backup.pragma('user_version = 99');
    backup.close();
    rmSync(file(folder));
    expect(() => openStorage(folder)).toThrow(expect.objectContaining({ code: 'storage.newer' }));
    expect(existsSync(file(folder))).toBe(false);
  });

  test('an empty backup is passed over for one that holds data', () => {
    const folder = folderWithRuns({ backup: true });
    const empty = temporaryFolder();
    const other = openStorage(empty, { now: () => start + day });
    const { path } = other.backUp();
    other.close();
    copyFileSync(path, join(folder, 'backups', 'workbench-20260102T000000000Z.sqlite'));
    rmSync(file(folder));
    expect(runsIn(folder)).toBe(200);
  });

  test('one study is data; without any, the newest backup is restored, empty as it is', () => {
    const folder = temporaryFolder();
    let now = start;
    const storage = openStorage(folder, { now: () => now });
    const first = storage.backUp();
    now += 60_000;
    storage.studies.put('only', { ...study('only'), name: 'only' }, 1);
    const second = storage.backUp();
    now += 60_000;
    storage.close();
    const database = new BetterSqlite3(file(folder));
    database.exec("DELETE FROM study; DELETE FROM sqlite_sequence WHERE name = 'study'");
    database.close();
    const emptied = openStorage(folder, { now: () => now });
    const third = emptied.backUp();
    emptied.close();
    rmSync(file(folder));
    const [notice] = openStorageNotices(folder);
    expect(notice?.message).toContain('backup of 2026-01-01 00:01 UTC was restored');
    expect(notice?.message).toContain('2 other backups');
    expect(notice?.message).not.toContain('holds more');
    rmSync(second.path);
    rmSync(file(folder));
    expect(openStorageNotices(folder)[0]?.message).toContain('backup of 2026-01-01 00:02 UTC was restored');
    for (const path of [first.path, third.path]) rmSync(path);
    rmSync(file(folder));
    const [anew] = openStorageNotices(folder);
    expect(anew).toMatchObject({ code: 'storage.begun-anew' });
    expect(anew?.message).not.toMatch(/renamed|other backup/);
  });
});

function openStorageNotices(folder: string) {
  const storage = openStorage(folder, { now: () => start + 1000 });
  storage.close();
  return storage.notices;
}

describe('backups', () => {
  test('one a day, each whole; the newest seven are kept', () => {
    const folder = folderWithRuns({ backup: false });
    for (let n = 0; n < 20; n++) openStorage(folder, { now: () => start + n * (day / 2) }).close();
    const storage = openStorage(folder, { now: () => start + 9.5 * day, readOnly: true });
    const { backups } = storage.health();
    storage.close();
    expect(backups.map(({ at }) => (at - start) / day)).toEqual([9, 8, 7, 6, 5, 4, 3]);
    for (const { path } of backups) {
      const copy = new BetterSqlite3(path, { readonly: true });
      expect(copy.prepare('SELECT count(*) AS n FROM run').get()).toEqual({ n: 210 });
      copy.close();
    }
    expect(readdirSync(join(folder, 'backups')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('an empty or much poorer database pushes out no backup that holds more', () => {
    const folder = folderWithRuns({ backup: true });
    const rich = readdirSync(join(folder, 'backups'));
    for (const suffix of ['', '-wal', '-shm']) rmSync(file(folder) + suffix, { force: true });
    // As an older version left it: an empty database in its place, without a word.
    const empty = temporaryFolder();
    openStorage(empty, { now: () => start }).close();
    copyFileSync(file(empty), file(folder));
    for (let n = 1; n < 30; n++) {
      const storage = openStorage(folder, { now: () => start + n * day });
      if (n === 10) for (let seed = 0; seed < 5; seed++) storage.runs.ensure(newRun(classifierTask(seed)), 1);
      storage.close();
    }
    const names = readdirSync(join(folder, 'backups'));
    expect(names).toHaveLength(8);
    expect(names).toEqual(expect.arrayContaining(rich));
  });

  test('the last backup of a lost database stays, whatever the next one comes to hold', () => {
    const folder = folderWithRuns({ backup: true });
    const rich = readdirSync(join(folder, 'backups'));
    for (const suffix of ['', '-wal', '-shm']) rmSync(file(folder) + suffix, { force: true });
    copyFileSync(file(folderWithRuns({ backup: false })), file(folder));
    for (let n = 1; n < 12; n++) openStorage(folder, { now: () => start + n * day }).close();
    const names = readdirSync(join(folder, 'backups'));
    expect(names).toHaveLength(8);
    expect(names).toEqual(expect.arrayContaining(rich));
  });

  test('a withdrawal here deletes older ones; one that came with an archive deletes none', () => {
    const folder = temporaryFolder();
    let now = start;
    const storage = openStorage(folder, { now: () => now });
    const own = fillStudy(storage, 'own', 300);
    for (let n = 0; n < 4; n++, now += day) storage.backUp();
    const other = archivesOf(storage).startImport(now);
    const store = (part: Parameters<typeof other.steps>[0]) => storage.transaction(() => runAtOnce(other.steps(part)));
    store({ kind: 'study', name: 'other', createdAt: 1, dataSets: [] });
    store({ kind: 'specs', specs: [{ spec: study('other'), at: 1 }] });
    store({ kind: 'withdrawals', withdrawals: [{ trace: hash(77), name: null, withdrawnAt: now - 1000 }] });
    storage.transaction(() => other.finish('other', null));
    storage.backUp();
    const count = () => readdirSync(join(folder, 'backups')).length;
    expect(count()).toBe(5);
    const [session] = storage.labeling.sessions.ofStudy(own);
    if (!session) throw new Error('no session');
    now += 1;
    storage.labeling.withdrawals.withdraw(session, now);
    now += 1;
    storage.backUp();
    expect(count()).toBe(1);
    storage.close();
  });

  test('what was deleted on purpose holds back no backup', () => {
    const folder = folderWithRuns({ backup: true });
    const rich = readdirSync(join(folder, 'backups'));
    const database = new BetterSqlite3(file(folder));
    database.exec('DELETE FROM run');
    database.close();
    for (let n = 1; n < 10; n++) openStorage(folder, { now: () => start + n * day }).close();
    const names = readdirSync(join(folder, 'backups'));
    expect(names).toHaveLength(7);
    expect(names).not.toEqual(expect.arrayContaining(rich));
  });

  test('while it is open, a host can ask for the one that is due', () => {
    const folder = folderWithRuns({ backup: true });
    let now = start + day - 1;
    const storage = openStorage(folder, { now: () => now });
    expect(storage.backUpIfDue()).toBeNull();
    now++;
    expect(storage.backUpIfDue()?.at).toBe(now);
    storage.close();
  });
});

describe('what is not ours is left as it is', () => {
  test('a database from a newer version is refused, with or without a writer', () => {
    const folder = folderWithRuns({ backup: true });
    const database = new BetterSqlite3(file(folder));
    database.pragma('user_version = 99');
    database.close();
    const bytes = readFileSync(file(folder));
    for (const readOnly of [false, true]) {
      expect(() => openStorage(folder, { readOnly })).toThrow(expect.objectContaining({ code: 'storage.newer' }));
    }
    expect(readFileSync(file(folder))).toEqual(bytes);
  });

  test('a database of another program is refused', () => {
    const folder = temporaryFolder();
    const database = new BetterSqlite3(file(folder));
    database.exec('CREATE TABLE music (title TEXT)');
    database.close();
    expect(() => openStorage(folder)).toThrow(expect.objectContaining({ code: 'storage.foreign' }));
    expect(readdirSync(folder).some((name) => name.includes('damaged'))).toBe(false);
  });
});
