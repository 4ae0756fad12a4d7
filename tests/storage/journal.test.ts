import { copyFileSync, cpSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openStorage, type Storage } from '../../main/storage/index.ts';
import { classifierTask, newRun } from '../executors/counting-tasks.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const now = () => Date.UTC(2026, 0, 1);

const queue = (storage: Storage, from: number, to: number): void => {
  for (let seed = from; seed < to; seed++) storage.runs.ensure(newRun(classifierTask(seed)), 1);
};

/** A data folder as a kill leaves it: 20 transactions are in the journal only. Gives the journal's path. */
function crashed(work: (storage: Storage) => void = (storage) => queue(storage, 0, 20)): {
  folder: string;
  wal: string;
} {
  const folder = temporaryFolder();
  // Its schema is in the database, as after any start but the first.
  openStorage(folder, { now }).close();
  const storage = openStorage(folder, { now });
  work(storage);
  const copy = join(temporaryFolder(), 'data');
  cpSync(folder, copy, { recursive: true });
  storage.close();
  return { folder: copy, wal: join(copy, 'workbench.sqlite-wal') };
}

function opened(folder: string): { codes: string[]; runs: number } {
  const storage = openStorage(folder, { now });
  const codes = storage.notices.map(({ code }) => code);
  const runs = storage.runs.list().length;
  storage.close();
  return { codes, runs };
}

/** Flips a bit of the byte that lies in the journal so many bytes before its end. */
function flip(path: string, beforeEnd: number): void {
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - beforeEnd) ^ 1, bytes.length - beforeEnd);
  writeFileSync(path, bytes);
}

test('what a kill leaves is complete, and there is nothing to say', () => {
  expect(opened(crashed().folder)).toEqual({ codes: [], runs: 20 });
});

test.each<[string, (wal: string) => void]>([
  ['a bit of its last page', (wal) => flip(wal, 100)],
  ['a bit in its middle', (wal) => flip(wal, 30_000)],
  ['a bit of its header', (wal) => flip(wal, readFileSync(wal).length - 3)],
  ['cut in a page', (wal) => truncateSync(wal, readFileSync(wal).length - 500)],
  ['cut between pages', (wal) => truncateSync(wal, readFileSync(wal).length - 4120)],
  ['empty', (wal) => truncateSync(wal, 0)],
  ['gone', (wal) => rmSync(wal)],
])('a damaged journal (%s) is said, and what is left of it is kept', (_, damage) => {
  const { folder, wal } = crashed();
  damage(wal);
  const left = existsSync(wal) && readFileSync(wal).length > 0 ? readFileSync(wal) : null;
  const { codes, runs } = opened(folder);
  expect(codes).toEqual(['storage.journal-damaged']);
  expect(runs).toBeLessThan(20);
  const kept = join(folder, 'workbench.sqlite.damaged-20260101T000000000Z-wal');
  expect(existsSync(kept) ? readFileSync(kept) : null).toEqual(left);
  expect(opened(folder).codes).toEqual([]);
});

test('without its index, damage before the last two transactions is still found', () => {
  const { folder, wal } = crashed();
  rmSync(join(folder, 'workbench.sqlite-shm'));
  flip(wal, 60_000);
  expect(opened(folder).codes).toEqual(['storage.journal-damaged']);
});

test('a transaction that was half written when the power failed is none', () => {
  const { folder, wal } = crashed();
  const before = readFileSync(wal);
  const copy = crashed();
  writeFileSync(copy.wal, Buffer.concat([readFileSync(copy.wal), before.subarray(32, 32 + 4120 + 1000)]));
  expect(opened(copy.folder)).toEqual({ codes: [], runs: 20 });
  // The last transaction reached the disk in part, and its index did not.
  rmSync(join(folder, 'workbench.sqlite-shm'));
  truncateSync(wal, before.length - 2000);
  expect(opened(folder)).toEqual({ codes: [], runs: 19 });
});

test('a journal that was begun anew, with an index from before, is complete', () => {
  const { folder } = crashed((storage) => {
    queue(storage, 0, 20);
    copyFileSync(join(storage.folder, 'workbench.sqlite-shm'), join(storage.folder, 'shm-before'));
    const other = new BetterSqlite3(join(storage.folder, 'workbench.sqlite'));
    other.pragma('wal_checkpoint(RESTART)');
    other.close();
    queue(storage, 20, 23);
  });
  copyFileSync(join(folder, 'shm-before'), join(folder, 'workbench.sqlite-shm'));
  expect(opened(folder)).toEqual({ codes: [], runs: 23 });
});
