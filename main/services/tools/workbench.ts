import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, hostname, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Machine, RunEnvironment } from '../../contract/run.ts';
import { safeFileName } from '../../domain/file-names.ts';
import { sha256 } from '../../files/blobs.ts';
import { openStorage, type Storage } from '../../storage/index.ts';

export type { RunSummary } from '../../storage/index.ts';

/** What every service works with: the store, the product's files, its environment and the clock. */
export interface Workbench {
  readonly storage: Storage;
  /** Folder of the product (with package.json, resources, node_modules). */
  readonly root: string;
  /** Folder of presets, the paper's values and sample data. */
  readonly resources: string;
  readonly environment: RunEnvironment;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

interface WorkbenchOptions {
  root: string;
  resources: string;
  dataFolder: string;
  readOnly?: boolean;
  beside?: boolean;
  now?: () => number;
}

/** Opens the data folder. The caller closes `storage`. @throws UserError `storage.*`, `file.*` */
export function openWorkbench(options: WorkbenchOptions): Workbench {
  const now = options.now ?? Date.now;
  const { dataFolder, readOnly = false, beside = false } = options;
  const storage = openStorage(dataFolder, { now, readOnly, beside });
  return { storage, root: options.root, resources: options.resources, environment: runEnvironment(options.root), now };
}

/**
 * Default folder of a study's report: `<data>/studies/<name>/report`. A name that is no folder on every system, such as
 * `nul`, is replaced by one like it and a hash, so that no two studies share a folder: names of studies have no `~`.
 */
export function reportFolder(dataFolder: string, studyName: string): string {
  const safe = safeFileName(studyName);
  const name = safe === studyName ? safe : `${safe}~${sha256(studyName).slice(0, 8)}`;
  return join(dataFolder, 'studies', name, 'report');
}

/** Training processes compute on one thread each: as many processes as cores are faster than threads, and repeatable. */
const threads = 1;

/** Product version, commit and machine: part of every run's provenance. @param root folder with package.json */
export function runEnvironment(root: string): RunEnvironment {
  const manifest: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return { product: { version: manifest.version, commit: readCommit(root) }, machine: describeMachine(), threads };
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
