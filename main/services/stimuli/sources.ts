import type { Voter } from '../../contract/api/stimuli.ts';
import { UserError } from '../../contract/wire/errors.ts';
import type { CandidatesTask } from '../../contract/runs/run.ts';
import type { GeneratorRecipe } from '../../contract/recipes/recipes.ts';
import type { DataSetSource } from '../../contract/studies/study.ts';
import { ownGenerator } from '../../domain/plans/declaration.ts';
import { formatInteger } from '../../domain/numbers/format.ts';
import { canonicalJson } from '../../domain/plans/identity.ts';
import type { LatentSpace } from '../../domain/anchors/latents.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import { classNames, declaredDataSet } from '../declaration/data-set.ts';
import { snapshotName } from '../declaration/plan.ts';
import { readShipped, shippedProvenance } from '../generators/shipped.ts';
import { chosenWeights } from '../study/stimuli.ts';
import { findRunInPlace } from '../workbench/find.ts';
import type { Workbench } from '../workbench/workbench.ts';

export interface StudyGenerator {
  weights: string;
  /** Numbers of a point: 1, a position, where test images take the place of a generator. */
  latent: number;
  /** How many of them are weights of classes, at its end; 0 unless the generator is conditional. */
  classes: number;
  what: string;
  /** The data set whose test images are blended, for which `weights` is its hash. */
  real?: { dataSet: DataSetSource; dataSetHash: string };
}

/** Models that vote at once, at most: more take too long, and nobody reads them. */
const maxVoters = 24;

/** What makes the images that the study declares: test images, or its generator; null until that is trained. */
export function findGenerator(workbench: Workbench, study: StudyRecord): StudyGenerator | null {
  const { dataSet, stimuli } = study.spec;
  if (stimuli.source === 'blended') {
    const known = declaredDataSet(workbench, study);
    if (!known) return null;
    const what = `the ${formatInteger(known.testCount)} test images of ${known.name}`;
    return { weights: known.hash, latent: 1, classes: 0, what, real: { dataSet, dataSetHash: known.hash } };
  }
  return trainedGenerator(workbench, study);
}

/** The declared generator once it is trained, whether the study's images are made by it or not. */
export function trainedGenerator(workbench: Workbench, study: StudyRecord): StudyGenerator | null {
  const { generator } = study.spec;
  if (!generator) return null;
  if (generator.shipped !== undefined) {
    const provenance = shippedProvenance(workbench.resources, generator.shipped);
    const { recipe, weights, step } = provenance;
    const what = `${provenance.name}, which comes with the product: ${recipe.kind}, step ${step}`;
    const { classes } = provenance.dataSet;
    return { weights: weights.sha256, ...pointSize(recipe, classes.length), what };
  }
  const run = findRunInPlace(workbench, study.id, 'generator');
  if (run?.task.kind !== 'generator' || run.result?.kind !== 'generator') return null;
  const { recipe, seed } = generator;
  if (canonicalJson([run.task.recipe, run.task.seed]) !== canonicalJson([recipe, seed])) return null;
  const step = ownGenerator(study.spec)?.checkpoint ?? run.result.steps;
  return {
    weights: chosenWeights(workbench, run.id, run.result.weights, study.spec),
    ...pointSize(recipe, classNames(workbench, study).length),
    what: `run ${run.id}: ${recipe.kind}, step ${step}`,
  };
}

function pointSize(
  { latent, conditional }: GeneratorRecipe,
  classes: number,
): Pick<StudyGenerator, 'latent' | 'classes'> {
  return conditional ? { latent: latent + classes, classes } : { latent, classes: 0 };
}

export const spaceOf = ({ latent, classes }: StudyGenerator): LatentSpace => ({ z: latent - classes, classes });

/** Puts the weights of a shipped generator into the blob store, if they are missing there. */
export function provideWeights(workbench: Workbench, study: StudyRecord, { weights }: StudyGenerator): void {
  const { generator } = study.spec;
  const { blobs } = workbench.storage;
  if (study.spec.stimuli.source !== 'generated' || generator?.shipped === undefined || blobs.has(weights)) return;
  blobs.put(readShipped(workbench.resources, generator.shipped).bytes);
}

/** Hash of the reference classifier's weights; null until it is trained. An imported study may lack the file. */
export function findReference(workbench: Workbench, study: StudyRecord): string | null {
  const run = findRunInPlace(workbench, study.id, 'reference');
  return run?.result?.kind === 'classifier' ? (run.result.snapshots[0]?.weights ?? null) : null;
}

/** The data set that the reference classifier was trained on, whose images generated ones are compared with. */
export function referenceImages(workbench: Workbench, { id }: StudyRecord): CandidatesTask['real'] {
  const task = findRunInPlace(workbench, id, 'reference')?.task;
  return task?.kind === 'classifier' ? { dataSet: task.dataSet, dataSetHash: task.dataSetHash } : null;
}

/** The weights that are in this data folder: an archive may have been exported without them. */
export const askable = ({ storage }: Workbench, weights: readonly string[]): string[] =>
  weights.filter((hash) => storage.blobs.has(hash));

/** The snapshots that vote: diverse models if there are any, else the first of the seed groups. */
export function listVoters({ storage }: Workbench, study: StudyRecord): Voter[] {
  const all = storage.models.ofStudy(study.id);
  const diverse = all.filter(({ group }) => group === 'diverse');
  return (diverse.length > 0 ? diverse : all).slice(0, maxVoters).map((model) => ({
    weights: model.weights,
    name: snapshotName(model.modelName, model.target),
    architecture: model.architecture,
    target: model.target,
    accuracy: model.accuracy,
    runId: model.runId,
  }));
}

/** @throws UserError `stimuli.no-generator` */
export function neededGenerator(workbench: Workbench, study: StudyRecord): StudyGenerator {
  const generator = findGenerator(workbench, study);
  if (generator) return generator;
  throw new UserError(
    'stimuli.no-generator',
    'The study has no trained generator yet',
    `study ${study.name}`,
    'Train the generator first, or use the one that comes with the product.',
  );
}

type Values = Uint8Array | Uint16Array | Float32Array;

/** The bytes of numbers, little-endian, as base64. */
export const toBase64 = (values: Values): string =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');

/** Copied, as the bytes need not lie on a multiple of four. */
export function toFloats(base64: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  return new Float32Array(bytes.buffer, 0, Math.floor(bytes.length / 4));
}

export const toShorts = (base64: string): Uint16Array =>
  new Uint16Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);

/** @throws UserError `stimuli.bad-latent` for a point that the generator cannot take */
export function parseLatent(base64: string, latent: number): Float32Array {
  const z = toFloats(base64);
  if (z.length === latent && z.every(Number.isFinite)) return z;
  throw new UserError(
    'stimuli.bad-latent',
    `These are not ${latent} finite numbers`,
    'latent point z',
    `Give ${latent} numbers; copy them from a candidate to see how they are written.`,
  );
}

export const noReference = ({ name }: StudyRecord): UserError =>
  new UserError(
    'stimuli.no-reference',
    'The reference classifier, which proposes candidates, is not trained yet',
    `study ${name}`,
    'Find the first candidates; this also trains the classifier.',
  );
