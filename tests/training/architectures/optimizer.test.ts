import { beforeAll, expect, it } from 'vitest';
import { optimizerSchema } from '../../../main/contract/recipes/optimizers.ts';
import { architectureSchema } from '../../../main/contract/recipes/recipes.ts';
import { buildClassifier } from '../../../main/training/architectures/classifiers.ts';
import { classifierStep, fedImages } from '../../../main/training/architectures/classifier-steps.ts';
import { loadParameters, parameterValues } from '../../../main/training/architectures/parameters.ts';
import { optimizer } from '../../../main/training/architectures/optimizer.ts';
import type { Engine } from '../../../main/training/engines/engine.ts';
import { openEngine, preferredEngine } from '../../../main/training/engines/open.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine(preferredEngine());
});

/** A tiny training on this machine's best engine. */
function training() {
  const { tf } = engine;
  const architecture = architectureSchema.parse({ kind: 'cnn', channels: [2, 2, 3, 3], hidden: [5, 4] });
  const model = buildClassifier(engine, architecture, { height: 8, width: 8, channels: 1, classes: 3 }, 1);
  const optimiser = optimizer(engine, model.parameters, optimizerSchema.parse({ kind: 'adamw' }));
  const shape = { height: 8, width: 8, channels: 1 };
  const { run } = engine.compile({ train: classifierStep(engine, model, optimiser, 6, fedImages(shape)) });
  const step = async (t: number): Promise<Float32Array> => {
    const inputs = {
      images: tf.randomNormal([6, 8, 8, 1], 0, 1, 'float32', t),
      labels: tf.tensor1d([0, 1, 2, 0, 1, 2], 'int32'),
      dropoutSeed: tf.tensor1d([1, t], 'int32'),
      t: tf.scalar(t),
    };
    return (await run.train(inputs)).loss!;
  };
  return { model, optimiser, step };
}

it('continues unchanged from a saved state', async () => {
  const whole = training();
  for (let t = 1; t <= 3; t++) await whole.step(t);
  const [weights, state] = [await parameterValues(engine, whole.model), await whole.optimiser.readState()];
  for (let t = 4; t <= 6; t++) await whole.step(t);

  const resumed = training();
  await resumed.step(1);
  loadParameters(engine, resumed.model, weights);
  resumed.optimiser.load(state);
  for (let t = 4; t <= 6; t++) await resumed.step(t);

  expect(await parameterValues(engine, resumed.model)).toEqual(await parameterValues(engine, whole.model));
  expect(await resumed.optimiser.readState()).toEqual(await whole.optimiser.readState());
});

it('refuses a state of another model', async () => {
  const { optimiser } = training();
  const { 'conv1.weight/m': _, ...incomplete } = await optimiser.readState();
  expect(() => optimiser.load(incomplete)).toThrow(/different recipe/);
});
