import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Convolution } from '../layers.ts';
import type { Context, Kernel } from './context.ts';

/** Most numbers in one unfolded piece of a batch: 128 MiB, which every device can bind. */
const pieceSize = 2 ** 25;

/** Gradient of the filter of shape [k, k, c, o]: unfolded windows, transposed, times dy [n, outHeight, outWidth, o]. */
export function toFilter(c: Context, x: Tensor, dy: Tensor, g: Convolution, shape: readonly number[]): Tensor {
  const outputs = shape[3]!;
  const width = g.kernel * g.kernel * g.channels;
  const pieces = inPieces(c, x.shape[0]!, g, (start, count) => {
    const rows = count * g.outHeight * g.outWidth;
    const windows = c.map<Tensor2D>(unfold, [rows, width], [c.tf.slice(x, start, count)], g);
    return transposedProduct(c, windows, c.tf.reshape(c.tf.slice(dy, start, count), [rows, outputs]));
  });
  return c.tf.reshape(pieces.length === 1 ? pieces[0]! : c.tf.addN(pieces), [...shape]);
}

/** Gradient of the input, or a transposed convolution: dy [n, outHeight, outWidth, o], filter w [k, k, c, o]. */
export function toInput(c: Context, dy: Tensor4D, w: Tensor4D, g: Convolution): Tensor4D {
  if (g.stride === 1 && g.outHeight * g.outWidth > 1) return correlate(c, dy, w, g);
  const { kernel, channels, height, width } = g;
  const outputs = w.shape[3];
  const matrix = c.tf.reshape(w, [kernel * kernel * channels, outputs]);
  const pieces = inPieces(c, dy.shape[0], g, (start, count) => {
    const rows = c.tf.reshape(c.tf.slice(dy, start, count), [count * g.outHeight * g.outWidth, outputs]);
    return c.map(fold, [count, height, width, channels], [c.matMul(rows, matrix, false, true)], g);
  });
  return (pieces.length === 1 ? pieces[0] : c.tf.concat(pieces, 0)) as Tensor4D;
}

/** At stride 1 the gradient of the input is itself a convolution, with the filter turned by 180 degrees. */
function correlate(c: Context, dy: Tensor4D, w: Tensor4D, g: Convolution): Tensor4D {
  const { kernel, channels, height, width, outHeight, outWidth } = g;
  const outputs = w.shape[3];
  const turned = c.map<Tensor4D>(turn, [kernel, kernel, outputs, channels], [w], { kernel, channels, outputs });
  const [top, left] = [kernel - 1 - g.top, kernel - 1 - g.left];
  return convolve(c, dy, turned, 1, [
    [0, 0],
    [top, height + kernel - 1 - outHeight - top],
    [left, width + kernel - 1 - outWidth - left],
    [0, 0],
  ]);
}

/** tfjs's convolution. */
export function convolve(
  c: Context,
  x: Tensor4D,
  w: Tensor4D,
  stride: number,
  padding: Parameters<Context['tf']['conv2d']>[3],
): Tensor4D {
  return c.inOrder(w.size / w.shape[3], () => c.tf.conv2d(x, w, stride, padding));
}

/** Most parts of a sum, and most numbers in the parts together. */
const mostParts = 64;
const mostPartial = 2 ** 22;

/** Transpose of x [rows, i] times y [rows, o], in parts of the rows that are added up, to use all threads of a GPU. */
export function transposedProduct(c: Context, x: Tensor2D, y: Tensor2D): Tensor2D {
  const [rows, i] = x.shape;
  const o = y.shape[1];
  const most = Math.min(mostParts, Math.floor(mostPartial / (i * o)), Math.floor(rows / mostParts));
  const parts = largestDivisor(rows, most);
  if (parts === 1) return c.matMul(x, y, true, false);
  const cut = (matrix: Tensor2D): Tensor => c.tf.reshape(matrix, [parts, rows / parts, matrix.shape[1]]);
  const products = c.matMul(cut(x), cut(y), true, false);
  return c.tf.reshape(c.sumColumns({ name: 'products', inputs: ['x'], term: 'x[i]' }, i * o, [products]), [i, o]);
}

function largestDivisor(of: number, most: number): number {
  let divisor = Math.max(1, most);
  while (of % divisor !== 0) divisor--;
  return divisor;
}

/** Applies `each` to pieces of a batch of `n` whose unfolded form fits `pieceSize`. */
function inPieces(c: Context, n: number, g: Convolution, each: (start: number, count: number) => Tensor): Tensor[] {
  const perImage = g.outHeight * g.outWidth * g.kernel * g.kernel * g.channels;
  const most = Math.max(1, Math.floor(pieceSize / perImage));
  const pieces: Tensor[] = [];
  for (let start = 0; start < n; start += most) {
    pieces.push(c.tf.tidy(() => each(start, Math.min(most, n - start))));
  }
  return pieces;
}

const uniforms = {
  height: 'i32',
  width: 'i32',
  channels: 'i32',
  kernel: 'i32',
  stride: 'i32',
  top: 'i32',
  left: 'i32',
  outHeight: 'i32',
  outWidth: 'i32',
} as const;

/** x [n, height, width, channels] to [n * outHeight * outWidth, kernel * kernel * channels]: a row a window. */
const unfold: Kernel = {
  name: 'unfold',
  inputs: ['x'],
  uniforms,
  value: `
    let g = uniforms;
    var rest = i / g.channels;
    let kx = rest % g.kernel;
    rest /= g.kernel;
    let ky = rest % g.kernel;
    rest /= g.kernel;
    let column = (rest % g.outWidth) * g.stride + kx - g.left;
    rest /= g.outWidth;
    let row = (rest % g.outHeight) * g.stride + ky - g.top;
    let image = rest / g.outHeight;
    if (row < 0 || row >= g.height || column < 0 || column >= g.width) { return 0.0; }
    return x[((image * g.height + row) * g.width + column) * g.channels + i % g.channels];`,
};

/** The transpose of `unfold`: each pixel gets the sum of its places in all windows. */
const fold: Kernel = {
  name: 'fold',
  inputs: ['x'],
  uniforms,
  value: `
    let g = uniforms;
    let channel = i % g.channels;
    var rest = i / g.channels;
    let column = rest % g.width + g.left;
    rest /= g.width;
    let row = rest % g.height + g.top;
    let image = rest / g.height;
    var sum = 0.0;
    for (var ky = row % g.stride; ky < g.kernel; ky += g.stride) {
      let outRow = (row - ky) / g.stride;
      if (row < ky || outRow >= g.outHeight) { continue; }
      for (var kx = column % g.stride; kx < g.kernel; kx += g.stride) {
        let outColumn = (column - kx) / g.stride;
        if (column < kx || outColumn >= g.outWidth) { continue; }
        let window = (image * g.outHeight + outRow) * g.outWidth + outColumn;
        sum += x[((window * g.kernel + ky) * g.kernel + kx) * g.channels + channel];
      }
    }
    return sum;`,
};

/** w [k, k, c, o] to [k, k, o, c], rows and columns from the end. */
const turn: Kernel = {
  name: 'turn',
  inputs: ['w'],
  uniforms: { kernel: 'i32', channels: 'i32', outputs: 'i32' },
  value: `
    let g = uniforms;
    let channel = i % g.channels;
    let output = i / g.channels % g.outputs;
    let place = g.kernel * g.kernel - 1 - i / (g.channels * g.outputs);
    return w[(place * g.channels + channel) * g.outputs + output];`,
};
