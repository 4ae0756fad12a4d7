import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Ops } from '../../engine.ts';
import type { Heap } from '../heap.ts';

/** Multi-head attention, by itself and with the projection before it. */
export function attentionOps(h: Heap): Pick<Ops, 'attention' | 'selfAttention'> {
  return { attention: attentionOp(h), selfAttention: selfAttentionOp(h) };
}

function attentionOp(h: Heap): Ops['attention'] {
  const { kernels } = h;
  return (qkv, heads) => {
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
  };
}

function selfAttentionOp(h: Heap): Ops['selfAttention'] {
  const { kernels } = h;
  return (x, w, b, tokens, heads) => {
    const [rows, width] = x.shape;
    const columns = w.shape[1];
    const d = columns / 3 / heads;
    const sizes = [rows / tokens, tokens, width, heads, d] as const;
    // What the gradient needs, if one may be asked for; inside of an op the tape is always off.
    const kept = h.tf.engine().isTapeOn()
      ? [
          [rows, columns],
          [rows * heads, kernels.paddedTokens(tokens)],
        ]
      : [];
    return h.differentiable({
      inputs: [x, w, b],
      forward: () => {
        const [value, ...save] = h.computeMany<[Tensor2D, ...Tensor[]]>(
          [[rows, columns / 3], ...kept],
          [x, w, b],
          ([out, qkv = 0, weights = 0], x, w, b) => {
            const scratch = h.scratch(kernels.selfAttentionScratch(tokens, width, heads, d));
            kernels.selfAttention(out, qkv, weights, x!, w!, b!, ...sizes, scratch);
          },
        );
        return { value, save: [x, w, ...save] };
      },
      backward: (dy, saved) => {
        const [dx, dw, db] = h.computeMany<[Tensor, Tensor, Tensor]>(
          [x.shape, w.shape, b.shape],
          [dy, ...saved],
          ([dx, dw, db], dy, x, w, qkv, weights) => {
            const scratch = h.scratch(kernels.selfAttentionBackScratch(tokens, width, heads, d));
            kernels.selfAttentionBack(dx, dw, db, dy!, x!, w!, qkv!, weights!, ...sizes, scratch);
          },
        );
        return [() => dx, () => dw, () => db];
      },
    });
  };
}
