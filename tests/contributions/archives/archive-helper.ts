import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { repository } from '../../architecture/tools.ts';
import { sha256 } from '../../../main/files/blobs.ts';
import { importArchive } from '../../../main/contributions/archives/import-archive.ts';
import { openWorkbench, type Workbench } from '../../../main/services/workbench/workbench.ts';
import { onTestFinished } from 'vitest';
import { madeOnce } from '../../made-once.ts';
import { sql } from '../../storage/storage-helper.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { offered } from '../../calls.ts';

export const samplePath = join(repository, 'resources', 'samples', 'sample-study.zip');

/** A data folder of its own, closed when the test is over. */
export function newBench(dataFolder = join(temporaryFolder(), 'data')): Workbench {
  const workbench = openBench(dataFolder);
  onTestFinished(() => workbench.storage.close());
  return workbench;
}

/** The caller closes its storage. */
export const openBench = (dataFolder: string): Workbench =>
  openWorkbench({ root: repository, resources: join(repository, 'resources'), dataFolder, ...offered });

async function changed<T>(dataFolder: string, change: (bench: Workbench) => Promise<T>): Promise<T> {
  const workbench = openBench(dataFolder);
  try {
    return await change(workbench);
  } finally {
    workbench.storage.close();
  }
}

/** Puts a data folder with the sample study into `dataFolder`. */
const importedSample = (dataFolder: string) =>
  madeOnce('imported-sample', dataFolder, (folder) =>
    changed(folder, async (bench) => void (await importArchive(bench, samplePath))),
  );

/** One with the sample study in it. */
export async function benchWithSample(): Promise<Workbench> {
  const dataFolder = join(temporaryFolder(), 'data');
  await importedSample(dataFolder);
  return newBench(dataFolder);
}

/** One with the sample study as `change` leaves it, which is done once for all tests; and what that gave. */
export async function benchFromSample<T>(name: string, change: (bench: Workbench) => Promise<T>) {
  const dataFolder = join(temporaryFolder(), 'data');
  const given = await madeOnce(name, dataFolder, async (folder) => {
    await importedSample(folder);
    return changed(folder, change);
  });
  return { bench: newBench(dataFolder), given };
}

export type Files = Record<string, Uint8Array>;

let sampleFiles: Files | undefined;

/** The files of an archive; those of the sample are unpacked once, as that takes long: put others in their place. */
export function filesOf(path: string): Files {
  if (path !== samplePath) return unzipSync(readFileSync(path));
  sampleFiles ??= unzipSync(readFileSync(path));
  return { ...sampleFiles };
}

const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('utf8');

/** One of the JSON files, to be changed. */
export const jsonOf = (files: Files, name: string): Record<string, unknown> => JSON.parse(text(files[name]));

/** Puts a changed JSON file back. */
export function putJson(files: Files, name: string, content: unknown): void {
  files[name] = Buffer.from(JSON.stringify(content));
}

/** Lists every file in the manifest anew, as one who forges an archive would. */
export function relist(files: Files): void {
  const manifest = jsonOf(files, 'manifest.json');
  manifest.files = Object.entries(files)
    .filter(([name]) => name !== 'manifest.json')
    .map(([path, bytes]) => ({ path, bytes: bytes.length, sha256: sha256(bytes) }));
  putJson(files, 'manifest.json', manifest);
}

/** Writes the files as an archive, compressed only if so asked, as that takes long; gives its path. */
export function pack(files: Files, level: 0 | 1 = 0): string {
  const path = join(temporaryFolder(), 'archive.zip');
  writeFileSync(path, zipSync(files, { level }));
  return path;
}

/** Number of rows of each table that has any; settings and counters of ids aside. */
export function rowCounts(dataFolder: string): Record<string, number> {
  const listed = `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('setting', 'sqlite_sequence')`;
  const tables = sql(dataFolder, listed) as { name: string }[];
  const counts = tables.map(({ name }): [string, number] => {
    const [row] = sql(dataFolder, `SELECT count(*) AS n FROM ${name}`) as { n: number }[];
    return [name, row?.n ?? 0];
  });
  return Object.fromEntries(counts.filter(([, n]) => n > 0));
}
