import type { FileHandle } from 'node:fs/promises';
import { Readable, Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import { ZipFile } from 'yazl';
import { steadyWriter } from '../atomic.ts';

const deflate = promisify(deflateRaw);

/** What an archive without the zip64 extension holds: entries, and bytes with room for what is still to be written. */
export const maxZipEntries = 65_534;
export const maxZipBytes = 0xff00_0000;

/** A file that shrinks more than this is stored uncompressed: readers take such files for bombs. */
const maxRatio = 100;
/** A file is compressed if this many of its first bytes shrink by 3 % or more. */
const sampleBytes = 2 ** 20;
const level = 6;
/** Bytes that are handed to the archive at a time, so that this thread never pauses for long. */
const pieceBytes = 256 * 1024;

/**
 * Writes a zip archive file by file. The same files give the same bytes: every entry has one date. Compression happens
 * off this thread.
 */
export class ZipWriter {
  readonly #zip = new ZipFile();
  readonly #written: Promise<void>;
  readonly #most: { bytes: number; entries: number };
  #bytes = 0;
  #entries = 0;

  /**
   * @param output gets the archive and is ended with it
   * @param most bytes and entries of the archive
   */
  constructor(output: Writable, most = { bytes: maxZipBytes, entries: maxZipEntries }) {
    this.#most = most;
    this.#zip.outputStream.on('data', (piece: Buffer) => {
      this.#bytes += piece.length;
    });
    this.#written = pipeline(this.#zip.outputStream, output);
    // `add` and `end` report the error.
    this.#written.catch(() => undefined);
  }

  /** Writes to a file that stays open: closing it is left to the caller. */
  static toFile(file: FileHandle): ZipWriter {
    const writeSteadily = steadyWriter(file);
    const write = (piece: Uint8Array, _: unknown, done: (error?: Error) => void) => {
      writeSteadily(piece).then(() => done(), done);
    };
    return new ZipWriter(new Writable({ write }));
  }

  /** Bytes written so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @throws RangeError where the archive would need zip64: callers compare `bytes` with `maxZipBytes` before. */
  async add(name: string, data: Uint8Array): Promise<void> {
    if (this.#bytes + data.length > this.#most.bytes || this.#entries >= this.#most.entries) {
      throw new RangeError('ZipWriter: more than an archive holds');
    }
    this.#entries++;
    const compressionLevel = (await isWorthCompressing(data)) ? level : 0;
    const pieces = Readable.from(splitBytes(data));
    this.#zip.addReadStream(pieces, name, {
      size: data.length,
      compressionLevel,
      mode: 0o100644,
      forceDosTimestamp: true,
      // Archives hold local times from 1980 on; two days later it is 1980 in every time zone.
      mtime: new Date(1980, 0, 3),
    });
    await Promise.race([finished(pieces), this.#written]);
  }

  /** Writes the directory. Nothing can be added afterwards. */
  async end(): Promise<void> {
    this.#zip.end();
    await this.#written;
  }
}

function* splitBytes(data: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < data.length; from += pieceBytes) yield data.subarray(from, from + pieceBytes);
}

async function isWorthCompressing(data: Uint8Array): Promise<boolean> {
  const sample = data.subarray(0, sampleBytes);
  const packedSample = await deflate(sample, { level });
  if (packedSample.length >= sample.length * 0.97) return false;
  if (data.length <= packedSample.length * maxRatio) return true;
  if (sample.length === data.length) return false;
  const packed = await deflate(data, { level });
  return data.length <= packed.length * maxRatio;
}
