import type { LeftOut } from '../../contract/api/results-tables.ts';
import type { RunRecord } from '../../storage/runs/run-record.ts';
import type { Storage } from '../../storage/open.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import { architectureName, identities, type ModelIdentity, snapshotName } from '../declaration/plan.ts';

/** One snapshot that the study asks for. */
export interface PlannedSnapshot {
  readonly model: ModelIdentity;
  readonly architecture: string;
  readonly target: number;
}

/** Every snapshot that the study's declaration asks for, whether it is there or not. */
export function plannedSnapshots({ spec }: StudyRecord): PlannedSnapshot[] {
  return spec.models.flatMap((models) =>
    identities(models).flatMap((model) =>
      models.recipe.targets.map((target) => ({
        ...{ model, target },
        architecture: architectureName(models.recipe.architecture),
      })),
    ),
  );
}

/** What of it is in no result, and why: targets that were missed, runs that are not done, snapshots not asked yet. */
export function leftOutOf(storage: Storage, study: StudyRecord, planned: readonly PlannedSnapshot[]): LeftOut[] {
  const records = storage.models.ofStudy(study.id);
  const known = new Map(records.map((record) => [snapshotName(record.modelName, record.target), record]));
  const links = new Map(storage.studyRuns.list(study.id).map((link) => [link.role, link.runId]));
  const runs = new Map<number, RunRecord | undefined>();
  const runOf = (name: string): RunRecord | undefined => {
    const id = links.get(`models/${name}`);
    if (id === undefined) return undefined;
    if (!runs.has(id)) runs.set(id, storage.runs.get(id));
    return runs.get(id);
  };
  return planned.flatMap(({ model, target }): LeftOut[] => {
    const name = snapshotName(model.name, target);
    const record = known.get(name);
    if (record?.prediction) return [];
    const left = record ? ({ why: 'unasked', detail: '' } as const) : reasonOf(runOf(model.name), target);
    return [{ name, model: model.name, target, repeat: model.repeat, ...left }];
  });
}

function reasonOf(run: RunRecord | undefined, target: number): Pick<LeftOut, 'why' | 'detail'> {
  if (run?.state === 'failed') return { why: 'failed', detail: run.failure?.message ?? '' };
  if (run?.state === 'cancelled') return { why: 'cancelled', detail: '' };
  if (run?.state !== 'done') return { why: 'unfinished', detail: run?.state === 'running' ? 'being trained' : '' };
  const missed = run.result?.kind === 'classifier' && run.result.missed.find((each) => each.target === target);
  if (!missed) return { why: 'unfinished', detail: 'trained for other targets' };
  const { nearestAccuracy, why } = missed;
  return { why: 'missed', detail: nearestAccuracy === null ? why : `${why}; nearest ${nearestAccuracy} %` };
}
