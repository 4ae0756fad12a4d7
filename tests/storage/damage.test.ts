import { copyFileSync, existsSync, readFileSync, readdirSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { openStorage } from '../../main/storage/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { classifierTask, newRun } from '../executors/counting-tasks.ts';

const day = 24 * 3600 * 1000;
const start = Date.UTC(2026, 0, 1);
const file = (folder: string) => join(folder, 'workbench.sqlite');

/** A folder with 200 runs, a backup of it (if wanted), and then 10 more runs. */
function folderWithRuns({ backup }: { backup: boolean }): string {
  const folder = temporaryFolder();
  const storage = openStorage(folder, { now: () => start });
  const queue = (from: number, to: number) =>
    storage.transaction(() => {
      for (let seed = from; seed < to; seed++) storage.runs.ensure(newRun(classifierTask(seed)), 1);
    });
  queue(0, 200);
  if (backup) storage.backUp();
  queue(200, 210);
  storage.close();
  return folder;
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

const damages: readonly (readonly [name: string, damage: (path: string) => void])[] = [
  ['cut to half', (path) => truncateSync(path, Math.floor(readFileSync(path).length / 2))],
  ['cut in the middle of a page', (path) => truncateSync(path, 4096 * 3 + 100)],
  ['cut to nothing', (path) => truncateSync(path, 0)],
  ['cut to 50 bytes', (path) => truncateSync(path, 50)],
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

  test.each(damages.filter(([name]) => name !== 'cut to nothing'))(
    '%s, no backup: an empty one is begun',
    (_, damage) => {
      const folder = folderWithRuns({ backup: false });
      damage(file(folder));
      const storage = openStorage(folder, { now: () => start + 1000 });
      expect(storage.notices).toMatchObject([{ code: 'storage.begun-anew' }]);
      expect(storage.notices[0]?.message).toContain('damaged-20260101T000001000Z');
      expect(storage.runs.list()).toEqual([]);
      storage.close();
    },
  );

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

  test('a damaged backup is passed over for an older one', () => {
    const folder = folderWithRuns({ backup: true });
    const storage = openStorage(folder, { now: () => start + 10 });
    const newest = storage.backUp();
    storage.close();
    truncateSync(newest.path, 5000);
    truncateSync(file(folder), 5000);
    expect(runsIn(folder)).toBe(200);
  });

  test('twice in the same millisecond: both are kept', () => {
    const folder = folderWithRuns({ backup: true });
    for (let n = 0; n < 2; n++) {
      truncateSync(file(folder), 5000);
      expect(runsIn(folder)).toBe(200);
    }
    expect(readdirSync(folder).filter((name) => /damaged-[^-]*(-2)?$/.test(name))).toHaveLength(2);
  });

  test('a crash between setting aside and restoring is finished at the next start', () => {
    const folder = folderWithRuns({ backup: true });
    renameSync(file(folder), `${file(folder)}.restoring`);
    writeFileSync(`${file(folder)}-wal`, 'a log whose database is gone');
    expect(runsIn(folder)).toBe(210);
    expect(existsSync(`${file(folder)}.damaged-20260101T000001000Z-wal`)).toBe(true);
  });
});

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
