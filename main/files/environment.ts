import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, hostname, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Machine, RunEnvironment } from '../contract/runs/run.ts';
import { kept } from '../domain/numbers/arrays.ts';

/** Training processes compute on one thread each: as many processes as cores are faster than threads, and repeatable. */
const threads = 1;

/** Product version, commit and machine: part of every run's provenance. @param root folder with package.json */
export function runEnvironment(root: string): RunEnvironment {
  const manifest: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return { product: { version: manifest.version, commit: commitOf(root) }, machine: describeMachine(), threads };
}

export function describeMachine(): Machine {
  return {
    host: hostname(),
    platform: platform(),
    architecture: arch(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory: totalmem(),
    node: process.versions.node,
  };
}

/** By folder: a process runs what it loaded, so it asks git once. */
const commits = new Map<string, string | null>();

const commitOf = (root: string): string | null => kept(commits, root, () => readCommit(root));

/** With `+changes` when the tree differs from the commit; null where there is no checkout. */
function readCommit(root: string): string | null {
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
