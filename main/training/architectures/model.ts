import type { Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { Architecture } from '../../contract/recipes/recipes.ts';
import type { Initialization } from '../../contract/recipes/training-parts.ts';
import type { ImageSize } from '../../domain/data/images.ts';
import type { LatentSpace } from '../../domain/anchors/latents.ts';
import type { NetworkEngine } from '../engines/network-ops.ts';

/**
 * Decides the initial weights: one seed, with PyTorch's initialization or a named one; the seeds of several networks side by
 * side; null: none, as weights are loaded.
 */
export type Seeds = number | { seed: number; initialisation: Initialization } | readonly number[] | null;

/** A weight, or a statistic such as batch norm's running mean, which is saved with the weights but not trained. */
export interface Parameter {
  readonly name: string;
  readonly variable: Variable;
  readonly trainable: boolean;
}

/** Normalize by the batch's statistics, by these and update the running ones, or by the running ones. */
export type Statistics = 'batch' | 'batch-and-learn' | 'running';

export type Mode = { readonly training: false } | { readonly training: true; readonly dropoutSeed: Tensor1D };

/** Size of a classifier's inputs in pixels, and the number of classes. */
export interface ImageShape {
  height: number;
  width: number;
  channels: number;
  classes: number;
}

/** A network on an engine. The seed alone decides its initial weights. */
export interface Model {
  readonly parameters: readonly Parameter[];
  dispose(): void;
}

/** From images [n, height, width, channels], normalized, to logits [n, classes]. */
export interface Classifier extends Model {
  logits(images: Tensor4D, mode: Mode): Tensor2D;
  /** What the last layer takes, [n, width], without dropout: the penultimate activations. */
  features(images: Tensor4D): Tensor2D;
}

/** min(maxSteps, 1 + gap / pace) steps between evaluations; gap: hundredths of a point to the nearest target. */
export interface EvaluationInterval {
  /** Most steps between two evaluations; the first comes after as many. */
  maxSteps: number;
  /** How far one step may move the accuracy, in hundredths of a point. */
  pace: number;
}

/** How many test images an evaluation takes at a time. Between two chunks it may end, or react to a stop. */
export interface EvaluationChunks {
  size: number;
  /** After this many images an evaluation will probably use all of them: from there on chunks have `laterSize` images. */
  laterAfter: number;
  laterSize: number;
}

/** Measured for each architecture, see docs/training.md. */
export interface EvaluationSettings {
  interval: EvaluationInterval;
  /** The fastest on a CPU. The longest chunk is a CNN's: 30 to 100 ms. */
  chunks: EvaluationChunks;
}

/** One kind of classifier: how it is built, and how its training is evaluated. */
export interface ClassifierArchitecture<Settings extends Architecture = Architecture> {
  /** @throws UserError `architecture.does-not-fit` if the images do not suit it. */
  build(engine: NetworkEngine, architecture: Settings, shape: ImageShape, seeds: Seeds): Classifier;
  /**
   * Lines of Python that define `logits(x)` of what `build` builds, x [n, channels, height, width], by the parameters in
   * the dictionary `w`, kernels in PyTorch's layout. They may use `torch` and `torch.nn.functional` as `F`.
   */
  pytorch(architecture: Settings, shape: ImageShape): string[];
  readonly evaluation: EvaluationSettings;
}

/** From latent points [n, pointLength(space)] to images [n, height, width, channels] in [-1, 1]. */
export interface GeneratorNet extends Model {
  /** Size of its images, which are square. */
  readonly size: ImageSize;
  readonly space: LatentSpace;
  images(points: Tensor2D, statistics: Statistics): Tensor4D;
}

/** For each weight by its name: the product v u^T of its singular vectors, [rows, columns], a constant for gradients. */
export type SingularDirections = ReadonlyMap<string, Tensor2D>;

/** What the discriminator of one training step takes besides the images. */
export interface DiscriminatorOptions {
  /** The class of each image, one-hot [n, classes]; of a conditional discriminator. */
  classes?: Tensor2D | undefined;
  /** Singular directions at this step, with spectral norm. */
  directions?: SingularDirections | undefined;
}

/** From images in [-1, 1] to logits [n]; positive means real. */
export interface Discriminator extends Model {
  /** With spectral norm: one power iteration for each weight, at the start of a step. */
  iterate(): SingularDirections;
  logits(images: Tensor4D, options?: DiscriminatorOptions): Tensor1D;
}
