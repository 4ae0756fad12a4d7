import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { AdamSettings, Ops } from '../../engine.ts';
import type { Heap } from '../heap.ts';

/** Adam, in place. A variable that shares its memory with another tensor gets new memory first. */
export function adamOp(h: Heap): Pick<Ops, 'adam'> {
  const own = (variable: Variable): void => {
    if (!h.isShared(variable)) return;
    h.tf.tidy(() => {
      const values = variable.dataSync();
      variable.assign(h.tf.tensor(values, variable.shape));
    });
  };
  return {
    adam: (parameter, gradient, slots, t, settings) => {
      for (const variable of [parameter, slots.m, slots.v]) own(variable);
      h.view([t], (t) => update(h, [parameter, gradient, slots.m, slots.v], t![0]!, settings));
    },
  };
}

/** Bias corrections of step t in float64, the rest in the kernel. */
function update(
  h: Heap,
  tensors: [parameter: Tensor, gradient: Tensor, m: Tensor, v: Tensor],
  t: number,
  { stepSize, beta1, beta2, epsilon, weightDecay, decoupled }: AdamSettings,
): void {
  const [weights, gradient, m, v] = tensors.map((tensor) => h.address(tensor)) as [number, number, number, number];
  h.kernels.adam(
    weights,
    weights,
    gradient,
    m,
    v,
    tensors[0].size,
    beta1,
    1 - beta1,
    beta2,
    1 - beta2,
    stepSize / (1 - beta1 ** t),
    1 / Math.sqrt(1 - beta2 ** t),
    epsilon,
    decoupled ? 0 : weightDecay,
    decoupled ? 1 - stepSize * weightDecay : 1,
  );
}
