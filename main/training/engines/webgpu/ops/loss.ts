import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { Ops } from '../../engine.ts';
import type { Context, Kernel } from '../context.ts';

/** log(sum(e^z)) of each row. */
const logSumExp: Kernel = {
  name: 'log sum exp',
  inputs: ['z'],
  uniforms: { columns: 'i32' },
  value: `
    let start = i * uniforms.columns;
    var highest = z[start];
    for (var c = 1; c < uniforms.columns; c++) { highest = max(highest, z[start + c]); }
    var sum = 0.0;
    for (var c = 0; c < uniforms.columns; c++) { sum += exp(z[start + c] - highest); }
    return highest + log(sum);`,
};
const crossEntropy: Kernel = {
  name: 'cross-entropy',
  inputs: ['z', 'labels', 'total'],
  uniforms: { columns: 'i32' },
  value: 'return total[i] - z[i * uniforms.columns + labels[i]];',
};
const crossEntropyGradient: Kernel = {
  name: 'cross-entropy gradient',
  inputs: ['z', 'labels', 'total', 'dy'],
  uniforms: { columns: 'i32', n: 'f32' },
  value: `
    let row = i / uniforms.columns;
    let own = select(0.0, 1.0, labels[row] == i % uniforms.columns);
    return (exp(z[i] - total[row]) - own) * dy[0] / uniforms.n;`,
};

/** softplus(z) - target z. The logarithm of 1 + e as a series where e is too small to be added to 1. */
const binary: Kernel = {
  name: 'binary cross-entropy',
  inputs: ['z'],
  uniforms: { wanted: 'f32' },
  value: `
    let e = exp(-abs(z[i]));
    let log1p = select(log(1.0 + e), e * (1.0 - e * (0.5 - e * (1.0 / 3.0 - e * 0.25))), e < 0.03);
    return select(0.0, z[i], z[i] > 0.0) + log1p - uniforms.wanted * z[i];`,
};
const binaryGradient: Kernel = {
  name: 'binary cross-entropy gradient',
  inputs: ['z', 'dy'],
  uniforms: { wanted: 'f32', n: 'f32' },
  value: `
    let e = exp(-abs(z[i]));
    let belief = select(e, 1.0, z[i] > 0.0) / (1.0 + e);
    return (belief - uniforms.wanted) * dy[0] / uniforms.n;`,
};

/** The two losses; their gradients come from the logits directly, which is exact where a softmax saturates. */
export function lossOps(c: Context): Pick<Ops, 'softmaxCrossEntropy' | 'sigmoidCrossEntropy'> {
  const mean = (x: Tensor): Scalar => c.tf.mean(x) as Scalar;

  return {
    softmaxCrossEntropy: (logits, labels) => {
      const [n, columns] = logits.shape;
      return c.differentiable({
        inputs: [logits],
        forward: () => {
          const total = c.map(logSumExp, [n], [logits], { columns });
          const value = mean(c.map(crossEntropy, [n], [logits, labels, total], { columns }));
          return { value, save: [logits, labels, total] };
        },
        backward: (dy, saved) => [() => c.map(crossEntropyGradient, logits.shape, [...saved, dy], { columns, n })],
      });
    },

    sigmoidCrossEntropy: (logits, wanted) =>
      c.differentiable({
        inputs: [logits],
        forward: () => ({ value: mean(c.map(binary, logits.shape, [logits], { wanted })), save: [logits] }),
        backward: (dy, [logits]) => [
          () => c.map(binaryGradient, logits.shape, [logits, dy], { wanted, n: logits.size }),
        ],
      }),
  };
}
