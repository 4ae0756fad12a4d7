import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { formatCount, formatNames, kept } from '../../domain/numbers/index.ts';
import type { Cluster } from './profile/cluster.ts';
import type { DamagedProfile } from './profile/cluster-state.ts';
import { UserError } from '../../contract/wire/index.ts';
import { maxProfileText, readProfileText } from './profile/cluster-profile.ts';
import { slurmPlacements } from './storage/placements.ts';
import { safeFileName } from '../../domain/data/index.ts';
import { fileError, onFile, writeFileAtomic } from '../../files/index.ts';
import type { Storage } from '../../storage/index.ts';
import type { Workbench } from '../../services/workbench/index.ts';

const folderOf = ({ storage }: Workbench): string => join(storage.folder, 'clusters');

const fileOf = (workbench: Workbench, name: string): string => join(folderOf(workbench), `${safeFileName(name)}.json`);

/** The clusters of this data folder, by name. A file that is none is left out: see `readClusters`. */
export const listClusters = (workbench: Workbench): Cluster[] => readClusters(workbench).clusters;

/** The clusters of this data folder, by name, and the files among theirs that cannot be used. */
export function readClusters(workbench: Workbench): { clusters: Cluster[]; damaged: DamagedProfile[] } {
  const folder = folderOf(workbench);
  if (!existsSync(folder)) return { clusters: [], damaged: [] };
  const clusters: Cluster[] = [];
  const damaged: DamagedProfile[] = [];
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort();
  for (const file of names) {
    const path = join(folder, file);
    let text: string | null = null;
    try {
      text = readFileSync(path, 'utf8');
      const cluster = parseCluster(text, path);
      if (fileOf(workbench, cluster.name) !== path) throw misnamed(cluster.name, path);
      clusters.push(cluster);
    } catch (error) {
      const known = fileError(error, path);
      const why = known instanceof UserError ? known.message : `It cannot be read: ${String(error)}`;
      damaged.push({ file, why, text: text !== null && text.length <= maxProfileText ? text : null });
    }
  }
  return { clusters: clusters.sort((a, b) => a.name.localeCompare(b.name)), damaged };
}

const misnamed = (name: string, path: string): UserError =>
  new UserError(
    'cluster.not-valid',
    `The file of the cluster "${name}" has the name of another one`,
    path,
    `Call it ${safeFileName(name)}.json, or remove it.`,
  );

/** @throws UserError `cluster.not-found`, `cluster.not-valid` */
export function findCluster(workbench: Workbench, name: string): Cluster {
  const path = fileOf(workbench, name);
  if (existsSync(path)) return parseCluster(readFileSync(path, 'utf8'), path);
  const known = listClusters(workbench).map((cluster) => cluster.name);
  throw new UserError(
    'cluster.not-found',
    `There is no cluster "${name}"`,
    folderOf(workbench),
    known.length === 0
      ? 'Add one with `boundary cluster add FILE`, or on the Machine screen.'
      : `Choose one of: ${known.join(', ')}.`,
  );
}

/** Reads a profile from a file. @throws UserError `cluster.not-valid`, `file.*` */
export function readProfile(path: string): Cluster {
  return parseCluster(
    onFile(path, () => readFileSync(path, 'utf8')),
    path,
  );
}

/** @param where the file, for an error @throws UserError `cluster.not-valid` */
export function parseCluster(text: string, where: string): Cluster {
  const { profile, problems } = readProfileText(text);
  if (profile) return profile;
  const [first, ...more] = problems.map(({ line, what }) => `line ${line}: ${what.replace(/\.$/, '')}`);
  throw new UserError(
    'cluster.not-valid',
    `This is no profile of a cluster: ${[first, ...more].join('; ')}`,
    where,
    'main/contributions/slurm/README.md has an example, and says what each line means.',
  );
}

/** Adds a cluster, or replaces the one of its name. @throws UserError `cluster.in-use`, `file.*` */
export function putProfile(workbench: Workbench, cluster: Cluster): void {
  const before = listClusters(workbench).find(({ name }) => name === cluster.name);
  if (before) refuseMoved(workbench, before, cluster);
  saveCluster(workbench, cluster);
}

/**
 * Takes back all runs on a cluster that is gone for good, whatever works there: they can be claimed again, from the last
 * checkpoint that was fetched. Gives their number. @throws UserError `cluster.not-found`
 */
