import type { AdamSettings } from '../../engine.ts';

/**
 * Adam's update at step t. `next` gets the new weights, m and v change in place. Kingma & Ba 2015, algorithm 1, with
 * PyTorch's treatment of weight decay: L2 in the gradient, or decoupled before the update.
 */
export function adamUpdate(
  next: Float32Array,
  [weights, gradient, m, v]: [Float32Array, Float32Array, Float32Array, Float32Array],
  t: number,
  { stepSize, beta1, beta2, epsilon, weightDecay, decoupled }: AdamSettings,
): void {
  const step = stepSize / (1 - beta1 ** t);
  const correction = 1 / Math.sqrt(1 - beta2 ** t);
  const added = decoupled ? 0 : weightDecay;
  const kept = decoupled ? 1 - stepSize * weightDecay : 1;
  for (let i = 0; i < next.length; i++) {
    const g = gradient[i]! + added * weights[i]!;
    m[i] = beta1 * m[i]! + (1 - beta1) * g;
    v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
    next[i] = kept * weights[i]! - (step * m[i]!) / (Math.sqrt(v[i]!) * correction + epsilon);
  }
}
