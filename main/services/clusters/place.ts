import type { Placed, StudyPlace } from '../../contract/api/clusters.ts';
import { UserError } from '../../contract/wire/errors.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import { findStudy } from '../workbench/find.ts';
import type { Tools } from '../tools/tools.ts';
import type { Workbench } from '../workbench/workbench.ts';

type PlaceTools = Pick<Tools, 'workbench' | 'changes'>;

/**
 * Says where the trainings of a study go from now on: to a cluster, or to this computer (null). Those that are on a
 * cluster already stay there; short runs are always done here.
 * @throws UserError `cluster.*`
 */
export function placeStudy(workbench: Workbench, study: StudyRecord, cluster: string | null): void {
  if (cluster !== null) checkPlace(workbench, study, cluster);
  workbench.storage.placements.placeStudy(study.id, cluster);
}

/** Refuses a cluster that trainings of a study cannot go to. */
function checkPlace({ clusters }: Workbench, study: StudyRecord, cluster: string): void {
  const owner = clusters.find((each) => each.choices(study).some(({ name }) => name === cluster)) ?? clusters[0];
  if (!owner) throw noClusters(cluster);
  owner.check(study, cluster);
}

const noClusters = (cluster: string): UserError =>
  new UserError(
    'cluster.not-found',
    `This version of the program knows no clusters, so trainings cannot go to "${cluster}"`,
    `cluster ${cluster}`,
    'Have them run on this computer.',
  );

/** Where trainings of a study go, and where they could. @throws UserError `study.not-found` */
export function placeOfStudy({ workbench }: PlaceTools, name: string): StudyPlace {
  const study = findStudy(workbench, name);
  return {
    place: workbench.storage.placements.placeOf(study.id),
    clusters: workbench.clusters.flatMap((each) => each.choices(study)),
  };
}

/** @throws UserError `study.not-found`, `cluster.*` */
export function changePlaceOfStudy(tools: PlaceTools, name: string, place: string | null): Placed {
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
  tools: PlaceTools,
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
  if (place !== null) checkPlace(workbench, study, place);
  workbench.storage.placements.placeRuns(own, place);
  changes.publish('runs', own);
  changes.publish('clusters');
  return placed;
}

function countPlaced({ workbench }: PlaceTools, ids: readonly number[], place: string | null): Placed {
  const open = workbench.storage.placements.openTrainings(ids);
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
