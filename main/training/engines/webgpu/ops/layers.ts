import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Ops } from '../../engine.ts';
import { attentionOp, convolution, linearOps } from '../../layers.ts';
import type { Context, Kernel } from '../context.ts';
import { convolve, toFilter, toInput, transposedProduct } from '../convolution.ts';

const addBias: Kernel = {
  name: 'add bias',
  inputs: ['x', 'b'],
  uniforms: { columns: 'i32' },
  value: 'return x[i] + b[i % uniforms.columns];',
};

/** Dense and convolutional layers. */
export function layerOps(c: Context): Pick<Ops, 'dense' | 'conv2d' | 'conv2dTranspose' | 'biasAdd'> {
  const biased = <T extends Tensor>(x: T, b: Tensor): T => c.map(addBias, x.shape, [x, b], { columns: b.size });
  return linearOps(c, {
    addBias: biased,
    dense: (x, w, b) => biased(c.matMul<Tensor2D>(x, w), b),
    toDenseInput: (dy, w) => c.matMul(dy, w, false, true),
    toDenseWeight: (x, dy) => c.tf.tidy(() => transposedProduct(c, x, dy)),
    sumToLast: (dy) => c.sumColumns({ name: 'bias', inputs: ['dy'], term: 'dy[i]' }, dy.shape.at(-1)!, [dy]),
    convolving: (xShape, wShape, stride, padding) => {
      const g = convolution(xShape, wShape, stride, padding);
      return {
        forward: (x, w) => convolve(c, x, w, stride, padding),
        toInput: (dy, w) => c.tf.tidy(() => toInput(c, dy, w, g)),
        toFilter: (x, dy) => c.tf.tidy(() => toFilter(c, x, dy, g, wShape)),
      };
    },
  });
}

const uniforms = { height: 'i32', width: 'i32', channels: 'i32' } as const;

const pool: Kernel = {
  name: 'max pool',
  inputs: ['x'],
  uniforms,
  value: `
    let g = uniforms;
    var rest = i / g.channels;
    let column = rest % (g.width / 2) * 2;
    rest /= g.width / 2;
    let row = rest % (g.height / 2) * 2;
    let image = rest / (g.height / 2);
    let first = ((image * g.height + row) * g.width + column) * g.channels + i % g.channels;
    let below = first + g.width * g.channels;
    return max(max(x[first], x[first + g.channels]), max(x[below], x[below + g.channels]));`,
};

/** tfjs's own kernel gives the gradient to all equal maxima; this one gives it to the first only. */
const poolGradient: Kernel = {
  name: 'max pool gradient',
  inputs: ['x', 'dy'],
  uniforms,
  value: `
    let g = uniforms;
    let channel = i % g.channels;
    var rest = i / g.channels;
    let column = rest % g.width;
    rest /= g.width;
    let row = rest % g.height;
    let image = rest / g.height;
    if (row / 2 >= g.height / 2 || column / 2 >= g.width / 2) { return 0.0; }
    let place = row % 2 * 2 + column % 2;
    let corner = ((image * g.height + row / 2 * 2) * g.width + column / 2 * 2) * g.channels + channel;
    for (var other = 0; other < 4; other++) {
      let value = x[corner + (other / 2 * g.width + other % 2) * g.channels];
      if (value > x[i] || (value == x[i] && other < place)) { return 0.0; }
    }
    return dy[((image * (g.height / 2) + row / 2) * (g.width / 2) + column / 2) * g.channels + channel];`,
};

/** 2x2 max pooling. */
export function poolOps(c: Context): Pick<Ops, 'maxPool2'> {
  return {
    maxPool2: (x) => {
      const [n, height, width, channels] = x.shape;
      const shape = { height, width, channels };
      return c.differentiable({
        inputs: [x],
        forward: () => {
          const pooled = [n, Math.floor(height / 2), Math.floor(width / 2), channels];
          return { value: c.map<Tensor4D>(pool, pooled, [x], shape), save: [x] };
        },
        backward: (dy, [x]) => [() => c.map(poolGradient, x.shape, [x, dy], shape)],
      });
    },
  };
}

