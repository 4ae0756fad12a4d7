import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Ops } from '../../engine.ts';
import type { Context, Kernel } from '../context.ts';

/** With p = softmax(s): ds = p * (dp - sum(p * dp)). `weighted` is p * dp; its sum is by row. */
const softmaxGradient: Kernel = {
  name: 'softmax gradient',
  inputs: ['p', 'weighted', 'sum'],
  uniforms: { columns: 'i32', factor: 'f32' },
  value: 'return (weighted[i] - p[i] * sum[i / uniforms.columns]) * uniforms.factor;',
};

/** Multi-head attention with its own gradient, on matrices [n, heads, t, d]. */
export function attentionOps(c: Context): Pick<Ops, 'attention'> {
  const { tf } = c;
  return {
    attention: (qkv, heads) => {
      const [n, t, width] = qkv.shape;
      const d = width / 3 / heads;
      const factor = 1 / Math.sqrt(d);
      return c.differentiable({
        inputs: [qkv],
        forward: () => {
          const parts = tf.transpose(tf.reshape(qkv, [n, t, 3, heads, d]), [2, 0, 3, 1, 4]);
          const [q, k, v] = tf.unstack(parts) as [Tensor4D, Tensor4D, Tensor4D];
          const p: Tensor4D = tf.softmax(tf.mul(c.matMul<Tensor4D>(q, k, false, true), factor));
          const joined = tf.transpose(c.matMul<Tensor4D>(p, v), [0, 2, 1, 3]);
          return { value: tf.reshape(joined, [n, t, heads * d]) as Tensor3D, save: [q, k, v, p] };
        },
        backward: (dy, [q, k, v, p]) => [
          () =>
            tf.tidy(() => {
              const dOut = tf.transpose(tf.reshape(dy, [n, t, heads, d]), [0, 2, 1, 3]);
              const weighted: Tensor = tf.mul(c.matMul<Tensor4D>(dOut, v, false, true), p);
              const ds = c.map<Tensor4D>(softmaxGradient, p.shape, [p, weighted, tf.sum(weighted, -1)], {
                columns: t,
                factor,
              });
              const parts = [c.matMul(ds, k), c.matMul(ds, q, true, false), c.matMul(p, dOut, true, false)];
              return tf.reshape(tf.transpose(tf.stack(parts), [1, 3, 0, 2, 4]), qkv.shape);
            }),
        ],
      });
    },
  };
}
