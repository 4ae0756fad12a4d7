import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Ops } from '../../engine.ts';
import { lazily } from '../../gradient.ts';
import { type Convolution, convolution, type LinearKernels, linearOps } from '../../layers.ts';
import type { Heap } from '../heap.ts';
import type { Kernels } from '../kernels.ts';

/** Dense and convolutional layers, biases, pooling. */
export function layerOps(h: Heap): Pick<Ops, 'dense' | 'conv2d' | 'conv2dTranspose' | 'biasAdd' | 'maxPool2'> {
  const dense = {
    dense: (x: Tensor2D, w: Tensor2D, b: Tensor1D) => product<Tensor2D>(h, [x, false], [w, false], b),
    toDenseInput: (dy: Tensor2D, w: Tensor2D) => product(h, [dy, false], [w, true]),
    toDenseWeight: (x: Tensor2D, dy: Tensor2D) => product(h, [x, true], [dy, false]),
  };
  const ops = linearOps(h, {
    ...dense,
    convolving: (...shape) => convolving(h, convolution(...shape)),
    addBias: <T extends Tensor>(x: T, b: Tensor1D) =>
      h.compute<T>(x.shape, [x, b], (to, from, bias) => h.kernels.addRow(to, from!, bias!, x.size / b.size, b.size)),
    sumToLast: (x) => {
      const columns = x.shape.at(-1)!;
      return h.compute([columns], [x], (to, from) =>
        h.kernels.sumRows(to, from!, x.size / columns, columns, h.scratch(4 * columns)),
      );
    },
  });
  return { ...ops, maxPool2: maxPoolOp(h) };
}

/** A matrix, and whether it is transposed first. */
type Factor = [matrix: Tensor2D, transposed: boolean];

/** op(a) [rows, depth] times op(b) [depth, columns] */
function product<T extends Tensor>(h: Heap, [a, transposeA]: Factor, [b, transposeB]: Factor, bias?: Tensor1D): T {
  const [lda, ldb] = [a.shape[1], b.shape[1]];
  const [rows, depth] = transposeA ? [lda, a.shape[0]] : a.shape;
  const columns = transposeB ? b.shape[0] : ldb;
  return h.compute([rows, columns], [a, b, ...(bias ? [bias] : [])], (c, a, b, bias = 0) => {
    const scratch = h.scratch(h.kernels.gemmScratch(columns));
    h.kernels.gemm(transposeA, transposeB, rows, columns, depth, a!, lda, b!, ldb, c, columns, bias, false, scratch);
  });
}

function convolving(h: Heap, g: Convolution): ReturnType<LinearKernels['convolving']> {
  const { kernels } = h;
  const run = (
    shape: number[],
    inputs: [Tensor, Tensor],
    kernel: Kernels['convolve'],
    scratch: Kernels['convolveScratch'],
  ): Tensor4D =>
    h.compute(shape, inputs, (to, a, b) => {
      const geometry = h.geometry(g);
      kernel(to, a!, b!, geometry, h.scratch(scratch(geometry)));
    });
  const x = [g.images, g.height, g.width, g.channels];
  const y = [g.images, g.outHeight, g.outWidth, g.outputs];
  const w = [g.kernel, g.kernel, g.channels, g.outputs];
  return {
    forward: (...inputs) => run(y, inputs, kernels.convolve, kernels.convolveScratch),
    toInput: (...inputs) => run(x, inputs, kernels.convolveTransposed, kernels.convolveTransposedScratch),
    toFilter: (...inputs) => run(w, inputs, kernels.filterGradient, kernels.filterGradientScratch),
  };
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

type Three = [Tensor, Tensor, Tensor];

/** Batch norm and layer norm. */
export function normalizationOps(h: Heap): Pick<Ops, 'bnTrain' | 'layerNorm'> {
  return { bnTrain: batchNormOp(h), layerNorm: layerNormOp(h) };
}

function batchNormOp(h: Heap): Ops['bnTrain'] {
  const { kernels } = h;
  return (x, gamma, beta, epsilon) => {
    const vector = gamma.shape;
    const channels = gamma.size;
    const rows = x.size / channels;
    const [y, mean, variance] = h.differentiable({
      inputs: [x, gamma, beta],
      forward: () => {
        const shapes = [x.shape, vector, vector, vector];
        const [y, mean, variance, scale] = h.computeMany<[Tensor4D, Tensor1D, Tensor1D, Tensor1D]>(
          shapes,
          [x, gamma, beta],
          ([y, mean, variance, scale], x, gamma, beta) => {
            const scratch = h.scratch(kernels.batchNormScratch(channels));
            kernels.batchNorm(y, mean, variance, scale, x!, gamma!, beta!, rows, channels, epsilon, scratch);
          },
        );
        return { value: [y, mean, variance] as [Tensor4D, Tensor1D, Tensor1D], save: [x, gamma, mean, scale] };
      },
      backward: ([dy], [x, gamma, mean, scale]) => {
        const gradients = h.computeMany<Three>(
          [x.shape, vector, vector],
          [dy, x, gamma, mean, scale],
          ([dx, dGamma, dBeta], dy, x, gamma, mean, scale) => {
            const scratch = h.scratch(kernels.batchNormScratch(channels));
            kernels.batchNormBack(dx, dGamma, dBeta, dy!, x!, gamma!, mean!, scale!, rows, channels, scratch);
          },
        );
        return lazily(gradients);
      },
    });
    return { y, mean, variance };
  };
}

function layerNormOp(h: Heap): Ops['layerNorm'] {
  const { kernels } = h;
  return (x, gamma, beta, epsilon) => {
    const [rows, width] = x.shape;
    return h.differentiable({
      inputs: [x, gamma, beta],
      forward: () => {
        const [y, statistics] = h.computeMany<[Tensor2D, Tensor]>(
          [x.shape, [rows, 2]],
          [x, gamma, beta],
          ([y, statistics], x, gamma, beta) =>
            kernels.layerNorm(y, statistics, x!, gamma!, beta!, rows, width, epsilon),
        );
        return { value: y, save: [x, statistics, gamma] };
      },
      backward: (dy, [x, statistics, gamma]) => {
        const gradients = h.computeMany<Three>(
          [dy.shape, gamma.shape, gamma.shape],
          [dy, x, statistics, gamma],
          ([dx, dGamma, dBeta], dy, x, statistics, gamma) =>
            kernels.layerNormBack(dx, dGamma, dBeta, dy!, x!, statistics!, gamma!, rows, width),
        );
        return lazily(gradients);
      },
    });
  };
}

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
    // Needed for the gradient, if one may be computed; inside of an op the tape is always off.
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
        const gradients = h.computeMany<Three>(
          [x.shape, w.shape, b.shape],
          [dy, ...saved],
          ([dx, dw, db], dy, x, w, qkv, weights) => {
            const scratch = h.scratch(kernels.selfAttentionBackScratch(tokens, width, heads, d));
            kernels.selfAttentionBack(dx, dw, db, dy!, x!, w!, qkv!, weights!, ...sizes, scratch);
          },
        );
        return lazily(gradients);
      },
    });
  };
}
