import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../../contract/errors.ts';
import { lastLines, runToEnd } from './process.ts';
import type { Finished } from './process.ts';
import { wheelPython } from './release.ts';
import type { Release } from './release.ts';
import type { Tools } from './tools.ts';
import { makeFolder } from '../../../../files/atomic.ts';

/** From this version on, asking pip where a file is does not download it (PEP 658). */
const pipThatOnlyAsks = 23;

/** From this version on, pip itself takes up a download that broke off, within one call. */
const pipThatResumes = [25, 1] as const;

const patience = ['--retries', '1', '--timeout', '30'];

/**
 * Where pip would download a wheel from.
 * @returns undefined if this pip cannot say, or names something other than a web address
 * @throws UserError `engine.offline` if it reaches nobody
 */
export async function wheelAddress(
  requirement: string,
  release: Release,
  { python, pip }: Tools,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  if (pip[0] < pipThatOnlyAsks) return undefined;
  const ask = ['install', '--dry-run', '--ignore-installed', '--quiet', '--report', '-', '--target', 'unused'];
  const args = ['-m', 'pip', ...ask, ...patience, ...selection(release), requirement];
  const answer = await runToEnd(python, args, { env: environment });
  if (answer.code !== 0) {
    if (soundsOffline(answer)) throw offline(answer);
    return undefined;
  }
  return addressIn(answer.stdout);
}

/** Reads the address out of pip's installation report. */
export function addressIn(report: string): string | undefined {
  try {
    const url: unknown = JSON.parse(report).install[0].download_info.url;
    return typeof url === 'string' && /^https?:/.test(url) ? url : undefined;
  } catch {
    return undefined;
  }
}

/**
 * `pip download`. What it has begun lies in `folder` as well, so that one disk is filled and one progress can be seen;
 * nothing is left in pip's own cache.
 * @throws UserError `engine.offline` or `engine.download`
 */
export async function pipDownload(
  requirements: readonly string[],
  release: Release,
  { python, pip }: Tools,
  folder: string,
  environment: NodeJS.ProcessEnv,
  onBytes: (bytes: number) => void,
): Promise<void> {
  makeFolder(folder);
  const begun = mkdtempSync(join(folder, 'pip-'));
  const resumes = pip[0] > pipThatResumes[0] || (pip[0] === pipThatResumes[0] && pip[1] >= pipThatResumes[1]);
  const args = ['-m', 'pip', 'download', '--no-cache-dir', '--dest', folder, '--progress-bar', 'off', ...patience];
  const more = [...(resumes ? ['--resume-retries', '20'] : []), ...selection(release), ...requirements];
  const watch = setInterval(() => onBytes(bytesIn(folder)), 500);
  try {
    const env = { ...environment, TMPDIR: begun };
    const answer = await runToEnd(python, [...args, ...more], { env });
    if (answer.code !== 0) throw soundsOffline(answer) ? offline(answer) : failed(answer);
  } finally {
    clearInterval(watch);
    rmSync(begun, { recursive: true, force: true });
  }
}

function selection(release: Release): string[] {
  const platforms = release.platforms.flatMap((platform) => ['--platform', platform]);
  return ['--no-deps', '--only-binary=:all:', '--python-version', wheelPython, '--implementation', 'cp', ...platforms];
}

/** What lies in a folder, in bytes. A file that pip is moving from one place to the other counts once. */
function bytesIn(folder: string): number {
  const sizes = new Map<string, number>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const size = statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
    if (entry.isFile()) sizes.set(entry.name, Math.max(size, sizes.get(entry.name) ?? 0));
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

const offlineWords =
  /NewConnectionError|NameResolutionError|ConnectTimeout|Failed to establish|name resolution|Network is unreachable|No route to host|ProxyError|Connection refused/i;

export function soundsOffline({ stdout, stderr }: Finished): boolean {
  return offlineWords.test(stdout + stderr);
}

function offline(answer: Finished): UserError {
  return new UserError({
    code: 'engine.offline',
    what: 'the Python package index cannot be reached (no internet connection?)',
    where: 'pip',
    remedy: 'Start again when there is a connection; what was downloaded is kept.',
    cause: lastLines(answer.stderr),
  });
}

function failed(answer: Finished): UserError {
  return new UserError({
    code: 'engine.download',
    what: `pip could not download TensorFlow: ${lastLines(answer.stderr, 2) || `exit code ${answer.code}`}`,
    where: 'pip',
    remedy: 'Start again; what was downloaded is kept.',
  });
}