const scale: Kernel = {
  name: 'scale',
  inputs: ['x'],
  uniforms: { factor: 'f32' },
  value: 'return x[i] * uniforms.factor;',
};

/** Batch norm: statistics by column c of [rows, columns]. */
const batchNorm: Kernel = {
  name: 'batch norm',
  inputs: ['x', 'gamma', 'beta', 'mean', 'variance'],
  uniforms: { columns: 'i32', epsilon: 'f32' },
  value: `
    let c = i % uniforms.columns;
    return (x[i] - mean[c]) / sqrt(variance[c] + uniforms.epsilon) * gamma[c] + beta[c];`,
};
const batchNormGradient: Kernel = {
  name: 'batch norm gradient',
  inputs: ['x', 'dy', 'gamma', 'mean', 'variance', 'dGamma', 'dBeta'],
  uniforms: { columns: 'i32', rows: 'f32', epsilon: 'f32' },
  value: `
    let c = i % uniforms.columns;
    let scale = 1.0 / sqrt(variance[c] + uniforms.epsilon);
    let normal = (x[i] - mean[c]) * scale;
    return (dy[i] - (dBeta[c] + normal * dGamma[c]) / uniforms.rows) * scale * gamma[c];`,
};

/** Layer norm: statistics by row of [rows, columns]. */
const layerNorm: Kernel = {
  name: 'layer norm',
  inputs: ['x', 'gamma', 'beta', 'mean', 'variance'],
  uniforms: { columns: 'i32', epsilon: 'f32' },
  value: `
    let c = i % uniforms.columns;
    let row = i / uniforms.columns;
    return (x[i] - mean[row]) / sqrt(variance[row] + uniforms.epsilon) * gamma[c] + beta[c];`,
};
const normalize: Kernel = {
  name: 'normalize rows',
  inputs: ['x', 'mean', 'variance'],
  uniforms: { columns: 'i32', epsilon: 'f32' },
  value: `
    let row = i / uniforms.columns;
    return (x[i] - mean[row]) / sqrt(variance[row] + uniforms.epsilon);`,
};
const squaredDeviation: Kernel = {
  name: 'squared deviation from the mean of a row',
  inputs: ['x', 'mean'],
  uniforms: { columns: 'i32' },
  value: 'let deviation = x[i] - mean[i / uniforms.columns]; return deviation * deviation;',
};
const times: Kernel = { name: 'times', inputs: ['x', 'y'], value: 'return x[i] * y[i];' };
const timesColumn: Kernel = {
  name: 'times a factor a column',
  inputs: ['x', 'y'],
  uniforms: { columns: 'i32' },
  value: 'return x[i] * y[i % uniforms.columns];',
};
const layerNormGradient: Kernel = {
  name: 'layer norm gradient',
  inputs: ['g', 'normal', 'variance', 'meanG', 'along'],
  uniforms: { columns: 'i32', epsilon: 'f32' },
  value: `
    let row = i / uniforms.columns;
    return (g[i] - meanG[row] - normal[i] * along[row]) / sqrt(variance[row] + uniforms.epsilon);`,
};

