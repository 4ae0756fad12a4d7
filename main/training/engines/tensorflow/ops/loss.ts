import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Ops } from '../../engine.ts';
import type { Context } from '../context.ts';

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
