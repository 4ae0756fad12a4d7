import type { CompiledStep, Step, Tfjs } from './engine.ts';

/** Runs a step op by op, each time anew: what `compile` is where nothing faster exists. */
export function eagerStep(tf: Tfjs, step: Step): CompiledStep {
  return (inputs) => {
    const values: Record<string, Float32Array> = {};
    tf.tidy(() => {
      for (const [name, tensor] of Object.entries(step(inputs))) {
        // A copy: the wasm backend hands out views of its heap.
        values[name] = Float32Array.from(tensor.dataSync());
        tensor.dispose();
      }
    });
    return values;
  };
}
