import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Ops } from '../../engine.ts';
import type { Heap } from '../heap.ts';
import { type Convolution, convolution, sizesOf } from './geometry.ts';

type LinearOps = Pick<Ops, 'dense' | 'conv2d' | 'conv2dTranspose' | 'biasAdd' | 'maxPool2'>;

/** Dense and convolutional layers, biases, pooling. */
export function linearOps(h: Heap): LinearOps {
  return { dense: denseOp(h), ...convolutionOps(h), biasAdd: biasAddOp(h), maxPool2: maxPoolOp(h) };
}

/** Sum over all axes but the last. */
function sumToLast(h: Heap, x: Tensor): Tensor {
  const columns = x.shape.at(-1)!;
  return h.compute([columns], [x], (to, from) =>
    h.kernels.sumRows(to, from!, x.size / columns, columns, h.scratch(4 * columns)),
  );
}

function denseOp(h: Heap): Ops['dense'] {
  return (x, w, b) => {
    const [n, inputs] = x.shape;
    const outputs = w.shape[1];
    /** op(a) [rows, depth] times op(b) [depth, columns] */
    const product = (
      [rows, columns, depth]: [number, number, number],
      [a, transposeA]: [Tensor, boolean],
      [b, transposeB]: [Tensor, boolean],
      bias?: Tensor1D,
    ): Tensor =>
      h.compute([rows, columns], [a, b, ...(bias ? [bias] : [])], (c, a, b, bias = 0) => {
        const [lda, ldb] = [transposeA ? rows : depth, transposeB ? depth : columns];
        const scratch = h.scratch(h.kernels.gemmScratch(columns));
        h.kernels.gemm(
          transposeA,
          transposeB,
          rows,
          columns,
          depth,
          a!,
          lda,
          b!,
          ldb,
          c,
          columns,
          bias,
          false,
          scratch,
        );
      });
    return h.differentiable({
      inputs: [x, w, b],
      forward: () => ({ value: product([n, outputs, inputs], [x, false], [w, false], b) as typeof x, save: [x, w] }),
      backward: (dy, [x, w]) => [
        () => product([n, inputs, outputs], [dy, false], [w, true]),
        () => product([inputs, outputs, n], [x, true], [dy, false]),
        () => sumToLast(h, dy),
      ],
    });
  };
}

function convolutionOps(h: Heap): Pick<Ops, 'conv2d' | 'conv2dTranspose'> {
  const { kernels } = h;
  const forward = (x: Tensor, w: Tensor, g: Convolution): Tensor4D =>
    h.compute([g.images, g.outHeight, g.outWidth, g.outputs], [x, w], (y, x, w) => {
      const geometry = h.geometry(sizesOf(g));
      kernels.convolve(y, x!, w!, geometry, h.scratch(kernels.convolveScratch(geometry)));
    });
  /** The gradient of the input, which is a transposed convolution. */
  const toInput = (dy: Tensor, w: Tensor, g: Convolution): Tensor4D =>
    h.compute([g.images, g.height, g.width, g.channels], [dy, w], (dx, dy, w) => {
      const geometry = h.geometry(sizesOf(g));
      kernels.convolveTransposed(dx, dy!, w!, geometry, h.scratch(kernels.convolveTransposedScratch(geometry)));
    });
  const toFilter = (x: Tensor, dy: Tensor, g: Convolution): Tensor4D =>
    h.compute([g.kernel, g.kernel, g.channels, g.outputs], [x, dy], (dw, x, dy) => {
      const geometry = h.geometry(sizesOf(g));
      kernels.filterGradient(dw, x!, dy!, geometry, h.scratch(kernels.filterGradientScratch(geometry)));
    });
  return {
    conv2d: (x, w, stride, padding) => {
      const g = convolution(x.shape, w.shape, stride, padding);
      return h.differentiable({
        inputs: [x, w],
        forward: () => ({ value: forward(x, w, g), save: [x, w] }),
        backward: (dy, [x, w]) => [() => toInput(dy, w, g), () => toFilter(x, dy, g)],
      });
    },

    // The roles of input and result change places.
    conv2dTranspose: (x, w, size, stride, padding) => {
      const g = convolution([x.shape[0], size, size, w.shape[2]], w.shape, stride, padding);
      return h.differentiable({
        inputs: [x, w],
        forward: () => ({ value: toInput(x, w, g), save: [x, w] }),
        backward: (dy, [x, w]) => [() => forward(dy, w, g), () => toFilter(dy, x, g)],
      });
    },
  };
}

function biasAddOp(h: Heap): Ops['biasAdd'] {
  return (x, b) =>
    h.differentiable({
      inputs: [x, b],
      forward: () => ({
        value: h.compute<typeof x>(x.shape, [x, b], (to, from, bias) =>
          h.kernels.addRow(to, from!, bias!, x.size / b.size, b.size),
        ),
        save: [],
      }),
      backward: (dy) => [() => dy.clone(), () => sumToLast(h, dy)],
    });
}

/** tfjs's own gradient of max pooling on wasm is wrong where all of a window is negative. */
function maxPoolOp(h: Heap): Ops['maxPool2'] {
  return (x) => {
    const [n, height, width, channels] = x.shape;
    return h.differentiable({
      inputs: [x],
      forward: () => {
        const out = [n, Math.floor(height / 2), Math.floor(width / 2), channels];
        const value = h.compute<Tensor4D>(out, [x], (y, x) => h.kernels.maxPool(y, x!, n, height, width, channels));
        return { value, save: [x] };
      },
      backward: (dy, [x]) => [
        () =>
          h.compute(x.shape, [dy, x], (dx, dy, x) => h.kernels.maxPoolBack(dx, dy!, x!, n, height, width, channels)),
      ],
    });
  };
}
