import type { Machine } from '../../contract/run.ts';
import { cacheFolder } from '../../files/places.ts';
import { databaseState } from './database.ts';
import type { DatabaseState } from './database.ts';
import { inspectEngines } from './engines.ts';
import type { EngineState } from './engines.ts';
import { inspectFolder } from './folders.ts';
import type { FolderState } from './folders.ts';
import { visibleGpus } from './gpu.ts';
import type { Gpus } from './gpu.ts';
import { runEnvironment } from '../tools/provenance.ts';

/** What is here, what works, and why something does not: `boundary doctor`. */
export interface DoctorReport {
  product: { version: string; commit: string | null };
  machine: Machine;
  engines: EngineState[];
  gpus: Gpus;
  dataFolder: FolderState;
  cacheFolder: FolderState;
  database: DatabaseState;
}

export interface DoctorRequest {
  /** Folder of the product (with package.json). */
  root: string;
  dataFolder: string;
  environment?: NodeJS.ProcessEnv;
}

/**
 * Looks at everything, and changes nothing. Reads the installed engine and the database whole, to find damage: some
 * seconds. Never throws for what it finds.
 */
export async function inspect({ root, dataFolder, environment = process.env }: DoctorRequest): Promise<DoctorReport> {
  const { product, machine } = runEnvironment(root);
  return {
    product,
    machine,
    engines: await inspectEngines(environment),
    gpus: visibleGpus(),
    dataFolder: inspectFolder(dataFolder),
    cacheFolder: inspectFolder(cacheFolder(environment)),
    database: databaseState(dataFolder),
  };
}
