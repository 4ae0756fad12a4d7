import type { Tensor } from '@tensorflow/tfjs-core';
import type { AdamSettings, Ops } from '../engine.ts';
import type { Context } from './context.ts';
import { Resources } from './resources.ts';

/** Adam by TensorFlow's fused kernel, in place. */
export function adamOp(c: Context): Pick<Ops, 'adam'> {
  const resources = new Resources(c);
  const { attr } = c;
  const at = [attr.T, attr.bool('use_locking', false), attr.bool('use_nesterov', false)];

  return {
    adam: (parameter, gradient, slots, t, settings) =>
      c.tf.tidy(() => {
        const { weightDecay, decoupled } = settings;
        const decays = weightDecay > 0;
        const g = decays && !decoupled ? c.add(gradient, c.mul(parameter, weightDecay)) : gradient;
        const shrink = decays && decoupled ? c.mul(parameter, settings.stepSize * weightDecay) : undefined;
        const updates = c.updates ?? resources;
        const inputs = [...updateConstants(c, t, settings), g];
        updates.update('ResourceApplyAdam', at, [parameter, slots.m, slots.v], inputs);
        if (shrink) updates.update('AssignSubVariableOp', [attr.type('dtype', 'float32')], [parameter], [shrink]);
      }),
  };
}

/**
 * The scalars of ResourceApplyAdam. Its own bias correction puts epsilon elsewhere than Kingma & Ba's and PyTorch's
 * sqrt(v / (1 - beta2^t)) + epsilon, so it is told beta^t = 0 (no correction) and gets both corrections in the step
 * size and in epsilon: stepSize * sqrt(c2) / c1 and epsilon * sqrt(c2), where c = 1 - beta^t.
 */
function updateConstants(c: Context, t: Tensor, { stepSize, beta1, beta2, epsilon }: AdamSettings): Tensor[] {
  const { tf } = c;
  // The kernel works with the float32 beta, so the correction must too, or v is off by 5e-5.
  const correction = (beta: number): Tensor => c.run('Neg', [c.run('Expm1', [c.mul(t, Math.log(Math.fround(beta)))])]);
  const root = c.run('Sqrt', [correction(beta2)]);
  const step = c.mul(c.run('Div', [root, correction(beta1)]), stepSize);
  return [tf.scalar(0), tf.scalar(0), step, tf.scalar(beta1), tf.scalar(beta2), c.mul(root, epsilon)];
}
