import type { NamedTensorMap, Rank, Scalar } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { generatorRecipeSchema, optimiserSchema } from '../../../main/contract/recipes.ts';
import { buildDiscriminator, buildGenerator } from '../../../main/training/architectures/dcgan.ts';
import { ganStep } from '../../../main/training/architectures/gan-step.ts';
import { adamSettings, Optimiser } from '../../../main/training/architectures/optimiser.ts';
import { openEngine } from '../../../main/training/engines/open.ts';
import { expectClose } from '../engines/compare.ts';

/** Gives the gradients that it is asked to apply to a test, and applies them. */
class Watched extends Optimiser {
  grads: Record<string, Float32Array> = {};

  override apply(grads: NamedTensorMap, t: Scalar): void {
    this.grads = Object.fromEntries(
      Object.entries(grads).map(([name, tensor]) => [name, tensor.dataSync<'float32'>().slice()]),
    );
    super.apply(grads, t);
  }
}

it('trains the discriminator on both batches, then the generator against the updated discriminator', async () => {
  const engine = await openEngine('wasm');
  const { ops, tf } = engine;
  const recipe = generatorRecipeSchema.parse({ kind: 'dcgan28', latent: 5, features: 4, steps: 1 });
  const [generator, discriminator] = [buildGenerator(engine, recipe, 1), buildDiscriminator(engine, recipe, 2)];
  const settings = adamSettings(optimiserSchema.parse({ stepSize: 0.01 }));
  const generatorOptimiser = new Watched(engine, generator.parameters, settings);
  const discriminatorOptimiser = new Watched(engine, discriminator.parameters, settings);
  const images = tf.randomNormal<Rank.R4>([3, 28, 28, 1], 0, 1, 'float32', 1);
  const z = tf.randomNormal<Rank.R2>([3, 5], 0, 1, 'float32', 2);
  const weights = (of: typeof generator | typeof discriminator) =>
    of.parameters.filter(({ trainable }) => trainable).map(({ variable }) => variable);

  const fake = generator.images(z, 'batch');
  const expectedD = tf.variableGrads(
    () =>
      tf.add(
        ops.sigmoidCrossEntropy(discriminator.logits(images), 1),
        ops.sigmoidCrossEntropy(discriminator.logits(fake), 0),
      ) as Scalar,
    weights(discriminator),
  );
  const untrained = generator.parameters.map(({ variable }) => variable.clone());

  const adversaries = { generator, discriminator, generatorOptimiser, discriminatorOptimiser };
  const { run } = engine.compile({ train: ganStep(engine, adversaries, 3) });
  const { lossD, lossG } = await run.train({ images, z, t: tf.scalar(1) });

  const trained = generator.parameters.map(({ variable }) => variable.clone());
  generator.parameters.forEach(({ variable }, index) => variable.assign(untrained[index]!));
  const expectedG = tf.variableGrads(
    () => ops.sigmoidCrossEntropy(discriminator.logits(generator.images(z, 'batch')), 1),
    weights(generator),
  );
  expectClose(lossD!, expectedD.value.dataSync());
  expectClose(lossG!, expectedG.value.dataSync());
  for (const [optimiser, { grads }] of [
    [discriminatorOptimiser, expectedD],
    [generatorOptimiser, expectedG],
  ] as const) {
    expect(Object.keys(optimiser.grads)).toEqual(Object.keys(grads));
    for (const [name, tensor] of Object.entries(grads)) expectClose(optimiser.grads[name]!, tensor.dataSync());
  }
  // Weights and running statistics moved, once.
  const mean = generator.parameters.findIndex(({ name }) => name === 'generator.1.norm.mean');
  expect(trained[mean]!.dataSync().every((value) => value !== 0)).toBe(true);
  trained.forEach((values, index) => expect(values.dataSync()).not.toEqual(untrained[index]!.dataSync()));
});
