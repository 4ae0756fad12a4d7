import { copyFileSync, cpSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { beforeEach, describe, expect, test } from 'vitest';
import { openStorage, type Storage } from '../../main/storage/open.ts';
import { findJournalDamage } from '../../main/storage/journal.ts';
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
  ['of one byte', (wal) => truncateSync(wal, 1)],
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

describe('the bytes of a journal and its index', () => {
  const pageBytes = 512;
  const frameBytes = 24 + pageBytes;
  const salts = [0xdeadbeef, 0x12345678] as const;

  type Word = 'LE' | 'BE';
  const read = (bytes: Buffer, at: number, word: Word): bigint =>
    BigInt(word === 'BE' ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at));
  /** SQLite's checksum, as its file format says it, in numbers without a sign. */
  const sumOf = (bytes: Buffer, word: Word, [first, second]: readonly bigint[] = [0n, 0n]): [bigint, bigint] => {
    let [a, b] = [first ?? 0n, second ?? 0n];
    for (let at = 0; at < bytes.length; at += 8) {
      a = (a + read(bytes, at, word) + b) % 2n ** 32n;
      b = (b + read(bytes, at + 4, word) + a) % 2n ** 32n;
    }
    return [a, b];
  };
  const putSum = (bytes: Buffer, at: number, sum: readonly bigint[]): void =>
    sum.forEach((half, n) => bytes.writeUInt32BE(Number(half), at + 4 * n));

  /** A journal whose frames end a transaction (`true`) or do not, and the positions of its frames. */
  function journal(commits: readonly boolean[], word: Word = 'LE'): Buffer {
    const header = Buffer.alloc(32);
    [word === 'BE' ? 0x377f0683 : 0x377f0682, 3_007_000, pageBytes, 1, ...salts].forEach((value, n) =>
      header.writeUInt32BE(value, 4 * n),
    );
    let sum = sumOf(header.subarray(0, 24), word);
    putSum(header, 24, sum);
    const frames = commits.map((isCommit, n) => {
      const frame = Buffer.alloc(frameBytes);
      frame.writeUInt32BE(n + 1, 0);
      frame.writeUInt32BE(isCommit ? 9 : 0, 4);
      salts.forEach((salt, k) => frame.writeUInt32BE(salt, 8 + 4 * k));
      for (let at = 24; at < frameBytes; at++) frame[at] = (at * 97 + n * 131 + 255) % 256;
      sum = sumOf(frame.subarray(24), word, sumOf(frame.subarray(0, 8), word, sum));
      putSum(frame, 16, sum);
      return frame;
    });
    return Buffer.concat([header, ...frames]);
  }

  /** An index of this machine, of a journal with `frames` frames of which `copied` are in the database. */
  function index(frames: number, copied: number): Buffer {
    const bytes = Buffer.alloc(136);
    bytes.writeUInt32LE(3_007_000, 0);
    bytes.writeUInt8(1, 12);
    bytes.writeUInt32LE(frames, 16);
    for (let at = 20; at < 32; at += 4) bytes.writeUInt32LE(0xfedcba98, at);
    salts.forEach((salt, n) => bytes.writeUInt32BE(salt, 32 + 4 * n));
    sumOf(bytes.subarray(0, 40), 'LE').forEach((half, n) => bytes.writeUInt32LE(Number(half), 40 + 4 * n));
    bytes.copy(bytes, 48, 0, 48);
    bytes.writeUInt32LE(copied, 96);
    return bytes;
  }

  let folder: string;
  let made = 0;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  /** What is found beside a database with these files; `null`: there is none. */
  function found(wal: Buffer | null, shm: Buffer | null): string | null {
    const path = join(folder, `${made++}.sqlite`);
    if (wal) writeFileSync(`${path}-wal`, wal);
    if (shm) writeFileSync(`${path}-shm`, shm);
    return findJournalDamage(path);
  }
  const changed = (bytes: Buffer, at: number, mask = 1): Buffer => {
    const copy = Buffer.from(bytes);
    copy.writeUInt8(copy.readUInt8(at) ^ mask, at);
    return copy;
  };
  const incomplete = 'cannot be read to its end';
  const all = [true, true, true, true];

  test('every frame that the index counts must check, in both orders of bytes', () => {
    for (const word of ['LE', 'BE'] as const) {
      const whole = journal(all, word);
      expect([3, 4, 5].map((frames) => found(whole, index(frames, 0)))).toEqual([null, null, incomplete]);
      for (let at = 32 + 3 * frameBytes; at < whole.length; at += 12)
        expect(found(changed(whole, at), index(4, 0)), String(at)).toBe(incomplete);
      for (const at of [3, 4, 16, 23, 24, 27, 28, 31])
        expect(found(changed(whole, at), index(4, 0)), String(at)).toBe('cannot be read');
      // Nothing of it is missing in the database, or the frame that does not check is not counted yet.
      expect(found(changed(whole, 28), index(4, 4))).toBeNull();
      expect(found(changed(whole, 32 + 3 * frameBytes), index(3, 2))).toBeNull();
    }
    const other = journal(all);
    other.writeUInt32BE(0x377f0681, 0);
    putSum(other, 24, sumOf(other.subarray(0, 24), 'LE'));
    expect(found(other, index(4, 0))).toBe('cannot be read');
  });

  test('a journal is needed only while frames are to be copied from it', () => {
    const copied = (n: number) => found(null, index(4, n));
    expect([0, 3, 4, 5].map(copied)).toEqual(['is missing', 'is missing', null, null]);
    expect(found(Buffer.alloc(0), index(4, 3))).toBe('cannot be read');
    const empty = journal([]);
    expect([found(empty, index(0, 0)), found(empty, index(1, 0))]).toEqual([null, incomplete]);
    expect(found(empty.subarray(0, 31), index(1, 0))).toBe('cannot be read');
    expect([found(null, null), found(Buffer.alloc(0), null), found(empty, null)]).toEqual([null, null, null]);
    // The last frame counts if it is complete.
    const whole = journal(all);
    expect(found(whole.subarray(0, -1), index(4, 0))).toBe(incomplete);
    expect(found(Buffer.concat([whole, Buffer.alloc(frameBytes - 1)]), index(4, 0))).toBeNull();
  });

  test('without an index, two transactions behind the damage tell of it', () => {
    const behind = (commits: readonly boolean[], at: number) => found(changed(journal(commits), at), null);
    const [first, second, third] = [0, 1, 2].map((n) => 32 + n * frameBytes + 30) as [number, number, number];
    expect([first, second, third].map((at) => behind(all, at))).toEqual([incomplete, incomplete, null]);
    expect(behind([true, true, false, true], second)).toBeNull();
    expect(behind([true, false, false, true, true], second)).toBe(incomplete);
    // A frame that did not reach the disk in full ends nothing.
    expect(found(changed(journal(all), second).subarray(0, -1), null)).toBeNull();
    // The frame that does not check is none of them, and neither are those of a journal from before.
    expect(behind([true, true, true], second)).toBeNull();
    for (const at of [8, 15]) {
      const older = changed(journal(all), first);
      expect(found(older, null)).toBe(incomplete);
      const [one, two] = [1, 2].map((n) => 32 + n * frameBytes + at) as [number, number];
      expect(found(changed(older, one), null)).toBe(incomplete);
      expect(found(changed(changed(older, one), two), null)).toBeNull();
    }
    // A frame of another journal ends this one, though its sum is right.
    expect(behind(all, 32 + frameBytes + 8)).toBe(incomplete);
  });

  test('an index that does not check, or is of another journal, says nothing', () => {
    const whole = journal(all);
    const known = index(5, 0);
    expect(found(whole, known)).toBe(incomplete);
    expect(found(whole, known.subarray(0, 135))).toBeNull();
    expect(found(whole, Buffer.concat([known, Buffer.alloc(1)]))).toBe(incomplete);
    // Both copies alike, and each of them alone.
    for (const at of [0, 12, 16, 31, 32, 39, 40, 43, 44, 47]) {
      expect(found(whole, changed(changed(known, at), 48 + at)), String(at)).toBeNull();
      expect(found(whole, changed(known, at)), String(at)).toBeNull();
      expect(found(whole, changed(known, 48 + at)), String(at)).toBeNull();
    }
    const begun = index(5, 0);
    begun.writeUInt8(0, 12);
    sumOf(begun.subarray(0, 40), 'LE').forEach((half, n) => begun.writeUInt32LE(Number(half), 40 + 4 * n));
    begun.copy(begun, 48, 0, 48);
    expect(found(whole, begun)).toBeNull();
    const anew = index(5, 0);
    anew.writeUInt8(anew.readUInt8(35) ^ 1, 35);
    sumOf(anew.subarray(0, 40), 'LE').forEach((half, n) => anew.writeUInt32LE(Number(half), 40 + 4 * n));
    anew.copy(anew, 48, 0, 48);
    expect(found(whole, anew)).toBeNull();
    // Of another journal, but the journal itself shows a loss.
    expect(found(changed(whole, 32 + 30), anew)).toBe(incomplete);
  });
});
