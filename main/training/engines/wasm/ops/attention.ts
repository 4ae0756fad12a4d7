import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import type { Ops } from '../../engine.ts';
import type { Heap } from '../heap.ts';
import { attend, attendBack } from '../kernels/attention.ts';

/** Multi-head attention. */
export function attentionOps(h: Heap): Pick<Ops, 'attention'> {
  return {
    attention: (qkv, heads) => {
      const [n, t, width] = qkv.shape;
      const shape = { n, t, heads, d: width / 3 / heads };
      return h.differentiable({
        inputs: [qkv],
        forward: () => {
          const [out, weights] = h.computeMany<[Tensor3D, Tensor]>(
            [
              [n, t, width / 3],
              [n, heads, t, t],
            ],
            [qkv],
            ([out, weights], qkv) => attend(out, weights, qkv!, shape),
          );
          return { value: out, save: [qkv, weights] };
        },
        backward: (dy, [qkv, weights]) => [
          () =>
            h.compute(qkv.shape, [dy, qkv, weights], (dQkv, dy, qkv, weights) =>
              attendBack(dQkv, dy!, qkv!, weights!, shape),
            ),
        ],
      });
    },
  };
}
