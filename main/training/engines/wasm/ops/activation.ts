import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { randomStream } from '../../../../domain/random.ts';
import type { Ops } from '../../engine.ts';
import type { Heap } from '../heap.ts';
import { softmaxRow } from '../kernels/attention.ts';
import { normalCumulative, normalDensity } from '../kernels/pointwise.ts';

/** Functions of one element, and dropout. */
export function activationOps(h: Heap): Pick<Ops, 'relu' | 'leakyRelu' | 'gelu' | 'tanh' | 'dropout' | 'softmax'> {
  /** y = f(x), with a gradient from dy and x or y, whichever is kept. */
  const pointwise = <T extends Tensor>(
    x: T,
    keep: 'x' | 'y',
    forward: (y: Float32Array, x: Float32Array) => void,
    backward: (dx: Float32Array, dy: Float32Array, kept: Float32Array) => void,
  ): T => withGradient(x, keep, () => h.compute<T>(x.shape, [x], (to, from) => forward(to, from!)), backward);

  const withGradient = <T extends Tensor>(
    x: T,
    keep: 'x' | 'y',
    forward: () => T,
    backward: (dx: Float32Array, dy: Float32Array, kept: Float32Array) => void,
  ): T =>
    h.differentiable({
      inputs: [x],
      forward: () => {
        const y = forward();
        return { value: y, save: [keep === 'x' ? x : y] };
      },
      backward: (dy, [kept]) => [() => h.compute(dy.shape, [dy, kept], (dx, dy, kept) => backward(dx, dy!, kept!))],
    });

  return {
    relu: (x) =>
      withGradient(
        x,
        'y',
        () => h.tf.relu(x),
        (dx, dy, y) => {
          for (let i = 0; i < dx.length; i++) dx[i] = y[i]! > 0 ? dy[i]! : 0;
        },
      ),

    leakyRelu: (x, slope) =>
      pointwise(
        x,
        'x',
        (y, x) => {
          for (let i = 0; i < y.length; i++) y[i] = x[i]! > 0 ? x[i]! : slope * x[i]!;
        },
        (dx, dy, x) => {
          for (let i = 0; i < dx.length; i++) dx[i] = x[i]! > 0 ? dy[i]! : slope * dy[i]!;
        },
      ),

    gelu: (x) =>
      pointwise(
        x,
        'x',
        (y, x) => {
          for (let i = 0; i < y.length; i++) y[i] = x[i]! * normalCumulative(x[i]!);
        },
        (dx, dy, x) => {
          for (let i = 0; i < dx.length; i++) {
            dx[i] = dy[i]! * (normalCumulative(x[i]!) + x[i]! * normalDensity(x[i]!));
          }
        },
      ),

    tanh: (x) =>
      pointwise(
        x,
        'y',
        (y, x) => {
          for (let i = 0; i < y.length; i++) y[i] = Math.tanh(x[i]!);
        },
        (dx, dy, y) => {
          for (let i = 0; i < dx.length; i++) dx[i] = dy[i]! * (1 - y[i]! * y[i]!);
        },
      ),

    softmax: (logits) =>
      h.compute<Tensor2D>(logits.shape, [logits], (y, x) => {
        y.set(x!);
        const classes = logits.shape[1];
        for (let at = 0; at < y.length; at += classes) softmaxRow(y, at, classes);
      }),

    dropout: (x, rate, seed) =>
      h.differentiable({
        inputs: [x],
        forward: () => {
          const scale = h.compute(x.shape, [seed], (scale, seed) => fillMask(scale, rate, seed!));
          return { value: h.tf.mul(x, scale) as typeof x, save: [scale] };
        },
        backward: (dy, [scale]) => [() => h.tf.mul(dy, scale)],
      }),
  };
}

/** 0 with probability `rate`, else 1 / (1 - rate); decided by the two numbers of the seed. */
function fillMask(mask: Float32Array, rate: number, seed: ArrayLike<number>): void {
  const stream = randomStream(seed[0]!, 'dropout', seed[1]!);
  const kept = 1 / (1 - rate);
  for (let i = 0; i < mask.length; i++) mask[i] = stream.float() < rate ? 0 : kept;
}
