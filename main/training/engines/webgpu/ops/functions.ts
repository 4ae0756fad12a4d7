import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { Ops } from '../../engine.ts';
import { pointwise } from '../../layers.ts';
import type { Context, Kernel } from '../context.ts';

const relu: Kernel = { name: 'relu', inputs: ['x'], value: 'return select(x[i], 0.0, x[i] < 0.0);' };
const reluGradient: Kernel = {
  name: 'relu gradient',
  inputs: ['y', 'dy'],
  value: 'return select(0.0, dy[i], y[i] > 0.0);',
};

const tanhGradient: Kernel = {
  name: 'tanh gradient',
  inputs: ['y', 'dy'],
  value: 'return dy[i] * (1.0 - y[i] * y[i]);',
};

const leakyRelu: Kernel = {
  name: 'leaky relu',
  inputs: ['x'],
  uniforms: { slope: 'f32' },
  value: 'return select(x[i], x[i] * uniforms.slope, x[i] < 0.0);',
};
const leakyReluGradient: Kernel = {
  name: 'leaky relu gradient',
  inputs: ['x', 'dy'],
  uniforms: { slope: 'f32' },
  value: 'return select(dy[i] * uniforms.slope, dy[i], x[i] > 0.0);',
};

/** The normal distribution function by erf, Abramowitz & Stegun 7.1.26: 8e-8 from the truth at most, before rounding. */
const cumulative = `
  fn cumulative(x: f32) -> f32 {
    let z = abs(x) * ${Math.SQRT1_2};
    let t = 1.0 / (1.0 + 0.3275911 * z);
    let tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
      * exp(-z * z) * 0.5;
    return select(tail, 1.0 - tail, x > 0.0);
  }`;
const gelu: Kernel = {
  name: 'gelu',
  inputs: ['x'],
  preamble: cumulative,
  value: 'return x[i] * cumulative(x[i]);',
};
/** With the normal density phi: Phi(x) + x phi(x). */
const geluGradient: Kernel = {
  name: 'gelu gradient',
  inputs: ['x', 'dy'],
  preamble: cumulative,
  value: `return dy[i] * (cumulative(x[i]) + x[i] * exp(-0.5 * x[i] * x[i]) * ${1 / Math.sqrt(2 * Math.PI)});`,
};

/** Inverted dropout by a hash of seed and index: pcg3d, Jarzynski & Olano 2020, "Hash Functions for GPU Rendering". */
const dropout: Kernel = {
  name: 'dropout',
  inputs: ['x', 'seed'],
  uniforms: { rate: 'f32' },
  preamble: `
    fn hash(given: vec3<u32>) -> u32 {
      var v = given * 1664525u + 1013904223u;
      v.x += v.y * v.z;
      v.y += v.z * v.x;
      v.z += v.x * v.y;
      v = v ^ (v >> vec3<u32>(16u));
      v.x += v.y * v.z;
      return v.x;
    }`,
  value: `
    let uniform24 = hash(vec3<u32>(u32(i), bitcast<u32>(seed[0]), bitcast<u32>(seed[1]))) >> 8u;
    let kept = f32(uniform24) / 16777216.0 >= uniforms.rate;
    return select(0.0, x[i] / (1.0 - uniforms.rate), kept);`,
};

/** Functions of one element, and dropout. */
export function activationOps(c: Context): Pick<Ops, 'relu' | 'leakyRelu' | 'gelu' | 'tanh' | 'dropout' | 'softmax'> {
  /** An op whose gradient is a kernel of its argument, or of its value, and dy. */
  const byKernel = <T extends Tensor>(
    x: T,
    value: () => T,
    keep: 'argument' | 'value',
    gradient: Kernel,
    numbers: Record<string, number> = {},
  ): T => pointwise(c, x, keep, value, (dy, kept) => c.map(gradient, dy.shape, [kept, dy], numbers));

  return {
    relu: (x) => byKernel(x, () => c.map(relu, x.shape, [x]), 'value', reluGradient),
    tanh: (x) => byKernel(x, () => c.tf.tanh(x), 'value', tanhGradient),
    leakyRelu: (x, slope) =>
      byKernel(x, () => c.map(leakyRelu, x.shape, [x], { slope }), 'argument', leakyReluGradient, { slope }),
    gelu: (x) => byKernel(x, () => c.map(gelu, x.shape, [x]), 'argument', geluGradient),
    softmax: (logits) => c.tf.softmax(logits),
    dropout: (x, rate, seed) =>
      c.differentiable({
        inputs: [x],
        forward: () => ({ value: c.map<typeof x>(dropout, x.shape, [x, seed], { rate }), save: [seed] }),
        backward: (dy, [seed]) => [() => c.map(dropout, dy.shape, [dy, seed], { rate })],
      }),
  };
}

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
