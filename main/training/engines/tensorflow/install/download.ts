import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { UserError } from '../../../../contract/wire/errors.ts';
import { makeFolder } from '../../../../files/atomic.ts';
import { type PinnedFile, type Release, type Wheel, wheelPython } from './release.ts';
import { megabytes, type Progress } from './report.ts';
import { type Finished, lastLines, runToEnd, type Tools } from './tools.ts';

interface Request {
  release: Release;
  tools: Tools;
  /** Kept between attempts; contains complete wheels and a partial one. */
  folder: string;
  environment: NodeJS.ProcessEnv;
  progress: Progress;
}

/**
 * TensorFlow's wheel, checked against its hash. pip gives its address and it is downloaded from there directly, because
 * pip restarts an interrupted download from the beginning. If that fails (a proxy, a private index), pip downloads it.
 * @returns its path @throws UserError `engine.offline`, `engine.download` or `engine.wheel-unknown`
 */
export async function fetchWheel({ release, tools, folder, environment, progress }: Request): Promise<string> {
  const { wheel } = release;
  const path = join(folder, wheel.file);
  makeFolder(folder);
  if (existsSync(path) && (await hashFile(path)) === wheel.sha256) return path;
  rmSync(path, { force: true });

  const address = await wheelAddress(versionOf(wheel), release, tools, environment);
  const part = `${path}.part`;
  if (address && (await fetchDirectly(address, part, wheel, progress))) {
    renameSync(part, path);
    return path;
  }
  await pipDownload([wheel], release, tools, folder, environment, (bytes) =>
    progress(`${megabytes(bytes)} of ${megabytes(wheel.bytes)}`),
  );
  return verified(wheel, folder);
}

/** CUDA's libraries, checked against their hashes. Returns the paths of their wheels. @throws as `fetchWheel` */
export async function fetchCompanions({ release, tools, folder, environment, progress }: Request): Promise<string[]> {
  if (release.companions.length === 0) return [];
  const target = join(folder, `${release.id}-libraries`);
  await pipDownload(release.companions, release, tools, target, environment, (bytes) =>
    progress(`${megabytes(bytes)} of about 2800 MB`),
  );
  const paths: string[] = [];
  for (const library of release.companions) paths.push(await verified(library, target));
  return paths;
}

/** @throws UserError `engine.wheel-unknown`; the file is deleted then */
async function verified(wheel: PinnedFile, folder: string): Promise<string> {
  const path = join(folder, wheel.file);
  if (existsSync(path) && (await hashFile(path)) === wheel.sha256) return path;
  rmSync(path, { force: true });
  throw unknownWheel(wheel);
}

/** Downloads into `part`, resuming while each attempt adds something. False: incomplete (kept), or another file. */
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
  if ((await hashFile(part)) === wheel.sha256) return true;
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

export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

function unknownWheel(wheel: PinnedFile): UserError {
  return new UserError(
    'engine.wheel-unknown',
    `pip downloaded a different ${wheel.project} than this version of the program expects`,
    wheel.file,
    'Check which package index pip is set to (`python3 -m pip config list`).',
  );
}

/** From this version on, pip gives the address of a file without downloading it (PEP 658). */
const pipWithoutDownload = 23;

/** From this version on, pip resumes interrupted downloads within one call. */
const resumingPip = [25, 1] as const;

const retryOptions = ['--retries', '1', '--timeout', '30'];

/** The address of a wheel, if this pip gives it. @throws UserError `engine.offline` if pip cannot reach the index */
async function wheelAddress(
  requirement: string,
  release: Release,
  { python, pip }: Tools,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  if (pip[0] < pipWithoutDownload) return undefined;
  const ask = ['install', '--dry-run', '--ignore-installed', '--quiet', '--report', '-', '--target', 'unused'];
  const args = ['-m', 'pip', ...ask, ...retryOptions, ...platformOptions(release), requirement];
  const answer = await runToEnd(python, args, { env: environment });
  if (answer.code !== 0) {
    if (isOffline(answer)) throw offline(answer);
    return undefined;
  }
  return addressIn(answer.stdout);
}

/** Reads the address out of pip's installation report. */
function addressIn(report: string): string | undefined {
  try {
    const url: unknown = JSON.parse(report).install[0].download_info.url;
    return typeof url === 'string' && /^https?:/.test(url) ? url : undefined;
  } catch {
    return undefined;
  }
}

/** A requirement for pip, e.g. `tensorflow==2.21.0`. */
const versionOf = ({ project, file }: PinnedFile): string => `${project}==${file.split('-')[1]}`;

/**
 * `pip download` of files with these hashes only, with temporary files in `folder`.
 * @throws UserError `engine.offline`, `engine.download`
 */
async function pipDownload(
  wheels: readonly PinnedFile[],
  release: Release,
  { python, pip }: Tools,
  folder: string,
  environment: NodeJS.ProcessEnv,
  onBytes: (bytes: number) => void,
): Promise<void> {
  makeFolder(folder);
  const temporary = mkdtempSync(join(folder, 'pip-'));
  const resumes = pip[0] > resumingPip[0] || (pip[0] === resumingPip[0] && pip[1] >= resumingPip[1]);
  const args = ['-m', 'pip', 'download', '--no-cache-dir', '--dest', folder, '--progress-bar', 'off', ...retryOptions];
  const requirements = join(temporary, 'requirements.txt');
  writeFileSync(requirements, wheels.map((wheel) => `${versionOf(wheel)} --hash=sha256:${wheel.sha256}\n`).join(''));
  const more = [...(resumes ? ['--resume-retries', '20'] : []), ...platformOptions(release)];
  const pinned = ['--require-hashes', '--requirement', requirements];
  const watch = setInterval(() => onBytes(folderSize(folder)), 500);
  try {
    const env = { ...environment, TMPDIR: temporary };
    const answer = await runToEnd(python, [...args, ...more, ...pinned], { env });
    if (answer.code !== 0) throw isOffline(answer) ? offline(answer) : failed(answer);
  } finally {
    clearInterval(watch);
    rmSync(temporary, { recursive: true, force: true });
  }
}

function platformOptions(release: Release): string[] {
  const platforms = release.platforms.flatMap((platform) => ['--platform', platform]);
  return ['--no-deps', '--only-binary=:all:', '--python-version', wheelPython, '--implementation', 'cp', ...platforms];
}

/** Total size of a folder in bytes. A file that pip is just moving counts once. */
function folderSize(folder: string): number {
  const sizes = new Map<string, number>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const size = statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
    if (entry.isFile()) sizes.set(entry.name, Math.max(size, sizes.get(entry.name) ?? 0));
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

const offlineWords =
  /NewConnectionError|NameResolutionError|ConnectTimeout|Failed to establish|name resolution|Network is unreachable|No route to host|ProxyError|Connection refused/i;

function isOffline({ stdout, stderr }: Finished): boolean {
  return offlineWords.test(stdout + stderr);
}

function offline(answer: Finished): UserError {
  return new UserError(
    'engine.offline',
    'the Python package index cannot be reached (no internet connection?)',
    'pip',
    'Start again when there is a connection; partial downloads are kept.',
    { cause: lastLines(answer.stderr) },
  );
}

function failed(answer: Finished): UserError {
  return new UserError(
    'engine.download',
    `pip could not download TensorFlow: ${lastLines(answer.stderr, 2) || `exit code ${answer.code}`}`,
    'pip',
    'Start again; partial downloads are kept.',
  );
}
