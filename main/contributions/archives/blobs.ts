import type { RunArchive, StimulusSetArchive, StudyArchive } from './format.ts';
import { candidatesSchema, contributedFiles, realImagesSchema, type RunResult } from '../../contract/runs/index.ts';
import { hashSchema } from '../../contract/recipes/index.ts';
import { z } from 'zod';
import { isPrepared } from '../../domain/data/index.ts';
import type { OutsideModel } from './check-models.ts';
import type { StoredFiles } from '../../services/workbench/index.ts';

/** The files that a study names. `weights`: needed only to compute, also the images of prepared data sets; `data`: needed to show results. */
export interface NamedBlobs {
  data: Set<string>;
  weights: Set<string>;
  /** The part of `data` that are candidates for anchors. */
  candidates: Set<string>;
}

export const noBlobs = (): NamedBlobs => ({ data: new Set(), weights: new Set(), candidates: new Set() });

export function addRunBlobs(named: NamedBlobs, { task, result, ...run }: RunArchive): void {
  const { data, weights } = named;
  for (const { grid, weights: stage } of run.grids) {
    data.add(grid);
    weights.add(stage);
  }
  for (const snapshot of run.snapshots) weights.add(snapshot.weights);
  // A run that is done is not resumed.
  if (result === null) for (const { hash } of run.checkpoints) weights.add(hash);
  // A prepared data set, such as an image folder: trainings and runs on its test images read it.
  if ('dataSet' in task && isPrepared(task.dataSet)) weights.add(task.dataSetHash);
  if (task.kind === 'classifier') {
    const { softLabels, start } = task.recipe;
    if (softLabels) weights.add(softLabels.pixels).add(softLabels.targets);
    if (start !== undefined) weights.add(start);
  }
  if ('latents' in task) data.add(task.latents);
  if ('generator' in task) weights.add(task.generator);
  if (result) addResultBlobs(named, result);
}

function addResultBlobs(named: NamedBlobs, result: RunResult): void {
  const { data, weights } = named;
  switch (result.kind) {
    case 'classifier':
      break;
    case 'generator':
      weights.add(result.weights);
      break;
    case 'candidates':
      addCandidates(named, result.candidates);
      break;
    case 'stimuli':
      data.add(result.model.pixels).add(result.original.pixels);
      break;
    case 'predictions':
      data.add(result.softmax).add(result.labels);
      break;
    default:
      for (const hash of contributedFiles(result)) data.add(hash);
  }
}

const withCandidates = z.object({
  candidates: hashSchema,
  generator: hashSchema.optional(),
  confusion: hashSchema.optional(),
});

export function addSetBlobs(named: NamedBlobs, set: StimulusSetArchive): void {
  const { data, weights } = named;
  data.add(set.pixels);
  if (set.original) data.add(set.original.pixels);
  const from = withCandidates.safeParse(set.provenance).data;
  if (!from) return;
  addCandidates(named, from.candidates);
  if (from.confusion !== undefined) addCandidates(named, from.confusion);
  if (from.generator !== undefined) weights.add(from.generator);
}

function addCandidates({ data, candidates }: NamedBlobs, hash: string): void {
  data.add(hash);
  candidates.add(hash);
}

/** @param filesOf those of a model that was not trained here; one with a fault has none */
export function addStudyBlobs(
  { data, weights }: NamedBlobs,
  { predictions, dataSets, outside = [] }: StudyArchive,
  filesOf: (model: OutsideModel) => StoredFiles,
): void {
  for (const { hash, source } of dataSets) if (isPrepared(source)) weights.add(hash);
  for (const { softmax, labels } of predictions) data.add(softmax).add(labels);
  for (const model of outside) {
    const read = filesOf(model);
    for (const hash of 'files' in read ? read.files : []) weights.add(hash);
  }
  for (const { labels, softmax, confidence } of outside.flatMap((model) => model.predictions)) {
    for (const hash of [labels, softmax, confidence]) if (hash !== null) data.add(hash);
  }
}

/** Generated ones, or real images. */
const eitherCandidates = z.discriminatedUnion('schema', [candidatesSchema, realImagesSchema]);

/** Larger files are not candidates. */
export const maxCandidatesBytes = 2 ** 28;

/** Candidates are JSON that names a file of its own: their pixels. Null for any other file. */
export function pixelsOfCandidates(bytes: Uint8Array): string | null {
  // The first key that is written.
  if (bytes[0] !== 0x7b || bytes.length > maxCandidatesBytes) return null;
  try {
    return eitherCandidates.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8'))).data?.pixels ?? null;
  } catch {
    return null;
  }
}
