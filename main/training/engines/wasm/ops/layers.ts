import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Ops } from '../../engine.ts';
import type { Heap } from '../heap.ts';

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
      const geometry = h.geometry(toSizes(g));
      kernels.convolve(y, x!, w!, geometry, h.scratch(kernels.convolveScratch(geometry)));
    });
  /** The gradient of the input, which is a transposed convolution. */
  const toInput = (dy: Tensor, w: Tensor, g: Convolution): Tensor4D =>
    h.compute([g.images, g.height, g.width, g.channels], [dy, w], (dx, dy, w) => {
      const geometry = h.geometry(toSizes(g));
      kernels.convolveTransposed(dx, dy!, w!, geometry, h.scratch(kernels.convolveTransposedScratch(geometry)));
    });
  const toFilter = (x: Tensor, dy: Tensor, g: Convolution): Tensor4D =>
    h.compute([g.kernel, g.kernel, g.channels, g.outputs], [x, dy], (dw, x, dy) => {
      const geometry = h.geometry(toSizes(g));
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

    // Input and result swap roles.
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

/** Sizes of a convolution, NHWC, square kernel and stride, no dilation; `x` is the larger map, which it reads. */
export interface Convolution {
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
}

/** The convolution of x [n, h, w, c] with a filter [k, k, c, o]; `same` pads as TensorFlow does. */
export function convolution(
  xShape: readonly number[],
  wShape: readonly number[],
  stride: number,
  padding: 'same' | 'valid',
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

/** In the order in which the kernels read them. */
export function toSizes(g: Convolution): number[] {
  return [
    g.images,
    g.height,
    g.width,
    g.channels,
    g.outHeight,
    g.outWidth,
    g.outputs,
    g.kernel,
    g.stride,
    g.top,
    g.left,
  ];
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
        const [dx, dGamma, dBeta] = h.computeMany<Three>(
          [x.shape, vector, vector],
          [dy, x, gamma, mean, scale],
          ([dx, dGamma, dBeta], dy, x, gamma, mean, scale) => {
            const scratch = h.scratch(kernels.batchNormScratch(channels));
            kernels.batchNormBack(dx, dGamma, dBeta, dy!, x!, gamma!, mean!, scale!, rows, channels, scratch);
          },
        );
        return [() => dx, () => dGamma, () => dBeta];
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
        const [dx, dGamma, dBeta] = h.computeMany<Three>(
          [dy.shape, gamma.shape, gamma.shape],
          [dy, x, statistics, gamma],
          ([dx, dGamma, dBeta], dy, x, statistics, gamma) =>
            kernels.layerNormBack(dx, dGamma, dBeta, dy!, x!, statistics!, gamma!, rows, width),
        );
        return [() => dx, () => dGamma, () => dBeta];
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
