import { drawMeasures } from './analysis/draws.ts';
import type { DrawnAlike } from './contract/request.ts';
import { type DrawnGroup, drawsResultFiles, drawsSchema, type DrawsTask, drawsTaskSchema } from './contract/task.ts';
import type { Study } from '../../contract/studies/index.ts';
import type { DrawnNumbers, OwnMeasures } from './exhibit.ts';
import { alphas, layOutStimuli, samePlace, type StimulusImage } from '../../domain/stimuli/index.ts';
import { drawsRole } from './queue-draws.ts';
import type { RunRecord } from '../../storage/runs/index.ts';
import type { Storage } from '../../storage/index.ts';

/** The study's own anchors: how pairs share them, and by which rule those are chosen that a person did not choose. */
export function ownAnchors({ stimuli }: Study): DrawnAlike | null {
  if (stimuli.source !== 'generated') return null;
  return { rule: stimuli.anchorRule?.kind ?? 'best', anchorDesign: stimuli.anchorDesign ?? { kind: 'one' } };
}

/** Runs of the kind `draws` of a study, in the order in which they were started. */
export function listDraws({ studyRuns, runs }: Storage, studyId: number): (RunRecord & { task: DrawsTask })[] {
  return studyRuns.list(studyId).flatMap(({ role, runId }) => {
    const run = role.startsWith(drawsRole) ? runs.get(runId) : undefined;
    const task = drawsTaskSchema.safeParse(run?.task).data;
    return run && task ? [{ ...run, task }] : [];
  });
}

/** A network and its label of each image of the study's own set. */
interface PredictedModel {
  record: { weights: string } | null;
  labels: ArrayLike<number>;
}

interface OwnSet {
  images: readonly StimulusImage[];
  classes: number;
  models: readonly PredictedModel[];
}

/** What a finished run drew; null while it is not done, or where an archive came without the file. */
export function readDraws(
  { blobs }: Storage,
  run: RunRecord & { task: DrawsTask },
  own: OwnSet | null,
): DrawnNumbers | null {
  const result = drawsResultFiles.safeParse(run.result).data;
  if (!result || !blobs.has(result.draws)) return null;
  const { draws } = drawsSchema.parse(JSON.parse(blobs.get(result.draws).toString('utf8')));
  const { task } = run;
  return {
    task,
    draws,
    groups: task.groups.map((group) => ({
      target: group.target,
      seeds: group.seeds,
      networks: group.snapshots.length,
      own: own && ownMeasures(own, group),
    })),
    sameLayout: own !== null && hasLayout(own.images, task),
  };
}

function ownMeasures({ models, images, classes }: OwnSet, { snapshots }: DrawnGroup): OwnMeasures | null {
  const rows = snapshots.flatMap((weights) => models.find(({ record }) => record?.weights === weights) ?? []);
  if (rows.length < snapshots.length || images.length === 0) return null;
  const labels = new Int16Array(rows.length * images.length);
  rows.forEach((row, n) => labels.set(row.labels, n * images.length));
  return drawMeasures(labels, labels.subarray(0, images.length), rows.length, classes);
}

function hasLayout(images: readonly StimulusImage[], { pairs, alphas: count }: DrawsTask): boolean {
  const asked = layOutStimuli(pairs, alphas(count));
  return (
    asked.length === images.length &&
    asked.every((image, n) => {
      const own = images[n];
      return own !== undefined && samePlace(own, image);
    })
  );
}