export function giveUpRuns(workbench: Workbench, name: string): number {
  const { storage, now } = workbench;
  const placements = slurmPlacements(storage);
  return storage.transaction(() => {
    const all = placements.list(name);
    if (all.length === 0) findCluster(workbench, name);
    for (const { runId } of all) placements.giveBack(runId, `given up on cluster ${name}`, now());
    return all.length;
  });
}

/** Adds a cluster, or replaces the one of its name, whatever is there. @throws UserError `file.*` */
export function saveCluster(workbench: Workbench, cluster: Cluster): void {
  writeFileAtomic(fileOf(workbench, cluster.name), `${JSON.stringify(cluster, null, 2)}\n`);
  for (const listener of listenersOf(workbench)) listener(cluster);
}

const allListeners = new WeakMap<Storage, Set<(cluster: Cluster) => void>>();

const listenersOf = ({ storage }: Workbench): Set<(cluster: Cluster) => void> =>
  kept(allListeners, storage, () => new Set());

/** Calls `listener` with each cluster that this process adds or changes. Returns a function that removes it. */
export function onClusterSaved(workbench: Workbench, listener: (cluster: Cluster) => void): () => void {
  listenersOf(workbench).add(listener);
  return () => listenersOf(workbench).delete(listener);
}

/**
 * Adds a cluster from the text of its profile, or replaces the one named `replaces`; gives its name.
 * @throws UserError `cluster.not-valid`, `cluster.exists`, `cluster.renamed`, `cluster.in-use`, `file.*`
 */
export function saveProfile(workbench: Workbench, text: string, replaces: string | null): string {
  const cluster = parseCluster(text, 'the profile');
  const { name } = cluster;
  const path = fileOf(workbench, name);
  if (replaces === null) {
    if (readClusters(workbench).clusters.some((known) => fileOf(workbench, known.name) === path)) throw exists(name);
  } else {
    if (name !== replaces) throw renamed(replaces, name);
    refuseMoved(workbench, findCluster(workbench, name), cluster);
  }
  saveCluster(workbench, cluster);
  return name;
}

/** Runs that are there were given this folder and this engine. */
function refuseMoved({ storage }: Workbench, before: Cluster, after: Cluster): void {
  const changed = [
    ...(isDeepStrictEqual(before.folder, after.folder) ? [] : ['"folder"']),
    ...(before.engine === after.engine ? [] : ['"engine"']),
  ];
  const { length } = changed.length === 0 ? [] : slurmPlacements(storage).list(before.name);
  if (length === 0) return;
  throw inUse(
    before.name,
    `${changed.join(' and ')} cannot be changed while ${formatCount(length, 'run')} ${length === 1 ? 'is' : 'are'} on this cluster`,
    'Wait until they are done, cancel them, or, if it is gone for good, give them up. You can change the other lines now.',
  );
}

const exists = (name: string): UserError =>
  new UserError(
    'cluster.exists',
    `There is a cluster "${name}" already`,
    'the line "name"',
    'Choose another name, or edit that cluster.',
  );

const renamed = (from: string, to: string): UserError =>
  new UserError(
    'cluster.renamed',
    `A cluster keeps its name, because runs refer to it: "${from}" cannot become "${to}"`,
    'the line "name"',
    `Write "${from}" there, or add "${to}" as another cluster.`,
  );

const inUse = (name: string, what: string, remedy: string): UserError =>
  new UserError('cluster.in-use', what, `cluster ${name}`, remedy);

/** Studies that an error names. */
const named = 3;

/** @throws UserError `cluster.in-use` while runs are there or trainings of a study go there */
export function removeCluster(workbench: Workbench, name: string): void {
  const { storage } = workbench;
  const { length } = slurmPlacements(storage).list(name);
  if (length > 0) {
    const what = `${formatCount(length, 'run')} ${length === 1 ? 'is' : 'are'} on this cluster`;
    throw inUse(name, what, 'Wait until they are done, cancel them, or, if it is gone for good, give them up.');
  }
  const studies = slurmPlacements(storage).studiesGoingTo(name);
  if (studies.length > 0) {
    const what = `Trainings of ${formatNames(studies, named)} run on this cluster`;
    throw inUse(
      name,
      what,
      'Have them run on this computer or another cluster first: Models screen, “Trainings run on”.',
    );
  }
  rmSync(fileOf(workbench, name), { force: true });
  slurmPlacements(storage).forget(name);
}

/** Deletes a file that is no profile. Any other stays. */
export function removeDamaged(workbench: Workbench, file: string): void {
  if (readClusters(workbench).damaged.some((each) => each.file === file)) rmSync(join(folderOf(workbench), file));
}
