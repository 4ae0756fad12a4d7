import type { Tensor } from '@tensorflow/tfjs-core';
import type { Ops } from '../../engine.ts';
import type { Heap } from '../heap.ts';
import { adamUpdate } from '../kernels/adam.ts';

/**
 * Adam. The moments change in place; the weights become a new tensor each time, because XNNPACK packs weights for
 * itself and keeps them by the tensor's number: a change in place would go unseen.
 */
export function adamOp(h: Heap): Pick<Ops, 'adam'> {
  return {
    adam: (parameter, gradient, slots, t, settings) =>
      h.tf.tidy(() => {
        const inputs = [parameter, gradient, slots.m, slots.v, t];
        const next: Tensor = h.compute(parameter.shape, inputs, (next, weights, gradient, m, v, t) =>
          adamUpdate(next, [weights!, gradient!, m!, v!], t![0]!, settings),
        );
        parameter.assign(next);
      }),
  };
}
