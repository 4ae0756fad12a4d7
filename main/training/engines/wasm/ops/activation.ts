import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Ops } from '../../engine.ts';
import type { Heap } from '../heap.ts';
import type { Pointer } from '../kernels.ts';

/** y = f(x), `count` floats. */
type Forward = (y: Pointer, x: Pointer, count: number) => void;
/** dx from dy and what was kept. */
type Backward = (dx: Pointer, dy: Pointer, kept: Pointer, count: number) => void;

/** Functions of one element, softmax, dropout. */
export function activationOps(h: Heap): Pick<Ops, 'relu' | 'leakyRelu' | 'gelu' | 'tanh' | 'dropout' | 'softmax'> {
  const { kernels } = h;
  /** `keep`: what the gradient needs, x or y. */
  const pointwise = <T extends Tensor>(x: T, keep: 'x' | 'y', forward: Forward, backward: Backward): T =>
    h.differentiable({
      inputs: [x],
      forward: () => {
        const y = h.compute<T>(x.shape, [x], (to, from) => forward(to, from!, x.size));
        return { value: y, save: [keep === 'x' ? x : y] };
      },
      backward: (dy, [kept]) => [
        () => h.compute(dy.shape, [dy, kept], (dx, dy, from) => backward(dx, dy!, from!, kept.size)),
      ],
    });

  return {
    relu: (x) => pointwise(x, 'y', kernels.relu, kernels.reluBack),
    leakyRelu: (x, slope) =>
      pointwise(
        x,
        'x',
        (y, x, count) => kernels.leakyRelu(y, x, count, slope),
        (dx, dy, x, count) => kernels.leakyReluBack(dx, dy, x, count, slope),
      ),
    gelu: (x) => pointwise(x, 'x', kernels.gelu, kernels.geluBack),
    tanh: (x) => pointwise(x, 'y', kernels.hyperbolicTangent, kernels.hyperbolicTangentBack),

    softmax: (logits) => {
      const [rows, columns] = logits.shape;
      return h.compute<Tensor2D>(logits.shape, [logits], (y, x) => kernels.softmax(y, x!, rows, columns));
    },

    dropout: (x, rate, seed) => {
      const times = <T extends Tensor>(a: T, mask: Tensor): T =>
        h.compute(a.shape, [a, mask], (y, a, mask) => kernels.multiply(y, a!, mask!, x.size));
      return h.differentiable({
        inputs: [x],
        forward: () => {
          const mask = h.compute(x.shape, [], (mask) =>
            h.view([seed], (keys) => kernels.dropoutMask(mask, x.size, rate, 1 / (1 - rate), keys![0]!, keys![1]!)),
          );
          return { value: times(x, mask), save: [mask] };
        },
        backward: (dy, [mask]) => [() => times(dy, mask)],
      });
    },
  };
}
