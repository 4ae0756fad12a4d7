import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { EngineDescription } from '../../contract/runs/run.ts';

/** Inputs or results of a step by name. */
export type TensorMap = Record<string, Tensor>;

/**
 * A step: a pure function of its input tensors and of variables, which it may change. It must not read values or branch
 * on them, and draws random numbers only by `ops` from a seed tensor, so that an engine can record it once.
 */
export type Step = (inputs: TensorMap) => TensorMap;

/** Shape and type of an entry's input. */
export interface InputForm {
  shape: readonly number[];
  dtype: 'float32' | 'int32';
}

/** A step with the forms of all its inputs, as an engine needs to record it. */
export interface Entry {
  step: Step;
  inputs: Record<string, InputForm>;
}

/** A step ready to run. Disposes of all that it allocates, not of its inputs. Await each call before the next one. */
export type CompiledStep = (inputs: TensorMap) => Promise<Record<string, Float32Array>>;

/** Entries, e.g. a training step and inference, that share the variables they use. */
export interface Program<Name extends string = string> {
  readonly run: Readonly<Record<Name, CompiledStep>>;
  /** Frees the compiled entries and the values of their variables. */
  dispose(): void;
}

export interface AdamSettings {
  stepSize: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  /** L2 added to the gradient (Adam), or decoupled (AdamW). */
  weightDecay: number;
  decoupled: boolean;
}

interface BatchNorm {
  y: Tensor4D;
  mean: Tensor1D;
  variance: Tensor1D;
}

/** First and second moments of one parameter. */
export interface AdamSlots {
  m: Variable;
  v: Variable;
}

/** The ops that models are written in, NHWC; differentiable unless stated otherwise (docs/adding.md). */
export interface Ops {
  /** x [n, i] times w [i, o] plus b [o]. */
  dense(x: Tensor2D, w: Tensor2D, b: Tensor1D): Tensor2D;
  /** Square kernel w [k, k, in, out], no dilation; `same` pads as TensorFlow does. */
  conv2d(x: Tensor4D, w: Tensor4D, stride: number, padding: 'same' | 'valid'): Tensor4D;
  /** Transposed convolution to `size` x `size`; w [k, k, out, in]. */
  conv2dTranspose(x: Tensor4D, w: Tensor4D, size: number, stride: number, padding: 'same' | 'valid'): Tensor4D;
  /** Adds b [c] to the last axis. */
  biasAdd<T extends Tensor>(x: T, b: Tensor1D): T;
  /** Batch norm by the batch's biased variance; also gives its mean and unbiased variance, without gradient. */
  bnTrain(x: Tensor4D, gamma: Tensor1D, beta: Tensor1D, epsilon: number): BatchNorm;
  /** `bnTrain`, and on its y a leaky ReLU with this slope for negative numbers; a slope of 0 is ReLU. */
  bnRectified(x: Tensor4D, gamma: Tensor1D, beta: Tensor1D, epsilon: number, slope: number): BatchNorm;
  /** Over the last axis. */
  layerNorm(x: Tensor2D, gamma: Tensor1D, beta: Tensor1D, epsilon: number): Tensor2D;
  relu<T extends Tensor>(x: T): T;
  /** @param slope of negative numbers, above 0 */
  leakyRelu<T extends Tensor>(x: T, slope: number): T;
  /** Exact, by erf. */
  gelu<T extends Tensor>(x: T): T;
  tanh<T extends Tensor>(x: T): T;
  /** 2x2, stride 2, valid: an odd last row or column is dropped. Of equal maxima the first gets the gradient. */
  maxPool2(x: Tensor4D): Tensor4D;
  /**
   * Multi-head attention (Vaswani et al. 2017): softmax(q k^T / sqrt d) v for each head.
   * qkv [n, t, 3 * heads * d], its last axis ordered (q, k, v; head; d), to [n, t, heads * d].
   */
  attention(qkv: Tensor3D, heads: number): Tensor3D;
  /** `attention` of x [n * tokens, width] times w [width, 3 * heads * d] plus b, to [n * tokens, heads * d]. */
  selfAttention(x: Tensor2D, w: Tensor2D, b: Tensor1D, tokens: number, heads: number): Tensor2D;
  /** Inverted dropout. `seed`: int32 [2]; the same seed gives the same mask on the same engine. */
  dropout<T extends Tensor>(x: T, rate: number, seed: Tensor1D): T;
  /** Softmax over the last axis. No gradient. */
  softmax(logits: Tensor2D): Tensor2D;
  /** Mean cross-entropy (nats) of logits [n, c] against labels int32 [n]. */
  softmaxCrossEntropy(logits: Tensor2D, labels: Tensor1D): Scalar;
  /** Mean cross-entropy (nats) of logits [n, c] against distributions [n, c]. Absent: composed of the one above and others (`labelLoss`). */
  softCrossEntropy?(logits: Tensor2D, targets: Tensor2D): Scalar;
  /** Mean binary cross-entropy (nats) of logits [n] against one target in [0, 1] for all. */
  sigmoidCrossEntropy(logits: Tensor1D, target: number): Scalar;
  /**
   * Adam's update of one parameter in place (Kingma & Ba 2015, PyTorch's epsilon: sqrt(v / (1 - beta2^t)) + epsilon).
   * `t`: a scalar float32 tensor, 1 at the first step. No gradient.
   */
  adam(parameter: Variable, gradient: Tensor, slots: AdamSlots, t: Scalar, settings: AdamSettings): void;
}

/** tfjs without its backends. */
export type Tfjs = typeof import('@tensorflow/tfjs-core');

/** A way to compute, e.g. TensorFlow. Opened once per process by `openEngine`. */
export interface Engine {
  readonly description: EngineDescription;
  readonly ops: Ops;
  /** Whether steps are faster when they gather images from a variable that holds the data set (`imageSource`). */
  readonly holdsData: boolean;
  /** The engine's tfjs, for shapes (reshape, transpose, slice, concat), variables and gradients. */
  readonly tf: Tfjs;
  /**
   * Compiles entries. The engine may move the variables that they use into the program: from then on only `read` and
   * `write` can access their values, and no variable can belong to two programs. So all steps that use the same variables
   * must be entries of one program.
   */
  compile<Name extends string>(entries: Record<Name, Entry>): Program<Name>;
  /** Copies of the exact values of variables, in their order, including those that belong to programs. */
  read(variables: readonly Variable[]): Promise<Float32Array[]>;
  /** Sets variables, including those that belong to programs. Each array has its variable's size. */
  write(values: ReadonlyMap<Variable, Float32Array>): void;
  /** Live tensors and bytes, for the memory tests. */
  memory(): { tensors: number; bytes: number };
}
