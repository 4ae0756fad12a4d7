import type { ClusterState, DamagedProfile, Placed, StudyPlace } from '../../contract/api/clusters.ts';
import { UserError } from '../../contract/errors.ts';
import type { StudyRecord } from '../../storage/index.ts';
import { findStudy } from '../tools/find.ts';
import type { Tools } from '../tools/tools.ts';
import { lastCheck } from './checks.ts';
import { engineObstacle, placeRuns, placeStudy } from './place.ts';
import { giveUpRuns, listClusters, readClusters, removeCluster, removeDamaged, saveProfile } from './profiles.ts';
import { clusterTroubles } from './trouble.ts';

type ClusterTools = Pick<Tools, 'workbench' | 'changes'>;

/** Every cluster with its profile, what is there now and what is wrong with it. */
export function clusterStates({ workbench }: ClusterTools): { clusters: ClusterState[]; damaged: DamagedProfile[] } {
  const { clusters, damaged } = readClusters(workbench);
  const { places } = workbench.storage;
  const counts = places.counts();
  const troubles = clusterTroubles(workbench);
  const count = (name: string, isRunning: boolean): number =>
    counts.find(({ cluster, running }) => cluster === name && running === isRunning)?.count ?? 0;
  return {
    clusters: clusters.map((profile) => ({
      profile,
      pending: count(profile.name, false),
      running: count(profile.name, true),
      studies: places.studiesGoingTo(profile.name),
      troubles: troubles.list(profile.name),
      check: lastCheck(workbench, profile),
    })),
    damaged,
  };
}

/** @throws UserError `cluster.*`, `file.*` */
export function saveClusterProfile(
  { workbench, changes }: ClusterTools,
  text: string,
  replaces: string | null,
): string {
  const name = saveProfile(workbench, text, replaces);
  changes.publish('clusters');
  return name;
}

/** @throws UserError `cluster.in-use` */
export function removeClusterProfile({ workbench, changes }: ClusterTools, name: string): void {
  removeCluster(workbench, name);
  clusterTroubles(workbench).forget(name);
  changes.publish('clusters');
}

/** Takes back all runs on a cluster that is gone for good; gives their number. @throws UserError `cluster.not-found` */
export function giveUpCluster({ workbench, changes }: ClusterTools, name: string): number {
  const count = giveUpRuns(workbench, name);
  for (const topic of ['studies', 'runs', 'clusters'] as const) changes.publish(topic);
  return count;
}

export function removeDamagedProfile({ workbench, changes }: ClusterTools, file: string): void {
  removeDamaged(workbench, file);
  changes.publish('clusters');
}

/** Where trainings of a study go, and where they could. @throws UserError `study.not-found` */
export function placeOfStudy({ workbench }: ClusterTools, name: string): StudyPlace {
  const study = findStudy(workbench, name);
  return {
    place: workbench.storage.placements.placeOf(study.id),
    clusters: listClusters(workbench).map((cluster) => ({
      name: cluster.name,
      obstacle: engineObstacle(study, cluster),
    })),
  };
}

/** @throws UserError `study.not-found`, `cluster.not-found`, `cluster.other-engine` */
export function changePlaceOfStudy(tools: ClusterTools, name: string, place: string | null): Placed {
  const { workbench, changes } = tools;
  const study = findStudy(workbench, name);
  const runs = workbench.storage.studyRuns.list(study.id).map(({ runId }) => runId);
  const placed = countPlaced(tools, runs, place);
  placeStudy(workbench, study, place);
  for (const topic of ['studies', 'runs', 'clusters'] as const) changes.publish(topic);
  return placed;
}

/** Runs that are done, and short runs, are left out. @throws UserError `study.not-found`, `run.not-placeable`, `cluster.*` */
export function changePlaceOfRuns(
  tools: ClusterTools,
  studyName: string,
  ids: readonly number[],
  place: string | null,
): Placed {
  const { workbench, changes } = tools;
  const study = findStudy(workbench, studyName);
  const wanted = new Set(ids);
  const own = workbench.storage.studyRuns.list(study.id).flatMap(({ runId }) => (wanted.has(runId) ? [runId] : []));
  const placed = countPlaced(tools, own, place);
  if (placed.moved + placed.staying === 0) throw nothingToPlace(study);
  placeRuns(workbench, study, own, place);
  changes.publish('runs', own);
  changes.publish('clusters');
  return placed;
}

function countPlaced({ workbench }: ClusterTools, ids: readonly number[], place: string | null): Placed {
  const open = workbench.storage.places.openTrainings(ids);
  const staying = open.filter(({ at }) => at === null && place !== null).length;
  return { moved: open.length - staying, staying };
}

const nothingToPlace = ({ name }: StudyRecord): UserError =>
  new UserError(
    'run.not-placeable',
    'None of these runs is a training that is still to be done',
    `study ${name}`,
    'Choose trainings that are queued, paused, stopped, failed or cancelled.',
  );
