import { type ArchitectureKind, classifierRecipeSchema, generatorRecipeSchema } from '../../contract/recipes.ts';
import { repeatedNames, smallNames } from '../../training/conformance/small-models.ts';
import type { ConformancePlan } from '../../training/proof/calls.ts';
import type { SideTask } from '../../training/proof/protocol.ts';

/** How much a proof measures. */
export interface ProofPlan {
  conformance: ConformancePlan;
  /** Of the training over which memory is measured. */
  memorySteps: number;
  /** Networks in the product's default size whose steps and evaluation are timed. */
  timed: readonly TimedModel[];
  /** Blocks of each side, and seconds of a block of the slowest one. */
  rounds: number;
  seconds: number;
  /** Test images of a block of an evaluation. */
  images: number;
  /** Milliseconds: slower steps, and blocks of an evaluation, are not timed. */
  slowest: number;
  /** How many seeds are trained in one step. */
  seeds: readonly { model: ArchitectureKind; counts: readonly number[] }[];
  /** Also PyTorch with channels_last and its fused optimizer. */
  tunedPeer: boolean;
  /** Milliseconds without an answer after which PyTorch is taken for hung. */
  peerPatience: number;
}

/** Milliseconds without an answer or an event after which an engine or PyTorch is taken for hung. */
export const patience = 600_000;

export type TimedModel = ArchitectureKind | 'dcgan64';

/** About a quarter of an hour on a processor. */
export const fullPlan: ProofPlan = {
  conformance: { models: smallNames, repeated: repeatedNames, groups: null },
  memorySteps: 500,
  timed: ['mlp', 'cnn', 'vit', 'resnet', 'lenet', 'mixer', 'dcgan64'],
  rounds: 10,
  seconds: 1,
  images: 1000,
  slowest: 20_000,
  tunedPeer: true,
  peerPatience: patience,
  seeds: [
    { model: 'mlp', counts: [5, 20, 100] },
    { model: 'cnn', counts: [5, 20] },
  ],
};

/** A minute or two on a processor. All ops and gradients are checked all the same. */
export const quickPlan: ProofPlan = {
  conformance: { models: smallNames, repeated: ['mlp', 'cnn'], groups: null },
  memorySteps: 100,
  timed: ['mlp', 'cnn', 'vit'],
  rounds: 5,
  seconds: 0.3,
  images: 500,
  slowest: 5000,
  tunedPeer: false,
  peerPatience: patience,
  seeds: [{ model: 'mlp', counts: [5, 20] }],
};

/** A network by the defaults of its recipe: batch 128; the DCGAN with 64 features and a batch of 32. */
export function timedTask(model: TimedModel): SideTask {
  if (model === 'dcgan64') {
    const recipe = generatorRecipeSchema.parse({ kind: model, features: 64, batch: 32, steps: 1_000_000 });
    return { task: 'generator', recipe, seed: 1 };
  }
  const recipe = classifierRecipeSchema.parse({ architecture: { kind: model }, targets: [97.5] });
  return { task: 'classifier', recipe, seed: 1 };
}
