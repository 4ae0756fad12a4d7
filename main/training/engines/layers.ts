import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Ops, Tfjs } from './engine.ts';
import type { Differentiating } from './gradient.ts';

/** Layers and functions with their gradients, made of what each engine computes by kernels of its own. */

type Padding = 'same' | 'valid';

/** Sizes of a convolution, NHWC, square kernel and stride, no dilation; `x` is the larger map, which it reads. */
// In the order in which the kernels of wasm read them. A type, as those of WebGPU take a record of numbers.
export type Convolution = {
  images: number;
  height: number;
  width: number;
  channels: number;
  outHeight: number;
  outWidth: number;
  outputs: number;
  kernel: number;
  stride: number;
  /** Rows above and columns left of the image that the first window starts in. */
  top: number;
  left: number;
};

/** The convolution of x [n, h, w, c] with a filter [k, k, c, o]; `same` pads as TensorFlow does. */
export function convolution(
  xShape: readonly number[],
  wShape: readonly number[],
  stride: number,
  padding: Padding,
): Convolution {
  const [images, height, width, channels] = xShape as [number, number, number, number];
  const [kernel, , , outputs] = wShape as [number, number, number, number];
  const out = (length: number): number =>
    padding === 'same' ? Math.ceil(length / stride) : Math.ceil((length - kernel + 1) / stride);
  const before = (length: number): number =>
    padding === 'same' ? Math.max(0, (out(length) - 1) * stride + kernel - length) >> 1 : 0;
  return {
    images,
    height,
    width,
    channels,
    outHeight: out(height),
    outWidth: out(width),
    outputs,
    kernel,
    stride,
    top: before(height),
    left: before(width),
  };
}

/** A convolution of maps and filters of known shapes. */
interface Convolving {
  forward(x: Tensor4D, w: Tensor4D): Tensor4D;
  /** The gradient of x, which is a transposed convolution. */
  toInput(dy: Tensor4D, w: Tensor4D): Tensor4D;
  /** The gradient of w. */
  toFilter(x: Tensor4D, dy: Tensor4D): Tensor;
}

/** What dense and convolutional layers consist of. */
export interface LinearKernels {
  /** x [n, i] times w [i, o] plus b [o]. */
  dense(x: Tensor2D, w: Tensor2D, b: Tensor1D): Tensor2D;
  /** dy times the transpose of w. */
  toDenseInput(dy: Tensor2D, w: Tensor2D): Tensor;
  /** The transpose of x times dy. */
  toDenseWeight(x: Tensor2D, dy: Tensor2D): Tensor;
  addBias<T extends Tensor>(x: T, b: Tensor1D): T;
  /** Sum over all axes but the last. */
  sumToLast(dy: Tensor): Tensor;
  /** @param xShape, wShape as of `convolution` */
  convolving(xShape: readonly number[], wShape: readonly number[], stride: number, padding: Padding): Convolving;
}

/** Dense and convolutional layers. */
export function linearOps(
  c: Differentiating,
  k: LinearKernels,
): Pick<Ops, 'dense' | 'conv2d' | 'conv2dTranspose' | 'biasAdd'> {
  return {
    dense: (x, w, b) =>
      c.differentiable({
        inputs: [x, w, b],
        forward: () => ({ value: k.dense(x, w, b), save: [x, w] }),
        backward: (dy, [x, w]) => [() => k.toDenseInput(dy, w), () => k.toDenseWeight(x, dy), () => k.sumToLast(dy)],
      }),

    conv2d: (x, w, stride, padding) => {
      const of = k.convolving(x.shape, w.shape, stride, padding);
      return c.differentiable({
        inputs: [x, w],
        forward: () => ({ value: of.forward(x, w), save: [x, w] }),
        backward: (dy, [x, w]) => [() => of.toInput(dy, w), () => of.toFilter(x, dy)],
      });
    },

    // Input and result swap roles.
    conv2dTranspose: (x, w, size, stride, padding) => {
      const of = k.convolving([x.shape[0], size, size, w.shape[2]], w.shape, stride, padding);
      return c.differentiable({
        inputs: [x, w],
        forward: () => ({ value: of.toInput(x, w), save: [x, w] }),
        backward: (dy, [x, w]) => [() => of.forward(dy, w), () => of.toFilter(dy, x)],
      });
    },

    biasAdd: (x, b) =>
      c.differentiable({
        inputs: [x, b],
        forward: () => ({ value: k.addBias(x, b), save: [] }),
        backward: (dy) => [() => dy.clone(), () => k.sumToLast(dy)],
      }),
  };
}

/** A function of each element. @param keep what its gradient needs @param gradient from dy and what was kept */
export const pointwise = <T extends Tensor>(
  c: Differentiating,
  x: T,
  keep: 'argument' | 'value',
  value: () => T,
  gradient: (dy: T, kept: T) => Tensor,
): T =>
  c.differentiable({
    inputs: [x],
    forward: () => {
      const y = value();
      return { value: y, save: [keep === 'value' ? y : x] };
    },
    backward: (dy, [kept]) => [() => gradient(dy, kept)],
  });

/** What attention consists of. */
interface AttentionKernels extends Differentiating {
  readonly tf: Tfjs;
  /** Product of matrices over the last two axes. */
  matMul<T extends Tensor>(a: Tensor, b: Tensor, transposeA?: boolean, transposeB?: boolean): T;
}

/**
 * Multi-head attention with its own gradient, on matrices [n, heads, t, d].
 * @param softmaxGradient `factor` (p dp - p sum(p dp)) of `weighted`, which is p dp
 */
export function attentionOp(
  c: AttentionKernels,
  softmaxGradient: (p: Tensor4D, weighted: Tensor4D, factor: number) => Tensor4D,
): Ops['attention'] {
  const { tf } = c;
  return (qkv, heads) => {
    const [n, t, width] = qkv.shape;
    const d = width / 3 / heads;
    const factor = 1 / Math.sqrt(d);
    return c.differentiable({
      inputs: [qkv],
      forward: () => {
        const parts = tf.transpose(tf.reshape(qkv, [n, t, 3, heads, d]), [2, 0, 3, 1, 4]);
        const [q, k, v] = tf.unstack(parts) as [Tensor4D, Tensor4D, Tensor4D];
        const p: Tensor4D = tf.softmax(tf.mul(c.matMul<Tensor4D>(q, k, false, true), factor));
        const joined = tf.transpose(c.matMul<Tensor4D>(p, v), [0, 2, 1, 3]);
        return { value: tf.reshape(joined, [n, t, heads * d]) as Tensor3D, save: [q, k, v, p] };
      },
      backward: (dy, [q, k, v, p]) => [
        () =>
          tf.tidy(() => {
            const dOut = tf.transpose(tf.reshape(dy, [n, t, heads, d]), [0, 2, 1, 3]);
            const weighted: Tensor4D = tf.mul(c.matMul<Tensor4D>(dOut, v, false, true), p);
            const ds = softmaxGradient(p, weighted, factor);
            const parts = [c.matMul(ds, k), c.matMul(ds, q, true, false), c.matMul(p, dOut, true, false)];
            return tf.reshape(tf.transpose(tf.stack(parts), [1, 3, 0, 2, 4]), qkv.shape);
          }),
      ],
    });
  };
}
