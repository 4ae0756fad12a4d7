import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Ops } from '../../engine.ts';
import type { Context, Kernel } from '../context.ts';

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
const normalise: Kernel = {
  name: 'normalise rows',
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
export function normalisationOps(c: Context): Pick<Ops, 'bnTrain' | 'layerNorm'> {
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
          const normal = c.map(normalise, x.shape, [x, mean, variance], { columns, epsilon });
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
