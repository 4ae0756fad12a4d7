import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { UserError } from '../../contract/wire/index.ts';
import type { Machine } from '../../contract/runs/index.ts';
import { cacheFolder, missingPackage, runEnvironment } from '../../files/index.ts';
import { type Health, openStorage } from '../../storage/index.ts';
import { existingFolder } from '../machine/disk.ts';
import { findGraphics } from '../machine/graphics.ts';
import { type EngineState, inspectEngines } from './engines.ts';

/** What is installed, what works, and why something does not work: `boundary doctor`. */
export interface DoctorReport {
  product: { version: string; commit: string | null };
  machine: Machine;
  engines: EngineState[];
  /** What is missing for models of others; null: nothing. */
  missingOnnx: string | null;
  /** NVIDIA's graphics cards, or why there are none. */
  gpus: { seen: string[] } | { none: string };
  dataFolder: FolderState;
  cacheFolder: FolderState;
  database: DatabaseState;
}

export type DatabaseState =
  | { state: 'none' }
  | { state: 'read'; health: Health }
  /** Cannot be opened; `message` says why. */
  | { state: 'unreadable'; message: string };

export interface FolderState {
  path: string;
  exists: boolean;
  /** Whether it can be written, or created if it does not exist. */
  writable: boolean;
  /** Free bytes on its disk, for this user. */
  freeBytes: number;
}

export interface DoctorRequest {
  /** Folder of the product (with package.json). */
  root: string;
  dataFolder: string;
  environment?: NodeJS.ProcessEnv;
}

/**
 * Inspects everything and changes nothing. It reads all of the installed engine and the database to find damage, which
 * takes some seconds. Never throws for what it finds.
 */
export async function inspectInstallation(request: DoctorRequest): Promise<DoctorReport> {
  const { root, dataFolder, environment = process.env } = request;
  const { product, machine } = runEnvironment(root);
  const { seen, why } = await findGraphics();
  return {
    product,
    machine,
    engines: await inspectEngines(environment),
    missingOnnx: missingPackage('onnxruntime-node'),
    gpus: why === null ? { seen } : { none: why },
    dataFolder: inspectFolder(dataFolder),
    cacheFolder: inspectFolder(cacheFolder(environment)),
    database: inspectDatabase(dataFolder),
  };
}

/** Reads all of the database, even while a study is running. */
function inspectDatabase(dataFolder: string): DatabaseState {
  try {
    if (!existsSync(dataFolder)) return { state: 'none' };
    const storage = openStorage(dataFolder, { readOnly: true });
    try {
      return { state: 'read', health: storage.health() };
    } finally {
      storage.close();
    }
  } catch (error) {
    if (error instanceof UserError && error.code === 'storage.not-there') return { state: 'none' };
    return { state: 'unreadable', message: error instanceof UserError ? error.format() : String(error) };
  }
}

function inspectFolder(path: string): FolderState {
  const existing = existingFolder(path);
  const { bavail, bsize } = statfsSync(existing);
  return { path, exists: existing === path, writable: isWritable(existing), freeBytes: bavail * bsize };
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
