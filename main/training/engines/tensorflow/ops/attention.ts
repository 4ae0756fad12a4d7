import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Ops } from '../../engine.ts';
import type { Context } from '../context.ts';

/**
 * Multi-head attention with its own gradient: with p = softmax(s), ds = p * (dp - sum(p * dp)). Heads are batched as
 * [n, heads, t, d] because TensorFlow multiplies the last two axes.
 */
export function attentionOps(c: Context): Pick<Ops, 'attention'> {
  const { attr, tf } = c;
  const permute = (x: Tensor, order: number[]): Tensor =>
    c.run('Transpose', [x, c.ints(order)], [attr.T, attr.type('Tperm', 'int32')]);
  const unpack = (x: Tensor): [Tensor4D, Tensor4D, Tensor4D] =>
    c.runMany('Unpack', [x], [attr.int('num', 3), attr.T, attr.int('axis', 0)], 3) as [Tensor4D, Tensor4D, Tensor4D];
  const pack = (parts: Tensor[]): Tensor =>
    c.run('Pack', parts, [attr.int('N', parts.length), attr.T, attr.int('axis', 0)]);

  return {
    attention: (qkv, heads) => {
      const [n, t, width] = qkv.shape;
      const d = width / 3 / heads;
      const scale = 1 / Math.sqrt(d);
      return c.differentiable({
        inputs: [qkv],
        forward: () => {
          const [q, k, v] = unpack(permute(tf.reshape(qkv, [n, t, 3, heads, d]), [2, 0, 3, 1, 4]));
          const p = c.run<Tensor4D>('Softmax', [c.mul(c.matMul(q, k, false, true), scale)]);
          const joined = permute(c.matMul(p, v), [0, 2, 1, 3]);
          return { value: tf.reshape(joined, [n, t, heads * d]) as Tensor3D, save: [q, k, v, p] };
        },
        backward: (dy, [q, k, v, p]) => [
          () => {
            const dOut = permute(tf.reshape(dy, [n, t, heads, d]), [0, 2, 1, 3]);
            const dv = c.matMul(p, dOut, true, false);
            const weighted = c.mul(c.matMul<Tensor4D>(dOut, v, false, true), p);
            const ds = c.mul(c.sub(weighted, c.mul(p, c.reduce('Sum', weighted, 3, true))), scale);
            const parts = pack([c.matMul(ds, k), c.matMul(ds, q, true, false), dv]);
            return tf.reshape(permute(parts, [1, 3, 0, 2, 4]), qkv.shape);
          },
        ],
      });
    },
  };
}
