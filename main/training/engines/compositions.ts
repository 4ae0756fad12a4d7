import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Ops, Tfjs } from './engine.ts';

/** Ops that can be made of others. */
export type Composed = Pick<Ops, 'bnRectified' | 'selfAttention'>;

/** What they are made of. */
type Parts = Pick<Ops, 'attention' | 'bnTrain' | 'dense' | 'leakyRelu' | 'relu'>;

/** The ops that an engine without kernels of its own for them has. */
export function compositions(tf: Tfjs, ops: Parts): Composed {
  return {
    bnRectified: (x, gamma, beta, epsilon, slope) => {
      const batch = ops.bnTrain(x, gamma, beta, epsilon);
      return { ...batch, y: rectified(ops, batch.y, slope) };
    },

    selfAttention: (x, w, b, tokens, heads) => {
      const projection = ops.dense(x, w, b);
      const [rows, columns] = projection.shape;
      const qkv: Tensor3D = tf.reshape(projection, [rows / tokens, tokens, columns]);
      return tf.reshape(ops.attention(qkv, heads), [rows, columns / 3]) as Tensor2D;
    },
  };
}

/** ReLU, or leaky ReLU with this slope for negative numbers. */
export function rectified<T extends Tensor>(ops: Pick<Ops, 'leakyRelu' | 'relu'>, x: T, slope: number): T {
  return slope === 0 ? ops.relu(x) : ops.leakyRelu(x, slope);
}
