import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { UserError } from '../../../../contract/errors.ts';
import { pipDownload, wheelAddress } from './pip.ts';
import type { Release, Wheel } from './release.ts';
import { megabytes } from './report.ts';
import type { Progress } from './report.ts';
import type { Tools } from './tools.ts';
import { makeFolder } from '../../../../files/atomic.ts';

interface Request {
  release: Release;
  tools: Tools;
  /** Kept between attempts; holds whole wheels and the part of one that was begun. */
  folder: string;
  environment: NodeJS.ProcessEnv;
  progress: Progress;
}

/**
 * TensorFlow's wheel, checked against its hash. pip says where it is; it is fetched from there directly, because pip
 * starts a broken download from the beginning. Where that does not work (a proxy, a private index), pip fetches it.
 * @returns its path
 * @throws UserError `engine.offline`, `engine.download` or `engine.wheel-unknown`
 */
export async function fetchWheel({ release, tools, folder, environment, progress }: Request): Promise<string> {
  const { wheel } = release;
  const path = join(folder, wheel.file);
  makeFolder(folder);
  if (existsSync(path) && (await sha256OfFile(path)) === wheel.sha256) return path;
  rmSync(path, { force: true });

  const requirement = `${wheel.project}==${release.id.split('-')[0]}`;
  const address = await wheelAddress(requirement, release, tools, environment);
  const part = `${path}.part`;
  if (address && (await fetchDirectly(address, part, wheel, progress))) {
    renameSync(part, path);
    return path;
  }
  await pipDownload([requirement], release, tools, folder, environment, (bytes) =>
    progress(`${megabytes(bytes)} of ${megabytes(wheel.bytes)}`),
  );
  if (!existsSync(path) || (await sha256OfFile(path)) !== wheel.sha256) {
    rmSync(path, { force: true });
    throw unknownWheel(wheel);
  }
  return path;
}

/** The libraries of CUDA, as pip finds them: newer ones are taken as they come. Returns the paths of their wheels. */
export async function fetchCompanions({ release, tools, folder, environment, progress }: Request): Promise<string[]> {
  if (release.companions.length === 0) return [];
  const target = join(folder, `${release.id}-libraries`);
  await pipDownload(release.companions, release, tools, target, environment, (bytes) =>
    progress(`${megabytes(bytes)} of about 2800 MB`),
  );
  return readdirSync(target)
    .filter((name) => name.endsWith('.whl'))
    .map((name) => join(target, name));
}

/**
 * Downloads into `part`, going on where an earlier attempt broke off, as often as each attempt brings something.
 * @returns false if it did not come, or is not the file that it should be; what came of the right file is kept
 */
async function fetchDirectly(address: string, part: string, wheel: Wheel, progress: Progress): Promise<boolean> {
  const size = (): number => statSync(part, { throwIfNoEntry: false })?.size ?? 0;
  if (size() > wheel.bytes) rmSync(part);
  for (let before = -1; size() < wheel.bytes && size() > before; ) {
    before = size();
    try {
      await appendRest(address, part, before, wheel.bytes, progress);
    } catch (error) {
      if (isDiskError(error)) throw error;
    }
  }
  if (size() < wheel.bytes) return false;
  if ((await sha256OfFile(part)) === wheel.sha256) return true;
  rmSync(part);
  return false;
}

async function appendRest(
  address: string,
  part: string,
  from: number,
  total: number,
  progress: Progress,
): Promise<void> {
  const response = await fetch(address, { headers: from > 0 ? { range: `bytes=${from}-` } : {} });
  if (!response.ok || !response.body) throw new Error(`${response.status} ${response.statusText}`);
  const resumed = response.status === 206;
  let done = resumed ? from : 0;
  const count = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      done += chunk.length;
      progress(`${megabytes(done)} of ${megabytes(total)}${resumed ? ', resumed' : ''}`);
      yield chunk;
    }
  };
  await pipeline(
    Readable.fromWeb(response.body as ReadableStream),
    count,
    createWriteStream(part, { flags: resumed ? 'a' : 'w' }),
  );
}

function isDiskError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && (error.syscall === 'write' || error.syscall === 'open');
}

export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

function unknownWheel(wheel: Wheel): UserError {
  return new UserError({
    code: 'engine.wheel-unknown',
    what: 'the TensorFlow that pip brought is not the one that this version knows',
    where: wheel.file,
    remedy: 'Check which package index pip is set to (`python3 -m pip config list`).',
  });
}
