import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Ops, Tfjs } from './engine.ts';

/** Self-attention made of its parts. */
export function selfAttentionOf(
  tf: Tfjs,
  { dense, attention }: Pick<Ops, 'dense' | 'attention'>,
): Ops['selfAttention'] {
  return (x, w, b, tokens, heads) => {
    const projection = dense(x, w, b);
    const [rows, columns] = projection.shape;
    const qkv: Tensor3D = tf.reshape(projection, [rows / tokens, tokens, columns]);
    return tf.reshape(attention(qkv, heads), [rows, columns / 3]) as Tensor2D;
  };
}

/** For engines without a kernel that does all of it. */
export const withSelfAttention = (tf: Tfjs, ops: Omit<Ops, 'selfAttention'>): Ops => ({
  ...ops,
  selfAttention: selfAttentionOf(tf, ops),
});
