import type { Ops } from '../../engine.ts';
import type { Context, Kernel } from '../context.ts';

/** 1 - beta^t = 1 - e^(t log beta) without cancellation: a series where the exponent is small. */
const preamble = `
  fn bias(logBeta: f32, t: f32) -> f32 {
    let y = logBeta * t;
    if (y < -0.25) { return 1.0 - exp(y); }
    return -y * (1.0 + y / 2.0 * (1.0 + y / 3.0 * (1.0 + y / 4.0 * (1.0 + y / 5.0 * (1.0 + y / 6.0)))));
  }`;
const l2 = 'let g = gradient[i] + uniforms.l2 * w[i];';

const firstMoment: Kernel = {
  name: 'adam m',
  inputs: ['m', 'gradient', 'w'],
  uniforms: { rate: 'f32', l2: 'f32' },
  value: `${l2} return m[i] + (g - m[i]) * uniforms.rate;`,
};
const secondMoment: Kernel = {
  name: 'adam v',
  inputs: ['v', 'gradient', 'w'],
  uniforms: { rate: 'f32', l2: 'f32' },
  value: `${l2} return v[i] + (g * g - v[i]) * uniforms.rate;`,
};
const weights: Kernel = {
  name: 'adam w',
  inputs: ['w', 'm', 'v', 't'],
  uniforms: { stepSize: 'f32', epsilon: 'f32', decay: 'f32', logBeta1: 'f32', logBeta2: 'f32' },
  preamble,
  value: `
    let first = m[i] / bias(uniforms.logBeta1, t[0]);
    let second = v[i] / bias(uniforms.logBeta2, t[0]);
    return w[i] - w[i] * uniforms.decay - uniforms.stepSize * first / (sqrt(second) + uniforms.epsilon);`,
};

/** Adam in three kernels for each parameter, as a kernel of tfjs has one result. */
export function adamOp(c: Context): Pick<Ops, 'adam'> {
  return {
    adam: (parameter, gradient, slots, t, { stepSize, beta1, beta2, epsilon, weightDecay, decoupled }) =>
      c.tf.tidy(() => {
        const { shape } = parameter;
        const l2 = decoupled ? 0 : weightDecay;
        const m = c.map(firstMoment, shape, [slots.m, gradient, parameter], { rate: 1 - beta1, l2 });
        const v = c.map(secondMoment, shape, [slots.v, gradient, parameter], { rate: 1 - beta2, l2 });
        const next = c.map(weights, shape, [parameter, m, v, t], {
          stepSize,
          epsilon,
          decay: decoupled ? stepSize * weightDecay : 0,
          // WGSL has no infinity.
          logBeta1: Math.log(Math.max(beta1, 1e-30)),
          logBeta2: Math.log(beta2),
        });
        slots.m.assign(m);
        slots.v.assign(v);
        parameter.assign(next);
      }),
  };
}