/** Batch norm and layer norm, each with the gradient that its formula has in closed form. */
export function normalizationOps(c: Context): Pick<Ops, 'bnTrain' | 'layerNorm'> {
  const { tf } = c;
  const columnVariance = { name: 'variance', inputs: ['x', 'mean'], term: '(x[i] - mean[c]) * (x[i] - mean[c])' };
  const sum = { name: 'dBeta', inputs: ['dy'], term: 'dy[i]' };
  const sumWithNormal = {
    name: 'dGamma of batch norm',
    inputs: ['dy', 'x', 'mean', 'variance'],
    uniforms: { epsilon: 'f32' },
    term: 'dy[i] * (x[i] - mean[c]) / sqrt(variance[c] + uniforms.epsilon)',
  } as const;
  const sumOfProducts = { name: 'dGamma of layer norm', inputs: ['dy', 'normal'], term: 'dy[i] * normal[i]' };

  return {
    bnTrain: (x, gamma, beta, epsilon) => {
      const columns = gamma.size;
      const rows = x.size / columns;
      const [y, mean, variance] = c.differentiable({
        inputs: [x, gamma, beta],
        forward: () => {
          const factor = 1 / rows;
          const mean: Tensor1D = c.sumColumns({ name: 'mean', inputs: ['x'], term: 'x[i]' }, columns, [x], { factor });
          const biased = c.sumColumns(columnVariance, columns, [x, mean], { factor });
          const y: Tensor4D = c.map(batchNorm, x.shape, [x, gamma, beta, mean, biased], { columns, epsilon });
          const unbiased: Tensor1D = c.map(scale, [columns], [biased], { factor: rows / (rows - 1) });
          return { value: [y, mean, unbiased] as [Tensor4D, Tensor1D, Tensor1D], save: [x, gamma, mean, biased] };
        },
        backward: ([dy], [x, gamma, mean, biased]) => {
          const dBeta = c.sumColumns(sum, columns, [dy]);
          const dGamma = c.sumColumns(sumWithNormal, columns, [dy, x, mean, biased], { epsilon });
          const inputs = [x, dy, gamma, mean, biased, dGamma, dBeta];
          return [
            () => c.map(batchNormGradient, x.shape, inputs, { columns, rows, epsilon }),
            () => dGamma.clone(),
            () => dBeta.clone(),
          ];
        },
      });
      return { y, mean, variance };
    },

    layerNorm: (x, gamma, beta, epsilon) => {
      const columns = gamma.size;
      const rowMean = (of: Tensor): Tensor => tf.mean(of, 1);
      return c.differentiable({
        inputs: [x, gamma, beta],
        forward: () => {
          const mean = rowMean(x);
          const variance = rowMean(c.map(squaredDeviation, x.shape, [x, mean], { columns }));
          const y: Tensor2D = c.map(layerNorm, x.shape, [x, gamma, beta, mean, variance], { columns, epsilon });
          return { value: y, save: [x, gamma, mean, variance] };
        },
        backward: (dy, [x, gamma, mean, variance]) => {
          const normal = c.map(normalize, x.shape, [x, mean, variance], { columns, epsilon });
          return [
            () =>
              tf.tidy(() => {
                const g = c.map(timesColumn, x.shape, [dy, gamma], { columns });
                const along = rowMean(c.map(times, x.shape, [g, normal]));
                return c.map(layerNormGradient, x.shape, [g, normal, variance, rowMean(g), along], {
                  columns,
                  epsilon,
                });
              }),
            () => c.sumColumns(sumOfProducts, columns, [dy, normal]),
            () => c.sumColumns(sum, columns, [dy]),
          ];
        },
      });
    },
  };
}

/** With p = softmax(s): ds = p * (dp - sum(p * dp)). `weighted` is p * dp; its sum is by row. */
const softmaxGradient: Kernel = {
  name: 'softmax gradient',
  inputs: ['p', 'weighted', 'sum'],
  uniforms: { columns: 'i32', factor: 'f32' },
  value: 'return (weighted[i] - p[i] * sum[i / uniforms.columns]) * uniforms.factor;',
};

export const attentionOps = (c: Context): Pick<Ops, 'attention'> => ({
  attention: attentionOp(c, (p, weighted, factor) => {
    const inputs = [p, weighted, c.tf.sum(weighted, -1)];
    return c.map(softmaxGradient, p.shape, inputs, { columns: p.shape[3], factor });
  }),
});
