import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import type { Tfjs } from './engine.ts';

/** Computes a tensor on demand, so that unneeded gradients cost nothing. */
type Lazy = () => Tensor;

/** An op with its own gradient. */
export interface DifferentiableOp<V extends Tensor | Tensor[], S extends Tensor[]> {
  inputs: Tensor[];
  /** The result, and the tensors that the gradient needs. All other tensors allocated here are disposed. */
  forward: () => { value: V; save: [...S] };
  /** A lazy gradient for each input, in their order. Each must return a new tensor, as tfjs disposes of it. */
  backward: (dy: V, saved: S) => Lazy[];
}

/** What runs ops with their own gradients on one engine. */
export interface Differentiating {
  differentiable<V extends Tensor | Tensor[], S extends Tensor[]>(op: DifferentiableOp<V, S>): V;
}

/** Gradients that were computed together, one for each input. */
export const lazily = (gradients: readonly Tensor[]): Lazy[] => gradients.map((gradient) => () => gradient);

/** The part of tfjs's engine behind `tf.customGrad`; typed as private there, but stable since tfjs 1.0. */
interface KernelRunner {
  runKernelFunc(call: {
    forwardFunc: (backend: unknown, save: (tensors: Tensor[]) => void) => Tensor | Tensor[];
    backwardsFunc: (dy: Tensor | Tensor[], saved: Tensor[]) => Record<string, Lazy>;
    inputs: NamedTensorMap;
  }): Tensor | Tensor[];
}

/**
 * Runs an op with its own gradient. `tf.customGrad` computes the gradients of all inputs, this only those needed: the
 * gradient of a batch of images takes a tenth of a step.
 */
export function differentiable<V extends Tensor | Tensor[], S extends Tensor[]>(
  tf: Tfjs,
  op: DifferentiableOp<V, S>,
): V {
  const runner = tf.engine() as unknown as KernelRunner;
  return runner.runKernelFunc({
    inputs: Object.fromEntries(op.inputs.map((tensor, index) => [String(index), tensor])),
    forwardFunc: (_backend, save) => {
      const { value, save: kept } = op.forward();
      save(kept);
      return value;
    },
    backwardsFunc: (dy, saved) =>
      Object.fromEntries(op.backward(dy as V, saved as S).map((gradient, index) => [String(index), gradient])),
  }) as V;
}
