import { existsSync, readFileSync, statSync } from 'node:fs';
import { endianness } from 'node:os';

/**
 * Loss in the journal of a database that nobody has open. SQLite replays a journal up to the first frame that does not
 * check, without a word: what a torn write left behind a crash looks the same as damage. What tells them apart is the
 * index (`-shm`), which counts a transaction's frames only after they are on disk, or further transactions behind the
 * damage. Formats: https://www.sqlite.org/walformat.html
 */
export function findJournalDamage(path: string): string | null {
  const journal = readJournal(`${path}-wal`);
  const index = readIndex(`${path}-shm`);
  if (index && index.frames > index.copied) {
    if (!journal) return existsSync(`${path}-wal`) ? 'cannot be read' : 'is missing';
    // A journal that was begun anew has other salts, and begins once everything is copied into the database.
    if (journal.salts.equals(index.salts)) return journal.frames < index.frames ? 'cannot be read to its end' : null;
  }
  // One transaction may be half written at a crash, with its last frame on disk before others.
  return journal && journal.commitsBehind > 1 ? 'cannot be read to its end' : null;
}

interface Journal {
  salts: Buffer;
  /** Frames that SQLite replays, unless the last transaction among them has no end. */
  frames: number;
  /** Transactions of the same journal that end behind the first frame that does not check. */
  commitsBehind: number;
}

const headerBytes = 32;
const frameHeaderBytes = 24;

/** Undefined: there is no journal, or its header does not check. */
function readJournal(path: string): Journal | undefined {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) < headerBytes) return undefined;
  const bytes = readFileSync(path);
  const magic = bytes.readUInt32BE(0);
  if (magic !== 0x377f0682 && magic !== 0x377f0683) return undefined;
  const isBigEndian = magic === 0x377f0683;
  let sum = checksum(bytes.subarray(0, 24), isBigEndian, [0, 0]);
  if (!isSum(bytes, 24, sum)) return undefined;
  const salts = bytes.subarray(16, 24);
  const size = frameHeaderBytes + bytes.readUInt32BE(8);
  let frames = 0;
  let commitsBehind = 0;
  let isIntact = true;
  for (let at = headerBytes; at + size <= bytes.length; at += size) {
    const isOurs = bytes.subarray(at + 8, at + 16).equals(salts);
    if (isIntact) {
      const own = checksum(bytes.subarray(at, at + 8), isBigEndian, sum);
      sum = checksum(bytes.subarray(at + frameHeaderBytes, at + size), isBigEndian, own);
      isIntact = isOurs && isSum(bytes, at + 16, sum);
      if (isIntact) frames += 1;
    } else if (isOurs && bytes.readUInt32BE(at + 4) !== 0) commitsBehind += 1;
  }
  return { salts, frames, commitsBehind };
}

type Sum = readonly [number, number];

/** SQLite's checksum of 32-bit words, continued from `sum`. */
function checksum(bytes: Buffer, isBigEndian: boolean, [first, second]: Sum): Sum {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let [a, b] = [first, second];
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    a = (a + view.getUint32(at, !isBigEndian) + b) >>> 0;
    b = (b + view.getUint32(at + 4, !isBigEndian) + a) >>> 0;
  }
  return [a, b];
}

const isSum = (bytes: Buffer, at: number, [first, second]: Sum): boolean =>
  bytes.readUInt32BE(at) === first && bytes.readUInt32BE(at + 4) === second;

interface JournalIndex {
  salts: Buffer;
  /** Frames of the journal that are on disk. */
  frames: number;
  /** How many of them were copied into the database. */
  copied: number;
}

const indexHeaderBytes = 48;

/** Undefined: there is no index, it does not check, or it is from a machine of the other byte order. */
function readIndex(path: string): JournalIndex | undefined {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) < 136) return undefined;
  const bytes = readFileSync(path).subarray(0, 136);
  const header = bytes.subarray(0, indexHeaderBytes);
  if (!header.equals(bytes.subarray(indexHeaderBytes, 2 * indexHeaderBytes))) return undefined;
  const isBigEndian = endianness() === 'BE';
  const read = (at: number): number => (isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at));
  const [first, second] = checksum(header.subarray(0, 40), isBigEndian, [0, 0]);
  if (header.readUInt8(12) !== 1 || read(40) !== first || read(44) !== second) return undefined;
  return { salts: header.subarray(32, 40), frames: read(16), copied: read(96) };
}
