import type { Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { Ops, Tfjs } from '../engines/engine.ts';

/**
 * What networks are written in: an engine's ops, or those of several networks that are trained side by side
 * (training/stacked). There the batches of all networks follow one another along the batch axis, and each parameter has
 * a leading axis of networks. So a network does not mix the examples of a batch by itself, and what it does to a
 * parameter before it gives it to an op concerns the last axes only.
 */
export type NetworkOps = Omit<Ops, 'adam' | 'softmax' | 'softmaxCrossEntropy' | 'sigmoidCrossEntropy'>;

export interface NetworkEngine {
  readonly tf: Tfjs;
  readonly ops: NetworkOps;
}

/** What the initial weights come from: one seed, or those of several networks side by side. */
export type Seeds = number | readonly number[];

/** Weights, or statistics such as a batch norm's running mean, which are saved with the weights but not trained. */
export interface Parameter {
  readonly name: string;
  readonly variable: Variable;
  readonly trainable: boolean;
}

/** `batch`: normalise by the batch's statistics; `batch-and-learn`: and move the running ones; `running`: use those. */
export type Statistics = 'batch' | 'batch-and-learn' | 'running';

export type Mode = { readonly training: false } | { readonly training: true; readonly dropoutSeed: Tensor1D };

/** What a classifier takes and tells apart. Sizes in pixels. */
export interface ImageShape {
  height: number;
  width: number;
  channels: number;
  classes: number;
}

/** A network on an engine. Initial weights are decided by the seed alone. */
export interface Model {
  readonly parameters: readonly Parameter[];
  dispose(): void;
}

/** From images [n, height, width, channels], normalised, to logits [n, classes]. */
export interface Classifier extends Model {
  logits(images: Tensor4D, mode: Mode): Tensor2D;
}

/** From z [n, latent] to images [n, size, size, 1] in [-1, 1]. */
export interface GeneratorNet extends Model {
  readonly size: number;
  readonly latent: number;
  images(z: Tensor2D, statistics: Statistics): Tensor4D;
}

/** From images in [-1, 1] to logits [n]; positive means real. */
export interface Discriminator extends Model {
  readonly size: number;
  logits(images: Tensor4D): Tensor1D;
}
