import type { Tensor } from '@tensorflow/tfjs-core';
import type { Ops } from '../../engine.ts';
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

/**
 * Inverted dropout. Random numbers are a hash of the seed and the element's index, so that no state and no order of
 * threads matters: pcg3d of Jarzynski & Olano 2020, "Hash Functions for GPU Rendering".
 */
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
  const pointwise = <T extends Tensor>(
    x: T,
    forward: () => T,
    keep: 'argument' | 'value',
    gradient: Kernel,
    numbers: Record<string, number> = {},
  ): T =>
    c.differentiable({
      inputs: [x],
      forward: () => {
        const y = forward();
        return { value: y, save: [keep === 'value' ? y : x] };
      },
      backward: (dy, [kept]) => [() => c.map(gradient, dy.shape, [kept, dy], numbers)],
    });

  return {
    relu: (x) => pointwise(x, () => c.map(relu, x.shape, [x]), 'value', reluGradient),
    tanh: (x) => pointwise(x, () => c.tf.tanh(x), 'value', tanhGradient),
    leakyRelu: (x, slope) =>
      pointwise(x, () => c.map(leakyRelu, x.shape, [x], { slope }), 'argument', leakyReluGradient, { slope }),
    gelu: (x) => pointwise(x, () => c.map(gelu, x.shape, [x]), 'argument', geluGradient),
    softmax: (logits) => c.tf.softmax(logits),
    dropout: (x, rate, seed) =>
      c.differentiable({
        inputs: [x],
        forward: () => ({ value: c.map<typeof x>(dropout, x.shape, [x, seed], { rate }), save: [seed] }),
        backward: (dy, [seed]) => [() => c.map(dropout, dy.shape, [dy, seed], { rate })],
      }),
  };
}
