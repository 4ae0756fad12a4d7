import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Ops } from '../../engine.ts';
import { attentionOp, linearOps } from '../../layers.ts';
import type { Context } from '../context.ts';

/** Dense and convolutional layers, and pooling. */
export function layerOps(c: Context): Pick<Ops, 'dense' | 'conv2d' | 'conv2dTranspose' | 'biasAdd' | 'maxPool2'> {
  const { attr } = c;
  const addBias = <T extends Tensor>(x: T, b: Tensor1D): T => c.run('BiasAdd', [x, b], [attr.T, c.nhwc]);
  return {
    ...linearOps(c, {
      addBias,
      dense: (x, w, b) => addBias(c.matMul<Tensor2D>(x, w), b),
      toDenseInput: (dy, w) => c.matMul(dy, w, false, true),
      toDenseWeight: (x, dy) => c.matMul(x, dy, true, false),
      sumToLast: (dy) => c.sumToLast(dy),
      convolving: (xShape, wShape, stride, padding) => {
        const at = [
          attr.T,
          attr.int('strides', [1, stride, stride, 1]),
          attr.string('padding', padding.toUpperCase()),
          c.nhwc,
          attr.int('dilations', [1, 1, 1, 1]),
        ];
        return {
          forward: (x, w) => c.run('Conv2D', [x, w], at),
          toInput: (dy, w) => c.run('Conv2DBackpropInput', [c.ints(xShape), w, dy], at),
          toFilter: (x, dy) => c.run('Conv2DBackpropFilter', [x, c.ints(wShape), dy], at),
        };
      },
    }),

    maxPool2: (x) => {
      const at = [
        attr.T,
        attr.int('ksize', [1, 2, 2, 1]),
        attr.int('strides', [1, 2, 2, 1]),
        attr.string('padding', 'VALID'),
        c.nhwc,
      ];
      return c.differentiable({
        inputs: [x],
        forward: () => {
          const y = c.run<Tensor4D>('MaxPool', [x], at);
          return { value: y, save: [x, y] };
        },
        backward: (dy, [x, y]) => [() => c.run('MaxPoolGrad', [x, y, dy], at)],
      });
    },
  };
}

/**
 * Batch norm and layer norm, composed, with their own gradients. TensorFlow's fused batch norm is faster, but on a CPU it
 * adds the rows of a batch one after the other in float32, with errors of 7e-3 to 5e-2.
 */
export function normalizationOps(c: Context): Pick<Ops, 'bnTrain' | 'layerNorm'> {
  return {
    bnTrain: (x, gamma, beta, epsilon) => {
      const rows = x.size / gamma.size;
      const [y, mean, variance] = c.differentiable({
        inputs: [x, gamma, beta],
        forward: () => {
          const mean = c.mul(c.sumToLast(x), 1 / rows);
          const distance = c.sub(x, mean);
          const biased = c.mul(c.sumToLast(c.run('Square', [distance])), 1 / rows);
          const scale = c.run<Tensor1D>('Rsqrt', [c.add(biased, epsilon)]);
          const y = c.add(c.mul(distance, c.mul(scale, gamma)), beta);
          const variance = c.mul(biased, rows > 1 ? rows / (rows - 1) : 1);
          return { value: [y, mean, variance] as [Tensor4D, Tensor1D, Tensor1D], save: [distance, scale, gamma] };
        },
        // With h the normalized x: dBeta = sum(dy), dGamma = sum(dy h), dx = gamma scale (dy - (dBeta + h dGamma) / rows).
        backward: ([dy], [distance, scale, gamma]) => {
          const dBeta = c.sumToLast(dy);
          const dGamma = c.mul(c.sumToLast(c.mul(dy, distance)), scale);
          const dx = (): Tensor => {
            const along = c.mul(distance, c.mul(c.mul(scale, dGamma), 1 / rows));
            return c.mul(c.sub(c.sub(dy, along), c.mul(dBeta, 1 / rows)), c.mul(scale, gamma));
          };
          return [dx, () => dGamma, () => dBeta];
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

/** With p = softmax(s), ds = p * (dp - sum(p * dp)). */
export const attentionOps = (c: Context): Pick<Ops, 'attention'> => ({
  attention: attentionOp(c, (p, weighted, factor) =>
    c.mul(c.sub(weighted, c.mul(p, c.reduce('Sum', weighted, 3, true))), factor),
  ),
});
