import {
  type ArchitectureKind,
  batchFor,
  type ClassifierRecipe,
  classifierRecipeSchema,
} from '../../contract/recipes/index.ts';
import { type PaperKind, paperKinds } from '../../domain/networks/index.ts';
import type { ImageSize } from '../../domain/data/index.ts';
import { usualRecipe } from '../../domain/settings/index.ts';

/** Architectures of a new study, in the order in which a probe trains them. */
export const probedKinds = paperKinds;

/** Steps that a probe trains each architecture at most, of 128 images: a minute or two in all on one core. */
export const probeSteps = 400;
/** On few images, a probe has fewer steps: networks have then seen each image this often. */
const probeEpochs = 20;

/** Steps that a probe trains each architecture. */
export const stepsOfProbe = (trainCount: number): number =>
  Math.min(probeSteps, probeEpochs * Math.floor(trainCount / batchFor({ trainCount })));

/** What a network got right of all test images at the end of a probe, in percent. */
export interface ProbedAccuracy {
  kind: ArchitectureKind;
  accuracy: number;
}

/** The first recipe of each architecture in a new study, for `steps` steps and without a target that could be met before. */
export function probeRecipe(
  kind: PaperKind,
  { trainCount, ...size }: ImageSize & { trainCount: number },
  steps: number,
): ClassifierRecipe {
  const target = 100;
  const { architecture, batch } = usualRecipe(kind, { ...size, trainCount, testCount: trainCount, target });
  const stepsPerEpoch = Math.floor(trainCount / batch);
  return classifierRecipeSchema.parse({
    architecture,
    batch,
    targets: [target],
    // A little more than the steps, as the number of epochs is rounded down to steps.
    maxEpochs: (steps + 0.01) / stepsPerEpoch,
  });
}

/** Below this, a target says nothing about images: networks that guess may reach it. */
const leastAboveChance = 5;

/**
 * The accuracy that all architectures had reached: the lowest at the end of the probe, rounded down to half a point. Null:
 * too little was learned to propose one, in so few steps.
 */
export function proposedTarget(accuracies: readonly ProbedAccuracy[], classes: number): number | null {
  const lowest = Math.min(...accuracies.map(({ accuracy }) => accuracy));
  const target = Math.min(99.5, Math.floor(lowest * 2) / 2);
  return Number.isFinite(lowest) && target >= 100 / classes + leastAboveChance ? target : null;
}

/** For the classifier that proposes anchors: what the CNN had reached, as this one is no compared network. */
export function proposedReferenceTarget(accuracies: readonly ProbedAccuracy[], target: number): number {
  const reached = accuracies.find(({ kind }) => kind === 'cnn')?.accuracy ?? target;
  return Math.max(target, Math.min(99.5, Math.floor(reached * 2) / 2));
}
