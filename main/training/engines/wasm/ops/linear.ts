import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Ops } from '../../engine.ts';
import type { Heap } from '../heap.ts';
import { type Convolution, fold, unfold } from '../kernels/columns.ts';
import { addBias, sumToLast } from '../kernels/pointwise.ts';
import { maxPool, maxPoolBack } from '../kernels/pool.ts';

/** Floats in one unfolded piece of a batch: large enough to multiply fast, small enough for the heap. */
const pieceSize = 4 * 2 ** 20;

/**
 * Dense and convolutional layers on XNNPACK's matrix product and convolution, which tfjs uses for untransposed,
 * unbatched operands only; so operands are transposed before.
 */
export function linearOps(h: Heap): Pick<Ops, 'dense' | 'conv2d' | 'conv2dTranspose' | 'biasAdd' | 'maxPool2'> {
  const { tf } = h;
  const biased = <T extends Tensor>(x: T, b: Tensor): T => h.compute(x.shape, [x, b], addBias);
  const toBias = (dy: Tensor): Tensor => h.compute(dy.shape.slice(-1), [dy], sumToLast);

  /** The convolution that a transposed one, or its gradient, turns around: `x` is the larger map. */
  const geometry = (
    xShape: readonly number[],
    wShape: readonly number[],
    stride: number,
    padding: 'same' | 'valid',
  ): Convolution => {
    const [n, height, width, channels] = xShape as [number, number, number, number];
    const kernel = wShape[0]!;
    const out = (length: number): number =>
      padding === 'same' ? Math.ceil(length / stride) : Math.ceil((length - kernel + 1) / stride);
    const before = (length: number): number =>
      padding === 'same' ? Math.max(0, (out(length) - 1) * stride + kernel - length) >> 1 : 0;
    const [outHeight, outWidth] = [out(height), out(width)];
    return {
      n,
      height,
      width,
      channels,
      kernel,
      stride,
      top: before(height),
      left: before(width),
      outHeight,
      outWidth,
    };
  };

  /** Applies `each` to pieces of a batch whose unfolded form fits `pieceSize`. */
  const inPieces = (g: Convolution, each: (piece: Convolution, start: number) => Tensor): Tensor[] => {
    const perImage = g.outHeight * g.outWidth * g.kernel * g.kernel * g.channels;
    const count = Math.max(1, Math.floor(pieceSize / perImage));
    const pieces: Tensor[] = [];
    for (let start = 0; start < g.n; start += count) {
      pieces.push(tf.tidy(() => each({ ...g, n: Math.min(count, g.n - start) }, start)));
    }
    return pieces;
  };
  const part = (x: Tensor, start: number, count: number): Tensor => tf.slice(x, start, count);

  /** Gradient of the filter [k, k, c, o]: unfolded windows times dy. */
  const toFilter = (x: Tensor, dy: Tensor, g: Convolution, shape: readonly number[]): Tensor => {
    const windows = g.outHeight * g.outWidth;
    const rows = g.kernel * g.kernel * g.channels;
    const outputs = shape[3]!;
    const pieces = inPieces(g, (piece, start) => {
      const images = part(x, start, piece.n);
      const columns = h.compute<Tensor2D>([rows, piece.n * windows], [images], (to, from) => unfold(to, from, piece));
      return tf.matMul(columns, tf.reshape(part(dy, start, piece.n), [piece.n * windows, outputs]));
    });
    return tf.reshape(pieces.length === 1 ? pieces[0]! : tf.addN(pieces), [...shape]);
  };

  /** Gradient of the input, or a transposed convolution; w [k, k, c, o]. */
  const toInput = (dy: Tensor4D, w: Tensor4D, g: Convolution): Tensor4D => {
    const { kernel, channels } = g;
    if (g.stride === 1 && g.outHeight * g.outWidth > 1) return correlate(dy, w, g);
    const outputs = w.shape[3];
    const windows = g.outHeight * g.outWidth;
    const matrix = tf.transpose(tf.reshape(w, [kernel * kernel * channels, outputs]) as Tensor2D);
    const pieces = inPieces(g, (piece, start) => {
      const rows = tf.reshape(part(dy, start, piece.n), [piece.n * windows, outputs]);
      const columns = tf.matMul(rows, matrix);
      return h.compute([piece.n, g.height, g.width, channels], [columns], (to, from) => fold(to, from, piece));
    });
    return (pieces.length === 1 ? pieces[0] : tf.concat(pieces, 0)) as Tensor4D;
  };

  /** At stride 1 the gradient of the input is itself a convolution, with the filter turned by 180 degrees. */
  const correlate = (dy: Tensor4D, w: Tensor4D, g: Convolution): Tensor4D => {
    const turned = tf.transpose(tf.reverse(w, [0, 1]), [0, 1, 3, 2]) as Tensor4D;
    const top = g.kernel - 1 - g.top;
    const left = g.kernel - 1 - g.left;
    const bottom = g.height + g.kernel - 1 - g.outHeight - top;
    const right = g.width + g.kernel - 1 - g.outWidth - left;
    return tf.conv2d(dy, turned, 1, [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ]);
  };

  return {
    dense: (x, w, b) =>
      h.differentiable({
        inputs: [x, w, b],
        forward: () => ({ value: biased(tf.matMul(x, w), b), save: [x, w] }),
        backward: (dy, [x, w]) => [
          () => tf.matMul(dy, tf.transpose(w)),
          () => tf.matMul(tf.transpose(x), dy),
          () => toBias(dy),
        ],
      }),

    conv2d: (x, w, stride, padding) => {
      const g = geometry(x.shape, w.shape, stride, padding);
      return h.differentiable({
        inputs: [x, w],
        forward: () => ({ value: tf.conv2d(x, w, stride, padding), save: [x, w] }),
        backward: (dy, [x, w]) => [() => toInput(dy, w, g), () => toFilter(x, dy, g, w.shape)],
      });
    },

    conv2dTranspose: (x, w, size, stride, padding) => {
      const g = geometry([x.shape[0], size, size, w.shape[2]], w.shape, stride, padding);
      return h.differentiable({
        inputs: [x, w],
        forward: () => ({ value: toInput(x, w, g), save: [x, w] }),
        backward: (dy, [x, w]) => [() => tf.conv2d(dy, w, stride, padding), () => toFilter(dy, x, g, w.shape)],
      });
    },

    biasAdd: (x, b) =>
      h.differentiable({
        inputs: [x, b],
        forward: () => ({ value: biased(x, b), save: [] }),
        backward: (dy) => [() => dy.clone(), () => toBias(dy)],
      }),

    // tfjs's own gradient of max pooling on wasm is wrong where all of a window is negative.
    maxPool2: (x) => {
      const [n, height, width, channels] = x.shape;
      const shape = { n, height, width, channels };
      return h.differentiable({
        inputs: [x],
        forward: () => {
          const out = [n, Math.floor(height / 2), Math.floor(width / 2), channels];
          return { value: h.compute<Tensor4D>(out, [x], (y, from) => maxPool(y, from, shape)), save: [x] };
        },
        backward: (dy, [x]) => [() => h.compute(x.shape, [dy, x], (dx, dy, x) => maxPoolBack(dx, dy, x, shape))],
      });
    },
  };
}
