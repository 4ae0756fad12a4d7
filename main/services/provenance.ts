import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { arch, cpus, hostname, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';

/** Which program, built from what, on which machine: part of every run's provenance. */
export interface Provenance {
  product: string;
  /** Git commit, with `+changes` when the tree differs from it; null where there is no checkout. */
  commit: string | null;
  node: string;
  machine: { system: string; processor: string; cores: number; memoryGiB: number; name: string };
}

/** @param root folder of the product (with package.json). */
export function provenance(root: string): Provenance {
  const manifest: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const processors = cpus();
  return {
    product: manifest.version,
    commit: commitOf(root),
    node: process.version,
    machine: {
      system: `${platform()} ${release()} ${arch()}`,
      processor: processors[0]?.model ?? 'unknown',
      cores: processors.length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      name: hostname(),
    },
  };
}

function commitOf(root: string): string | null {
  if (!existsSync(join(root, '.git'))) return null;
  const git = (...words: string[]): string =>
    execFileSync('git', ['-C', root, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const commit = git('rev-parse', '--short=12', 'HEAD');
    return git('status', '--porcelain', '--untracked-files=no') === '' ? commit : `${commit}+changes`;
  } catch {
    return null;
  }
}
