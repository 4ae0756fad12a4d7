import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { Ops } from '../../engine.ts';
import type { Heap } from '../heap.ts';
import { softmaxRow } from '../kernels/attention.ts';
import { sigmoid, softplus } from '../kernels/pointwise.ts';

/** The two losses; their gradients come from the logits directly, which is exact where a softmax saturates. */
export function lossOps(h: Heap): Pick<Ops, 'softmaxCrossEntropy' | 'sigmoidCrossEntropy'> {
  return {
    softmaxCrossEntropy: (logits, labels) => {
      const [n, classes] = logits.shape;
      return h.differentiable({
        inputs: [logits],
        forward: () => {
          const [loss, gradient] = h.computeMany<[Scalar, Tensor]>(
            [[], logits.shape],
            [logits, labels],
            ([loss, gradient], logits, labels) => {
              gradient.set(logits!);
              let sum = 0;
              for (let row = 0, at = 0; row < n; row++, at += classes) {
                sum += logSumExp(logits!, at, classes) - logits![at + labels![row]!]!;
                softmaxRow(gradient, at, classes);
                gradient[at + labels![row]!]! -= 1;
              }
              loss[0] = sum / n;
            },
          );
          return { value: loss, save: [gradient] };
        },
        backward: (dy, [gradient]) => [
          () =>
            h.compute(gradient.shape, [gradient, dy], (dx, gradient, dy) => {
              const factor = dy![0]! / n;
              for (let i = 0; i < dx.length; i++) dx[i] = gradient![i]! * factor;
            }),
        ],
      });
    },

    /** softplus(z) - target z; its derivative is sigmoid(z) - target. */
    sigmoidCrossEntropy: (logits, target) =>
      h.differentiable({
        inputs: [logits],
        forward: () => {
          const loss = h.compute<Scalar>([], [logits], (loss, z) => {
            let sum = 0;
            for (const value of z!) sum += softplus(value) - target * value;
            loss[0] = sum / z!.length;
          });
          return { value: loss, save: [logits] };
        },
        backward: (dy, [logits]) => [
          () =>
            h.compute(logits.shape, [logits, dy], (dx, z, dy) => {
              const factor = dy![0]! / dx.length;
              for (let i = 0; i < dx.length; i++) dx[i] = (sigmoid(z![i]!) - target) * factor;
            }),
        ],
      }),
  };
}

/** log(sum(e^x)) of `length` numbers from `at`. */
function logSumExp(x: Float32Array, at: number, length: number): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = at; i < at + length; i++) highest = Math.max(highest, x[i]!);
  let sum = 0;
  for (let i = at; i < at + length; i++) sum += Math.exp(x[i]! - highest);
  return highest + Math.log(sum);
}
