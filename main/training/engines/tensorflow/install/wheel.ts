import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { UserError } from '../../../../contract/wire/errors.ts';
import { makeFolder } from '../../../../files/atomic.ts';
import { ZipArchive } from '../../../../files/zip/reader.ts';

/** Path of a wheel's member relative to the target folder; undefined skips it. */
type Placement = (member: string) => string | undefined;

interface Written {
  member: string;
  path: string;
  /** URL-safe base64 without padding, as in RECORD. */
  hash: string;
  bytes: number;
}

/**
 * Unpacks the needed members of a wheel as a stream, durably, and checks each against the wheel's own RECORD (PEP 427:
 * lines `path,sha256=hash,size`). @param onBytes receives the number of newly written bytes
 * @returns paths of the files, relative to `target`
 * @throws UserError `engine.wheel-damaged` if a member differs from RECORD, or RECORD is missing
 */
export async function unpackWheel(
  wheel: string,
  target: string,
  placement: Placement,
  onBytes: (bytes: number) => void = () => {},
): Promise<string[]> {
  const written: Written[] = [];
  let record = '';
  let zip: ZipArchive | undefined;
  try {
    zip = await ZipArchive.open(wheel);
    for (const entry of zip.entries) {
      const { name: member } = entry;
      const path = placement(member);
      if (/^[^/]+\.dist-info\/RECORD$/.test(member)) {
        record = (await zip.read(entry)).toString('utf8');
      } else if (path !== undefined) {
        written.push({ member, path, ...(await writeMember(await zip.stream(entry), join(target, path), onBytes)) });
      }
    }
  } catch (error) {
    throw isFileError(error) ? error : damaged(wheel, 'it is not a complete zip file', error);
  } finally {
    zip?.close();
  }
  checkAgainstRecord(wheel, written, parseRecord(record));
  return written.map(({ path }) => path);
}

/** Hash and size of the members listed in RECORD. */
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
    if (expected?.hash !== hash || expected.bytes !== bytes) throw damaged(wheel, `${member} differs from RECORD`);
  }
}

async function writeMember(
  content: Readable,
  path: string,
  onBytes: (bytes: number) => void,
): Promise<Pick<Written, 'hash' | 'bytes'>> {
  makeFolder(dirname(path));
  const output = openSync(path, 'w');
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of content as AsyncIterable<Buffer>) {
      for (let from = 0; from < chunk.length; ) from += writeSync(output, chunk, from);
      hash.update(chunk);
      bytes += chunk.length;
      onBytes(chunk.length);
    }
    fsyncSync(output);
  } finally {
    closeSync(output);
  }
  return { hash: hash.digest('base64url'), bytes };
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

function damaged(wheel: string, why: string, cause?: unknown): UserError {
  return new UserError(
    'engine.wheel-damaged',
    `the downloaded package is damaged: ${why}`,
    wheel,
    'Start again: that downloads it again.',
    { cause },
  );
}
