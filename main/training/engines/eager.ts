import type { Tensor } from '@tensorflow/tfjs-core';
import type { CompiledStep, Engine, Entry, Step, Tfjs } from './engine.ts';

/** How an engine runs steps and reaches variables where nothing is compiled: op by op, each time anew. */
export function eager(tf: Tfjs): Pick<Engine, 'compile' | 'read' | 'write'> {
  return {
    compile: <Name extends string>(entries: Record<Name, Entry>) => {
      const steps = Object.entries<Entry>(entries).map(([name, { step }]) => [name, eagerStep(tf, step)]);
      return { run: Object.fromEntries(steps) as Record<Name, CompiledStep>, dispose: () => undefined };
    },
    read: (variables) => Promise.all(variables.map(tensorValues)),
    write: (values) =>
      values.forEach((data, variable) => {
        tf.tidy(() => variable.assign(tf.tensor(data.slice(), variable.shape)));
      }),
  };
}

function eagerStep(tf: Tfjs, step: Step): CompiledStep {
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
async function tensorValues(tensor: Tensor): Promise<Float32Array> {
  return new Float32Array(await tensor.data());
}
