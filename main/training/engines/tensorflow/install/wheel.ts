import { createHash } from 'node:crypto';
import { closeSync, createReadStream, fsyncSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Unzip, UnzipInflate } from 'fflate';
import type { UnzipFile } from 'fflate';
import { UserError } from '../../../../contract/errors.ts';
import { makeFolder } from '../../../../files/atomic.ts';

/** Where a member of a wheel goes, relative to the target folder; undefined: it is not needed. */
export type Placement = (member: string) => string | undefined;

interface Written {
  member: string;
  path: string;
  /** As RECORD writes it: URL-safe base64 without padding. */
  hash: string;
  bytes: number;
}

/**
 * Unpacks the needed members of a wheel as a stream, durably, and checks each against the wheel's own RECORD (PEP 427:
 * lines `path,sha256=hash,size`).
 * @param onBytes told how many bytes more were written
 * @returns paths of the files, relative to `target`
 * @throws UserError `engine.wheel-damaged` if a member is not what RECORD says, or there is no RECORD
 */
export async function unpackWheel(
  wheel: string,
  target: string,
  placement: Placement,
  onBytes: (bytes: number) => void = () => {},
): Promise<string[]> {
  const written: Written[] = [];
  let record = '';
  const unzip = new Unzip((file) => {
    const path = placement(file.name);
    if (/^[^/]+\.dist-info\/RECORD$/.test(file.name)) {
      readText(file, (text) => {
        record = text;
      });
    } else if (path !== undefined && !file.name.endsWith('/')) {
      const done = (hash: string, bytes: number) => written.push({ member: file.name, path, hash, bytes });
      writeMember(file, join(target, path), done, onBytes);
    }
  });
  unzip.register(UnzipInflate);
  try {
    for await (const chunk of createReadStream(wheel, { highWaterMark: 1 << 20 })) unzip.push(chunk as Uint8Array);
    unzip.push(new Uint8Array(0), true);
  } catch (error) {
    throw isFileError(error) ? error : damaged(wheel, 'it is not a whole zip file', error);
  }
  checkAgainstRecord(wheel, written, parseRecord(record));
  return written.map(({ path }) => path);
}

/** Hash and size of each member that RECORD knows them of. */
export function parseRecord(text: string): Map<string, { hash: string; bytes: number }> {
  const lines = text.split(/\r?\n/).flatMap((line) => {
    const match = /^(?:"(.*)"|(.*)),sha256=([\w-]+),(\d+)$/.exec(line);
    const member = match?.[1]?.replaceAll('""', '"') ?? match?.[2];
    return member && match?.[3] ? [[member, { hash: match[3], bytes: Number(match[4]) }] as const] : [];
  });
  return new Map(lines);
}

function checkAgainstRecord(wheel: string, written: Written[], record: ReturnType<typeof parseRecord>): void {
  if (record.size === 0) throw damaged(wheel, 'it has no list of its files (RECORD)');
  for (const { member, hash, bytes } of written) {
    const expected = record.get(member);
    if (expected?.hash !== hash || expected.bytes !== bytes) throw damaged(wheel, `${member} is not what RECORD says`);
  }
}

function readText(file: UnzipFile, done: (text: string) => void): void {
  const chunks: Uint8Array[] = [];
  file.ondata = (error, chunk, final) => {
    if (error) throw error;
    chunks.push(chunk);
    if (final) done(Buffer.concat(chunks).toString('utf8'));
  };
  file.start();
}

function writeMember(
  file: UnzipFile,
  path: string,
  done: (hash: string, bytes: number) => void,
  onBytes: (bytes: number) => void,
): void {
  makeFolder(dirname(path));
  const output = openSync(path, 'w');
  const hash = createHash('sha256');
  let bytes = 0;
  file.ondata = (error, chunk, final) => {
    if (error) throw error;
    for (let from = 0; from < chunk.length; ) from += writeSync(output, chunk, from);
    hash.update(chunk);
    bytes += chunk.length;
    onBytes(chunk.length);
    if (!final) return;
    fsyncSync(output);
    closeSync(output);
    done(hash.digest('base64url'), bytes);
  };
  file.start();
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

function damaged(wheel: string, why: string, cause?: unknown): UserError {
  return new UserError({
    code: 'engine.wheel-damaged',
    what: `the downloaded package is damaged: ${why}`,
    where: wheel,
    remedy: 'Start again: it will be downloaded anew.',
    cause,
  });
}
