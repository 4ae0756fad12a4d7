import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Engine } from '../../../main/training/engines/engine.ts';
import { eager } from '../../../main/training/engines/fallbacks.ts';
import { openEngine } from '../../../main/training/engines/open.ts';
import { locateTensorflow } from '../../../main/training/engines/tensorflow/locate.ts';
import { Graph } from '../../../main/training/engines/tensorflow/replay/graph.ts';
import { expectClose } from '../conformance/compare.ts';
import { repeatedNames, smallTraining, type SmallName } from '../conformance/small-models.ts';

const found = locateTensorflow();
const absent = 'absent' in found ? found.absent : undefined;

describe.skipIf(absent)('recorded steps of the TensorFlow engine', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine('tensorflow');
  });

  /** Losses of each step, and all that the steps changed. */
  async function train(
    compile: Engine['compile'],
    name: SmallName,
    steps: number,
  ): Promise<Record<string, Float32Array>> {
    const { models, optimisers, entry, inputs, dispose } = smallTraining(engine, name);
    const program = compile({ train: entry });
    const result: Record<string, Float32Array> = {};
    for (let t = 1; t <= steps; t++) {
      const made = inputs(t);
      for (const [key, values] of Object.entries(await program.run.train(made))) result[`${key} ${t}`] = values;
      engine.tf.dispose(made);
    }
    for (const { name, variable } of models.flatMap(({ parameters }) => parameters)) {
      result[name] = (await engine.read([variable]))[0]!;
    }
    for (const optimiser of optimisers) Object.assign(result, await optimiser.readState());
    program.dispose();
    dispose();
    return result;
  }

  it.each(repeatedNames)('of %s do what the step does op by op', async (name) => {
    const recorded = await train(engine.compile, name, 3);
    const expected = await train(eager(engine.tf).compile, name, 3);
    expect(Object.keys(recorded)).toEqual(Object.keys(expected));
    for (const [key, values] of Object.entries(expected)) {
      try {
        expectClose(recorded[key]!, values, 2e-5);
      } catch (error) {
        throw new Error(`${key}: ${error instanceof Error ? error.message : error}`, { cause: error });
      }
    }
  });

  // Else TensorFlow logs "remapper failed" for a convolution with a bias before it, as in spectral norm's networks.
  it('give the gradient of a leaky ReLU its result, not its argument', async () => {
    const add = vi.spyOn(Graph.prototype, 'add');
    await train(engine.compile, 'dcgan32', 0);
    const ops = new Map(add.mock.calls.map(([{ op }], n) => [add.mock.results[n]?.value.node, op]));
    const gradients = add.mock.calls.flatMap(([{ op, inputs }]) => (op === 'LeakyReluGrad' ? [inputs?.[1]?.node] : []));
    add.mockRestore();
    expect(gradients.length).toBeGreaterThan(0);
    expect(gradients.map((node) => ops.get(node))).toEqual(gradients.map(() => 'LeakyRelu'));
  });
});
