import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import type { Ops } from '../../engine.ts';
import type { Heap } from '../heap.ts';

/** Multi-head attention. */
export function attentionOps(h: Heap): Pick<Ops, 'attention'> {
  const { kernels } = h;
  return {
    attention: (qkv, heads) => {
      const [n, t, width] = qkv.shape;
      const d = width / 3 / heads;
      return h.differentiable({
        inputs: [qkv],
        forward: () => {
          const shapes = [
            [n, t, width / 3],
            [n, heads, t, kernels.paddedTokens(t)],
          ];
          const [out, weights] = h.computeMany<[Tensor3D, Tensor]>(shapes, [qkv], ([out, weights], qkv) =>
            kernels.attention(out, weights, qkv!, n, t, heads, d, h.scratch(kernels.attentionScratch(t, d))),
          );
          return { value: out, save: [qkv, weights] };
        },
        backward: (dy, [qkv, weights]) => [
          () =>
            h.compute(qkv.shape, [dy, qkv, weights], (dQkv, dy, qkv, weights) => {
              const scratch = h.scratch(kernels.attentionScratch(t, d));
              kernels.attentionBack(dQkv, dy!, qkv!, weights!, n, t, heads, d, scratch);
            }),
        ],
      });
    },
  };
}
