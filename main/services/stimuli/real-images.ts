import type { AnchorState, StimuliState } from '../../contract/api/stimuli.ts';
import type { BlendedStimuliSpec } from '../../contract/stimuli/stimuli.ts';
import { alphas } from '../../domain/stimuli/interpolation.ts';
import type { StimulusSetRecord } from '../../storage/stimulus-sets.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import {
  blendDifferences,
  blendedProvenanceSchema,
  chooseBlends,
  type ChosenBlends,
  findRealImages,
} from '../study/blended.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { toBase64 } from './sources.ts';

/** Candidates and anchors of stimuli between real images, as the page has them: a point is a position, one number. */

export const positionPoint = (position: number): string => toBase64(Float32Array.of(position));

/** All real images drawn by one seed: none. */
export const realSeed = 0;

/** The search of a blended study is the run of its test images. */
export function realSearches(workbench: Workbench, study: StudyRecord): StimuliState['searches'] {
  const link = workbench.storage.studyRuns.get(study.id, 'test-images');
  const run = link && workbench.storage.runs.get(link.runId);
  if (run?.task.kind !== 'candidates') return [];
  const samples = findRealImages(workbench, study.id)?.content.members.flat().length ?? 0;
  return [{ seed: realSeed, samples, perClass: run.task.perClass, runId: run.id, state: run.state, own: true }];
}

/** What the draft gives; null before the test images were read. @throws UserError `stimuli.*`, `pairs.*` */
export function draftBlends(
  workbench: Workbench,
  study: StudyRecord,
  spec: BlendedStimuliSpec,
  names: readonly string[],
): ChosenBlends | null {
  const found = findRealImages(workbench, study.id);
  return found && chooseBlends(found.content, spec, names);
}

export function realAnchorStates(workbench: Workbench, study: StudyRecord, { anchors }: ChosenBlends): AnchorState[][] {
  const classes = findRealImages(workbench, study.id)?.content.classes ?? [];
  return anchors.map((list, k) =>
    list.map((position) => ({
      z: positionPoint(position),
      norm: null,
      from: { seed: realSeed, sample: position },
      exact: true,
      confidence: classes[k]?.find(({ index }) => index === position)?.confidence ?? null,
    })),
  );
}

/** Whether a declaration would give this blended set again. */
export function isBlendedCurrent(
  workbench: Workbench,
  study: StudyRecord,
  set: StimulusSetRecord,
  chosen: ChosenBlends | null,
): boolean {
  const { stimuli } = study.spec;
  const provenance = blendedProvenanceSchema.safeParse(set.provenance).data;
  if (stimuli.source !== 'blended' || !provenance || !chosen) return false;
  const { interpolation } = stimuli;
  const dataSet = dataSetOf(workbench, study);
  return blendDifferences(set, provenance, chosen, { dataSet, interpolation }).length === 0;
}

/** Hash of the data set whose test images were read last for the study; undefined: none were. */
function dataSetOf(workbench: Workbench, study: StudyRecord): string | undefined {
  const task = findRealImages(workbench, study.id)?.run.task;
  return task && 'dataSetHash' in task ? task.dataSetHash : undefined;
}

/** Number and alpha of an image of the draft. */
export function draftBlend(chosen: ChosenBlends, spec: BlendedStimuliSpec, id: number) {
  const image = chosen.images[id];
  const way = chosen.ways[Math.floor(id / alphas(spec.alphas).length)];
  return image && way ? { image, blend: { from: way[0], to: way[1], alpha: image.alpha } } : null;
}
