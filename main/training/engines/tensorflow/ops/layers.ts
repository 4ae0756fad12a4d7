import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Ops } from '../../engine.ts';
import type { Attribute, Context } from '../context.ts';

/** Dense and convolutional layers. */
export function linearOps(c: Context): Pick<Ops, 'dense' | 'conv2d' | 'conv2dTranspose' | 'biasAdd' | 'maxPool2'> {
  const { attr } = c;
  const biased = <T extends Tensor>(x: T, b: Tensor1D): T => c.run('BiasAdd', [x, b], [attr.T, c.nhwc]);
  const convolution = (stride: number, padding: 'same' | 'valid'): Attribute[] => [
    attr.T,
    attr.int('strides', [1, stride, stride, 1]),
    attr.string('padding', padding.toUpperCase()),
    c.nhwc,
    attr.int('dilations', [1, 1, 1, 1]),
  ];
  const forward = (x: Tensor, w: Tensor, at: Attribute[]): Tensor4D => c.run('Conv2D', [x, w], at);
  const toInput = (shape: number[], w: Tensor, dy: Tensor, at: Attribute[]): Tensor4D =>
    c.run('Conv2DBackpropInput', [c.ints(shape), w, dy], at);
  const toFilter = (x: Tensor, shape: number[], dy: Tensor, at: Attribute[]): Tensor4D =>
    c.run('Conv2DBackpropFilter', [x, c.ints(shape), dy], at);

  return {
    dense: (x, w, b) =>
      c.differentiable({
        inputs: [x, w, b],
        forward: () => ({ value: biased(c.matMul<Tensor2D>(x, w), b), save: [x, w] }),
        backward: (dy, [x, w]) => [
          () => c.matMul(dy, w, false, true),
          () => c.matMul(x, dy, true, false),
          () => c.sumToLast(dy),
        ],
      }),

    conv2d: (x, w, stride, padding) => {
      const at = convolution(stride, padding);
      return c.differentiable({
        inputs: [x, w],
        forward: () => ({ value: forward(x, w, at), save: [x, w] }),
        backward: (dy, [x, w]) => [() => toInput(x.shape, w, dy, at), () => toFilter(x, w.shape, dy, at)],
      });
    },

    conv2dTranspose: (x, w, size, stride, padding) => {
      const at = convolution(stride, padding);
      const shape = [x.shape[0], size, size, w.shape[2]];
      return c.differentiable({
        inputs: [x, w],
        forward: () => ({ value: toInput(shape, w, x, at), save: [x, w] }),
        backward: (dy, [x, w]) => [() => forward(dy, w, at), () => toFilter(dy, w.shape, x, at)],
      });
    },

    biasAdd: (x, b) =>
      c.differentiable({
        inputs: [x, b],
        forward: () => ({ value: biased(x, b), save: [] }),
        backward: (dy) => [() => dy.clone(), () => c.sumToLast(dy)],
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
 * Batch norm and layer norm, composed, with their own gradients. TensorFlow's fused batch norm is faster, but on a CPU its
 * sums over a batch lose three digits (docs/training.md, "Precision of gradients").
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
