import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Ops } from '../../engine.ts';
import type { Context } from '../context.ts';

/** Batch norm by TensorFlow's fused kernels; layer norm composed, with its own gradient. */
export function normalisationOps(c: Context): Pick<Ops, 'bnTrain' | 'layerNorm'> {
  const { attr, tf } = c;
  const U = attr.type('U', 'float32');

  return {
    bnTrain: (x, gamma, beta, epsilon) => {
      const at = [attr.T, U, attr.float('epsilon', epsilon), c.nhwc, attr.bool('is_training', true)];
      const [y, mean, variance] = c.differentiable({
        inputs: [x, gamma, beta],
        forward: () => {
          const none = tf.tensor1d([]);
          // Results: y, mean, unbiased variance, and three that only the gradient knows how to read.
          const [y, mean, variance, ...reserved] = c.runMany(
            'FusedBatchNormV3',
            [x, gamma, beta, none, none],
            [...at, attr.float('exponential_avg_factor', 1)],
            6,
          ) as [Tensor4D, Tensor1D, Tensor1D, Tensor, Tensor, Tensor];
          return { value: [y, mean, variance] as [Tensor4D, Tensor1D, Tensor1D], save: [x, gamma, ...reserved] };
        },
        backward: ([dy], [x, gamma, ...reserved]) => {
          const [dx, dGamma, dBeta] = c.runMany('FusedBatchNormGradV3', [dy, x, gamma, ...reserved], at, 5) as [
            Tensor,
            Tensor,
            Tensor,
          ];
          return [() => dx, () => dGamma, () => dBeta];
        },
      });
      return { y, mean, variance };
    },

    layerNorm: (x, gamma, beta, epsilon) =>
      c.differentiable({
        inputs: [x, gamma, beta],
        forward: () => {
          const mean = c.reduce('Mean', x, 1, true);
          const variance = c.reduce('Mean', c.run('SquaredDifference', [x, mean]), 1, true);
          const scale = c.run<Tensor2D>('Rsqrt', [c.add(variance, epsilon)]);
          const normal = c.mul(c.sub(x, mean), scale);
          return { value: c.add(c.mul(normal, gamma), beta), save: [normal, scale, gamma] };
        },
        backward: (dy, [normal, scale, gamma]) => [
          () => {
            const g = c.mul(dy, gamma);
            const along = c.reduce('Mean', c.mul(g, normal), 1, true);
            return c.mul(c.sub(c.sub(g, c.reduce('Mean', g, 1, true)), c.mul(normal, along)), scale);
          },
          () => c.sumToLast(c.mul(dy, normal)),
          () => c.sumToLast(dy),
        ],
      }),
  };
}
