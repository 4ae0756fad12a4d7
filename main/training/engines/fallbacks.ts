import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { CompiledStep, Engine, Entry, Ops, Step, Tfjs } from './engine.ts';

/** Runs steps op by op and accesses variables directly, for engines that compile nothing. */
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
    // Together: on a GPU, each reading by itself waits for the GPU.
    const read = Object.entries(results).map(async ([name, tensor]) => {
      const values = await tensorValues(tensor);
      tensor.dispose();
      return [name, values] as const;
    });
    return Object.fromEntries(await Promise.all(read));
  };
}

/** A copy of a tensor's values. Asynchronous, as WebGPU requires; a copy, as wasm returns views of its heap. */
async function tensorValues(tensor: Tensor): Promise<Float32Array> {
  return new Float32Array(await tensor.data());
}

/** Ops that can be composed of others. */
export type Composed = Pick<Ops, 'bnRectified' | 'selfAttention'>;

/** The ops that they are composed of. */
type Parts = Pick<Ops, 'attention' | 'bnTrain' | 'dense' | 'leakyRelu' | 'relu'>;

/** Composed ops for an engine without kernels of its own for them. */
export function compositions(tf: Pick<Tfjs, 'reshape'>, ops: Parts): Composed {
  return {
    bnRectified: (x, gamma, beta, epsilon, slope) => {
      const batch = ops.bnTrain(x, gamma, beta, epsilon);
      return { ...batch, y: rectified(ops, batch.y, slope) };
    },

    selfAttention: (x, w, b, tokens, heads) => {
      const projection = ops.dense(x, w, b);
      const [rows, columns] = projection.shape;
      const qkv: Tensor3D = tf.reshape(projection, [rows / tokens, tokens, columns]);
      return tf.reshape(ops.attention(qkv, heads), [rows, columns / 3]) as Tensor2D;
    },
  };
}

/** ReLU, or leaky ReLU with this slope for negative numbers. */
export function rectified<T extends Tensor>(ops: Pick<Ops, 'leakyRelu' | 'relu'>, x: T, slope: number): T {
  return slope === 0 ? ops.relu(x) : ops.leakyRelu(x, slope);
}
