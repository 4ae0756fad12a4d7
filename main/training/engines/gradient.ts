import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import type { Tfjs } from './engine.ts';

/** A tensor computed when it is asked for, so that gradients that nobody needs cost nothing. */
export type Lazy = () => Tensor;

/** An op with a gradient of its own. */
export interface DifferentiableOp<V extends Tensor | Tensor[], S extends Tensor[]> {
  inputs: Tensor[];
  /** The result, and the tensors that the gradient needs. All else made here is freed. */
  forward: () => { value: V; save: [...S] };
  /**
   * One lazy gradient an input, in their order, from the gradient of the result. A lazy gradient must make a new
   * tensor, as tfjs disposes of what it gets.
   */
  backward: (dy: V, saved: S) => Lazy[];
}

/** The part of tfjs's engine behind `tf.customGrad`; typed as private there, but stable since tfjs 1.0. */
interface KernelRunner {
  runKernelFunc(call: {
    forwardFunc: (backend: unknown, save: (tensors: Tensor[]) => void) => Tensor | Tensor[];
    backwardsFunc: (dy: Tensor | Tensor[], saved: Tensor[]) => Record<string, Lazy>;
    inputs: NamedTensorMap;
  }): Tensor | Tensor[];
}

/**
 * Runs an op with its own gradient. Unlike `tf.customGrad`, which computes the gradients of all inputs, this computes
 * only those that are needed: the gradient for a batch of images is a tenth of a step.
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
