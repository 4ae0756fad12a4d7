import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Ops } from '../../engine.ts';
import { pointwise } from '../../layers.ts';
import type { Context } from '../context.ts';

/** Functions of one element, and dropout. */
export function activationOps(c: Context): Pick<Ops, 'relu' | 'leakyRelu' | 'gelu' | 'tanh' | 'dropout' | 'softmax'> {
  const { attr } = c;
  return {
    relu: (x) =>
      pointwise(
        c,
        x,
        'value',
        () => c.run('Relu', [x]),
        (dy, y) => c.run('ReluGrad', [dy, y]),
      ),
    tanh: (x) =>
      pointwise(
        c,
        x,
        'value',
        () => c.run('Tanh', [x]),
        (dy, y) => c.run('TanhGrad', [y, dy]),
      ),
    softmax: (logits) => c.run<Tensor2D>('Softmax', [logits]),

    leakyRelu: (x, slope) => {
      const at = [attr.T, attr.float('alpha', slope)];
      const gradient = (dy: Tensor, y: Tensor): Tensor => c.run('LeakyReluGrad', [dy, y], at);
      // Only the sign counts, which y shares with x. Given x, TensorFlow's remapper fails on a bias and logs an error.
      return pointwise(c, x, 'value', () => c.run('LeakyRelu', [x], at), gradient);
    },

    /** x Phi(x); its derivative is Phi(x) + x phi(x). */
    gelu: (x) =>
      c.differentiable({
        inputs: [x],
        forward: () => {
          const cumulative = c.mul(c.add(c.run('Erf', [c.mul(x, Math.SQRT1_2)]), 1), 0.5);
          return { value: c.mul(x, cumulative), save: [x, cumulative] };
        },
        backward: (dy, [x, cumulative]) => [
          () => {
            const density = c.mul(c.run('Exp', [c.mul(c.run('Square', [x]), -0.5)]), 1 / Math.sqrt(2 * Math.PI));
            return c.mul(dy, c.add(cumulative, c.mul(x, density)));
          },
        ],
      }),

    dropout: (x, rate, seed) =>
      c.differentiable({
        inputs: [x],
        forward: () => {
          const uniform = c.run(
            'StatelessRandomUniform',
            [c.ints(x.shape), seed],
            [attr.type('dtype', 'float32'), attr.type('T', 'int32'), attr.type('Tseed', 'int32')],
          );
          const kept = c.run('GreaterEqual', [uniform, c.tf.scalar(rate)]);
          const mask = c.run(
            'Cast',
            [kept],
            [attr.type('SrcT', 'bool'), attr.type('DstT', 'float32'), attr.bool('Truncate', false)],
          );
          const scale = c.mul(mask, 1 / (1 - rate));
          return { value: c.mul(x, scale), save: [scale] };
        },
        backward: (dy, [scale]) => [() => c.mul(dy, scale)],
      }),
  };
}

/** The two losses; their gradients come from the logits directly, which is exact where a softmax saturates. */
export function lossOps(c: Context): Pick<Ops, 'softmaxCrossEntropy' | 'sigmoidCrossEntropy'> {
  const { attr } = c;
  const mean = (x: Tensor): Scalar => c.reduce('Mean', x, 0, false);

  return {
    softmaxCrossEntropy: (logits, labels) =>
      c.differentiable({
        inputs: [logits],
        forward: () => {
          const [losses, gradient] = c.runMany(
            'SparseSoftmaxCrossEntropyWithLogits',
            [logits, labels],
            [attr.T, attr.type('Tlabels', 'int32')],
            2,
          ) as [Tensor, Tensor2D];
          return { value: mean(losses), save: [gradient] };
        },
        backward: (dy, [gradient]) => [() => c.mul(gradient, c.mul(dy, 1 / logits.shape[0]))],
      }),

    /** softplus(z) - target z; its derivative is sigmoid(z) - target. */
    sigmoidCrossEntropy: (logits, target) =>
      c.differentiable({
        inputs: [logits],
        forward: () => ({
          value: mean(c.sub(c.run('Softplus', [logits]), c.mul(logits, target))),
          save: [logits],
        }),
        backward: (dy, [logits]) => [
          () => c.mul(c.sub(c.run('Sigmoid', [logits]), target), c.mul(dy, 1 / logits.size)),
        ],
      }),
  };
}
