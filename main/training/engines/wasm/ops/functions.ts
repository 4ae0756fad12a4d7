import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Ops } from '../../engine.ts';
import { pointwise } from '../../layers.ts';
import type { Heap } from '../heap.ts';
import type { Pointer } from '../kernels.ts';

/** y = f(x), `count` floats. */
type Forward = (y: Pointer, x: Pointer, count: number) => void;
/** dx from dy and the saved tensor. */
type Backward = (dx: Pointer, dy: Pointer, kept: Pointer, count: number) => void;

/** Functions of one element, softmax, dropout. */
export function activationOps(h: Heap): Pick<Ops, 'relu' | 'leakyRelu' | 'gelu' | 'tanh' | 'dropout' | 'softmax'> {
  const { kernels } = h;
  const byKernels = <T extends Tensor>(x: T, keep: 'argument' | 'value', forward: Forward, backward: Backward): T =>
    pointwise(
      h,
      x,
      keep,
      () => h.compute(x.shape, [x], (to, from) => forward(to, from!, x.size)),
      (dy, kept) => h.compute(dy.shape, [dy, kept], (dx, dy, from) => backward(dx, dy!, from!, kept.size)),
    );

  return {
    relu: (x) => byKernels(x, 'value', kernels.relu, kernels.reluBack),
    leakyRelu: (x, slope) =>
      byKernels(
        x,
        'argument',
        (y, x, count) => kernels.leakyRelu(y, x, count, slope),
        (dx, dy, x, count) => kernels.leakyReluBack(dx, dy, x, count, slope),
      ),
    gelu: (x) => byKernels(x, 'argument', kernels.gelu, kernels.geluBack),
    tanh: (x) => byKernels(x, 'value', kernels.hyperbolicTangent, kernels.hyperbolicTangentBack),

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

/** The losses, in float64; their gradients come from the logits directly, which is exact where a softmax saturates. */
export function lossOps(h: Heap): Pick<Ops, 'softmaxCrossEntropy' | 'softCrossEntropy' | 'sigmoidCrossEntropy'> {
  return {
    softmaxCrossEntropy: crossEntropyOp(h, 'labels'),
    softCrossEntropy: crossEntropyOp(h, 'targets'),
    sigmoidCrossEntropy: sigmoidCrossEntropyOp(h),
  };
}

/** Mean of log(sum(e^x)) less the logit of the label, or less the logits' mean by the targets. */
function crossEntropyOp(h: Heap, kind: 'labels' | 'targets'): (logits: Tensor2D, wanted: Tensor) => Scalar {
  return (logits, wanted) => {
    const [n, classes] = logits.shape;
    return h.differentiable({
      inputs: [logits],
      forward: () => {
        const [loss, gradient] = h.allocate<[Scalar, Tensor]>([[], logits.shape]);
        h.view([loss, gradient, logits, wanted], (loss, gradient, logits, wanted) => {
          let sum = 0;
          for (let row = 0, at = 0; row < n; row++, at += classes) {
            let own = softmaxRow(gradient!, logits!, at, classes);
            if (kind === 'labels') {
              const label = at + wanted![row]!;
              own -= logits![label]!;
              gradient![label]! -= 1;
            } else
              for (let i = at; i < at + classes; i++) {
                own -= wanted![i]! * logits![i]!;
                gradient![i]! -= wanted![i]!;
              }
            sum += own;
          }
          loss![0] = sum / n;
        });
        return { value: loss, save: [gradient] };
      },
      backward: (dy, [gradient]) => [
        () => {
          const [dx] = h.allocate<[Tensor]>([gradient.shape]);
          h.view([dx, gradient, dy], (dx, gradient, dy) => {
            const factor = dy![0]! / n;
            for (let i = 0; i < dx!.length; i++) dx![i] = gradient![i]! * factor;
          });
          return dx;
        },
      ],
    });
  };
}

/** softplus(z) - target z; its derivative is sigmoid(z) - target. */
function sigmoidCrossEntropyOp(h: Heap): Ops['sigmoidCrossEntropy'] {
  return (logits, target) =>
    h.differentiable({
      inputs: [logits],
      forward: () => {
        const [loss] = h.allocate<[Scalar]>([[]]);
        h.view([loss, logits], (loss, z) => {
          let sum = 0;
          for (const value of z!) sum += softplus(value) - target * value;
          loss![0] = sum / z!.length;
        });
        return { value: loss, save: [logits] };
      },
      backward: (dy, [logits]) => [
        () => {
          const [dx] = h.allocate<[Tensor]>([logits.shape]);
          h.view([dx, logits, dy], (dx, z, dy) => {
            const factor = dy![0]! / dx!.length;
            for (let i = 0; i < dx!.length; i++) dx![i] = (sigmoid(z![i]!) - target) * factor;
          });
          return dx;
        },
      ],
    });
}

/** Softmax of `length` numbers from `at`. @returns log(sum(e^x)) */
function softmaxRow(y: Float32Array, x: Float32Array, at: number, length: number): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = at; i < at + length; i++) highest = Math.max(highest, x[i]!);
  let sum = 0;
  for (let i = at; i < at + length; i++) sum += Math.exp(x[i]! - highest);
  for (let i = at; i < at + length; i++) y[i] = Math.exp(x[i]! - highest) / sum;
  return highest + Math.log(sum);
}

/** log(1 + e^x), without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
