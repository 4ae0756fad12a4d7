import type { Tensor } from '@tensorflow/tfjs-core';
import type { CompiledStep, Step, Tfjs } from './engine.ts';

/** Runs a step op by op, each time anew: what `compile` is where nothing faster exists. */
export function eagerStep(tf: Tfjs, step: Step): CompiledStep {
  return async (inputs) => {
    const results = tf.tidy(() => step(inputs));
    const values: Record<string, Float32Array> = {};
    for (const [name, tensor] of Object.entries(results)) {
      values[name] = await tensorValues(tensor);
      tensor.dispose();
    }
    return values;
  };
}

/** A tensor's values, read as every backend can: WebGPU has no other way. A copy: wasm hands out views of its heap. */
export async function tensorValues(tensor: Tensor): Promise<Float32Array> {
  return Float32Array.from(await tensor.data());
}
