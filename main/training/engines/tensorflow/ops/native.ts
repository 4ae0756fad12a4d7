import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Ops } from '../../engine.ts';
import { lazily } from '../../gradient.ts';
import { pointwise } from '../../layers.ts';
import type { Context } from '../context.ts';

/** Ops by our own kernels (native/), in one pass over memory where TensorFlow has no fused op. On the CPU only. */
export function nativeOps(c: Context): Pick<Ops, 'bnRectified' | 'bnTrain' | 'gelu' | 'layerNorm' | 'selfAttention'> {
  const { attr } = c;
  /** Batch norm and a leaky ReLU; a slope of 1 leaves batch norm as it is. */
  const batchNorm: Ops['bnRectified'] = (x, gamma, beta, epsilon, slope) => {
    const at = [attr.float('slope', slope)];
    const [y, mean, variance] = c.differentiable({
      inputs: [x, gamma, beta],
      forward: () => {
        const results = c.runMany('BoundaryBatchNorm', [x, gamma, beta], [attr.float('epsilon', epsilon), ...at], 4);
        const [y, mean, variance, scale] = results as [Tensor4D, Tensor1D, Tensor1D, Tensor1D];
        return { value: [y, mean, variance] as [Tensor4D, Tensor1D, Tensor1D], save: [x, gamma, beta, mean, scale] };
      },
      backward: ([dy], saved) => lazily(c.runMany('BoundaryBatchNormGrad', [dy, ...saved], at, 3)),
    });
    return { y, mean, variance };
  };

  return {
    bnTrain: (x, gamma, beta, epsilon) => batchNorm(x, gamma, beta, epsilon, 1),
    bnRectified: batchNorm,

    selfAttention: (x, w, b, tokens, heads) => {
      const at = [attr.int('tokens', tokens), attr.int('heads', heads)];
      // Whether a gradient may be needed; inside of an op the tape is always off.
      const keep = attr.bool('keep', c.tf.engine().isTapeOn());
      return c.differentiable({
        inputs: [x, w, b],
        forward: () => {
          const [value, ...kept] = c.runMany('BoundarySelfAttention', [x, w, b], [...at, keep], 3) as [
            Tensor2D,
            Tensor,
            Tensor,
          ];
          return { value, save: [x, w, ...kept] };
        },
        backward: (dy, saved) => lazily(c.runMany('BoundarySelfAttentionGrad', [dy, ...saved], at, 3)),
      });
    },

    gelu: (x) =>
      pointwise(
        c,
        x,
        'argument',
        () => c.run('BoundaryGelu', [x], []),
        (dy, x) => c.run('BoundaryGeluGrad', [dy, x], []),
      ),

    layerNorm: (x, gamma, beta, epsilon) =>
      c.differentiable({
        inputs: [x, gamma, beta],
        forward: () => {
          const at = [attr.float('epsilon', epsilon)];
          const [value, statistics] = c.runMany('BoundaryLayerNorm', [x, gamma, beta], at, 2) as [Tensor2D, Tensor];
          return { value, save: [x, statistics, gamma] };
        },
        backward: (dy, saved) => lazily(c.runMany('BoundaryLayerNormGrad', [dy, ...saved], [], 3)),
      }),
  };
}
