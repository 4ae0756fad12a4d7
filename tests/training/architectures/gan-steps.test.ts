import type { NamedTensorMap, Rank, Scalar, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { optimizerSchema } from '../../../main/contract/recipes/optimizers.ts';
import { generatorRecipeSchema } from '../../../main/contract/recipes/recipes.ts';
import { symmetricEigenvalues } from '../../../main/domain/numbers/eigenvalues.ts';
import { buildDiscriminator, buildGenerator, generatorShape } from '../../../main/training/architectures/dcgan.ts';
import { ganStep } from '../../../main/training/architectures/gan-step.ts';
import { optimizer } from '../../../main/training/architectures/optimizer.ts';
import type { Engine, TensorMap } from '../../../main/training/engines/engine.ts';
import { openEngine } from '../../../main/training/engines/open.ts';
import { expectClose } from '../conformance/compare.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine('wasm');
});

/** Gives the gradients that it is asked to apply to a test, and applies them. */
function watched(...of: Parameters<typeof optimizer>) {
  const inner = optimizer(...of);
  const outer = {
    ...inner,
    grads: {} as Record<string, Float32Array>,
    apply(grads: NamedTensorMap, inputs: TensorMap): void {
      outer.grads = Object.fromEntries(
        Object.entries(grads).map(([name, tensor]) => [name, tensor.dataSync<'float32'>().slice()]),
      );
      inner.apply(grads, inputs);
    },
  };
  return outer;
}

it('trains the discriminator on both batches, then the generator against the updated discriminator', async () => {
  const { ops, tf } = engine;
  const recipe = generatorRecipeSchema.parse({ kind: 'dcgan28', latent: 5, features: 4, steps: 1 });
  const [generator, discriminator] = [buildGenerator(engine, recipe, 1), buildDiscriminator(engine, recipe, 2)];
  const settings = optimizerSchema.parse({ stepSize: 0.01 });
  const generatorOptimiser = watched(engine, generator.parameters, settings);
  const discriminatorOptimiser = watched(engine, discriminator.parameters, settings);
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

/** A color DCGAN with everything that a recipe can add. */
function everything(average = 0.9) {
  return generatorRecipeSchema.parse({
    kind: 'dcgan32',
    latent: 5,
    features: 4,
    steps: 1,
    channels: 3,
    conditional: true,
    spectralNorm: true,
    loss: 'hinge',
    average,
  });
}

it('divides the weights of the discriminator by their largest singular value', () => {
  const discriminator = buildDiscriminator(engine, { ...everything(), classes: 2 }, 2);
  let directions = discriminator.iterate();
  for (let step = 0; step < 60; step++) directions = discriminator.iterate();
  expect([...directions.keys()]).toEqual([
    ...['discriminator.1.weight', 'discriminator.2.weight', 'discriminator.3.weight'],
    ...['discriminator.last.weight', 'discriminator.classes.weight'],
  ]);
  for (const [name, direction] of directions) {
    const w = discriminator.parameters.find((parameter) => parameter.name === name)!.variable;
    const columns = w.shape.at(-1)!;
    const values = w.dataSync<'float32'>();
    const gram = Float64Array.from({ length: columns ** 2 }, (_, k) => {
      let sum = 0;
      for (let row = 0; row < values.length; row += columns) {
        sum += values[row + Math.floor(k / columns)]! * values[row + (k % columns)]!;
      }
      return sum;
    });
    const largest = Math.sqrt(symmetricEigenvalues(gram, columns).at(-1)!);
    const sigma = values.reduce((sum, value, k) => sum + value * direction.dataSync()[k]!, 0);
    expect(sigma / largest, name).toBeCloseTo(1, 3);
  }
});

it('learns by the hinge loss, asks the classes of z, and has the average follow the generator', async () => {
  const { tf } = engine;
  const recipe = everything();
  const shape = generatorShape(recipe, 2);
  const [generator, net] = [buildGenerator(engine, shape, 1), buildGenerator(engine, shape, 1)];
  const discriminator = buildDiscriminator(engine, { ...recipe, ...shape }, 2);
  const settings = optimizerSchema.parse({ stepSize: 0.01 });
  const generatorOptimiser = optimizer(engine, generator.parameters, settings);
  const discriminatorOptimiser = optimizer(engine, discriminator.parameters, settings);
  const images = tf.randomNormal<Rank.R4>([3, 32, 32, 3], 0, 1, 'float32', 1);
  const oneHot = [0, 1, 0].flatMap((label) => [1 - label, label]);
  const numbers = tf.randomNormal<Rank.R2>([3, 5], 0, 1, 'float32', 2);
  const classes = tf.tensor2d(oneHot, [3, 2]);
  const z = tf.concat([numbers, classes], 1) as Tensor2D;
  const starts = net.parameters.map(({ variable }) => variable.dataSync<'float32'>().slice());

  const u = discriminator.parameters.filter(({ name }) => name.endsWith('.u')).map(({ variable }) => variable);
  const before = u.map((variable) => variable.clone());
  const directions = discriminator.iterate();
  u.forEach((variable, k) => variable.assign(before[k]!));
  const logits = (of: Tensor4D) => discriminator.logits(of, { classes, directions }).dataSync<'float32'>();
  const hinge = (values: Float32Array, sign: number): number =>
    values.reduce((sum, value) => sum + Math.max(0, 1 + sign * value), 0) / values.length;
  const expectedD = hinge(logits(images), -1) + hinge(logits(generator.images(z, 'batch')), 1);

  const adversaries = { generator, discriminator, generatorOptimiser, discriminatorOptimiser };
  const entry = ganStep(engine, { ...adversaries, average: { net, decay: 0.9 } }, 3, recipe);
  const { lossD, lossG } = await engine.compile({ train: entry }).run.train({ images, z, t: tf.scalar(1), classes });
  expect(lossD![0]).toBeCloseTo(expectedD, 4);
  expect(Number.isFinite(lossG![0])).toBe(true);
  // At step 1 the decay is 2 / 11, below the recipe's.
  net.parameters.forEach(({ variable }, index) => {
    const newest = generator.parameters[index]!.variable.dataSync<'float32'>();
    expectClose(
      variable.dataSync<'float32'>(),
      newest.map((value, k) => (2 / 11) * starts[index]![k]! + (9 / 11) * value),
    );
  });
  // Another class gives another image of the same z.
  const other = tf.concat([numbers, tf.sub(1, classes)], 1) as Tensor2D;
  expect(net.images(z, 'running').dataSync()).not.toEqual(net.images(other, 'running').dataSync());
});
