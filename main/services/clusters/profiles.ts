import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Cluster, clusterSchema } from '../../contract/cluster.ts';
import { UserError } from '../../contract/errors.ts';
import { safeFileName } from '../../domain/file-names.ts';
import { writeFileAtomic } from '../../files/atomic.ts';
import { fileError } from '../../files/file-errors.ts';
import type { Workbench } from '../tools/workbench.ts';

const folderOf = ({ storage }: Workbench): string => join(storage.folder, 'clusters');

const fileOf = (workbench: Workbench, name: string): string => join(folderOf(workbench), `${safeFileName(name)}.json`);

/** The clusters of this data folder, by name. A file that is none is left out. */
export function listClusters(workbench: Workbench): Cluster[] {
  const folder = folderOf(workbench);
  if (!existsSync(folder)) return [];
  const found = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => readIfValid(join(folder, name)) ?? []);
  return found.sort((a, b) => a.name.localeCompare(b.name));
}

function readIfValid(path: string): Cluster | null {
  try {
    return parseCluster(readFileSync(path, 'utf8'), path);
  } catch {
    return null;
  }
}

/** @throws UserError `cluster.not-found`, `cluster.not-valid` */
export function findCluster(workbench: Workbench, name: string): Cluster {
  const path = fileOf(workbench, name);
  if (existsSync(path)) return parseCluster(readFileSync(path, 'utf8'), path);
  const known = listClusters(workbench).map((cluster) => cluster.name);
  throw new UserError({
    code: 'cluster.not-found',
    what: `There is no cluster "${name}"`,
    where: folderOf(workbench),
    remedy:
      known.length === 0
        ? 'Add one with `boundary cluster add FILE`, or on the Machine screen.'
        : `Choose one of: ${known.join(', ')}.`,
  });
}

/** Reads a profile from a file. @throws UserError `cluster.not-valid`, `file.*` */
export function readProfile(path: string): Cluster {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw fileError(error, path);
  }
  return parseCluster(text, path);
}

/** @param where the file, for an error @throws UserError `cluster.not-valid` */
export function parseCluster(text: string, where: string): Cluster {
  const invalid = (what: string): UserError =>
    new UserError({
      code: 'cluster.not-valid',
      what: `This is no profile of a cluster: ${what}`,
      where,
      remedy: 'docs/cluster.md has an example, and says what each line means.',
    });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : 'it is not JSON');
  }
  const parsed = clusterSchema.safeParse(json);
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error));
  return parsed.data;
}

/** Adds a cluster, or replaces the one of its name. @throws UserError `file.*` */
export function saveCluster(workbench: Workbench, cluster: Cluster): void {
  writeFileAtomic(fileOf(workbench, cluster.name), `${JSON.stringify(cluster, null, 2)}\n`);
}

/** @throws UserError `cluster.in-use` while runs are there */
export function removeCluster(workbench: Workbench, name: string): void {
  const { length } = workbench.storage.placements.list(name);
  if (length > 0) {
    throw new UserError({
      code: 'cluster.in-use',
      what: `${length} runs are on this cluster`,
      where: `cluster ${name}`,
      remedy: 'Wait until they are done, or cancel them.',
    });
  }
  rmSync(fileOf(workbench, name), { force: true });
}
