import { join } from 'node:path';
import type { RunEnvironment } from '../../contract/run.ts';
import { openStorage, type Storage } from '../../storage/index.ts';
import { runEnvironment } from './provenance.ts';

export type { RunSummary } from '../../storage/index.ts';

/** What every service works with: the store, the product's own files, and where and when this is. */
export interface Workbench {
  readonly storage: Storage;
  /** Folder of the product (with package.json, resources, node_modules). */
  readonly root: string;
  /** Folder of presets, the paper's values and sample data. */
  readonly resources: string;
  readonly environment: RunEnvironment;
  /** The clock, milliseconds since 1970. */
  readonly now: () => number;
}

export interface WorkbenchOptions {
  root: string;
  resources: string;
  dataFolder: string;
  /** See `StorageOptions`. */
  readOnly?: boolean;
  beside?: boolean;
  now?: () => number;
}

/**
 * Opens the data folder. The caller closes `storage`.
 * @throws UserError `storage.*`, `file.*`
 */
export function openWorkbench(options: WorkbenchOptions): Workbench {
  const now = options.now ?? Date.now;
  const { dataFolder, readOnly = false, beside = false } = options;
  const storage = openStorage(dataFolder, { now, readOnly, beside });
  return { storage, root: options.root, resources: options.resources, environment: runEnvironment(options.root), now };
}

/** Where a study's report goes unless told otherwise: `<data>/studies/<name>/report`. */
export function reportFolder(dataFolder: string, studyName: string): string {
  return join(dataFolder, 'studies', studyName, 'report');
}
