import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { optimizerSchema } from '../../../main/contract/recipes/optimizers.ts';
import {
  architectureSchema,
  type GeneratorRecipe,
  generatorRecipeSchema,
} from '../../../main/contract/recipes/recipes.ts';
import { pointLength } from '../../../main/domain/anchors/latents.ts';
import { randomStream } from '../../../main/domain/random/random.ts';
import { buildClassifier } from '../../../main/training/architectures/classifiers.ts';
import { buildDiscriminator, buildGenerator, generatorShape } from '../../../main/training/architectures/dcgan.ts';
import { ganStep, stepAugmentations } from '../../../main/training/architectures/gan-step.ts';
import { classifierStep, fedImages } from '../../../main/training/architectures/classifier-steps.ts';
import type { Model, Parameter } from '../../../main/training/architectures/model.ts';
import { type Optimizer, optimizer } from '../../../main/training/architectures/optimizer.ts';
import type { Engine, Entry, TensorMap } from '../../../main/training/engines/engine.ts';
import { randomNumbers } from './compare.ts';

const n = 4;
const images = { height: 14, width: 21, channels: 3, classes: 5 };

export const architectures = {
  mlp: architectureSchema.parse({ kind: 'mlp', hidden: [9, 7] }),
  mlpNorm: architectureSchema.parse({ kind: 'mlp', hidden: [9, 7], batchNorm: true }),
  cnn: architectureSchema.parse({ kind: 'cnn', channels: [3, 4, 5, 6], hidden: [8, 7], dropout: 0 }),
  vit: architectureSchema.parse({ kind: 'vit', patch: 7, width: 8, blocks: 2, heads: 3, headWidth: 5, mlp: 11 }),
  resnet: architectureSchema.parse({ kind: 'resnet', blocks: 1, width: 3 }),
  lenet: architectureSchema.parse({ kind: 'lenet' }),
  mixer: architectureSchema.parse({ kind: 'mixer', patch: 7, width: 8, blocks: 2, tokenMlp: 5, mlp: 9 }),
};
export const generators = {
  dcgan28: generatorRecipeSchema.parse({ kind: 'dcgan28', latent: 6, features: 4, steps: 1 }),
  dcgan64: generatorRecipeSchema.parse({ kind: 'dcgan64', latent: 6, features: 4, steps: 1 }),
  // With all that a recipe can add, in color.
  dcgan32: generatorRecipeSchema.parse({
    kind: 'dcgan32',
    latent: 6,
    features: 4,
    steps: 1,
    channels: 3,
    conditional: true,
    spectralNorm: true,
    loss: 'hinge',
    augmentation: ['translation', 'cutout', 'color'],
    average: 0.9,
  }),
};
export type SmallName = keyof typeof architectures | keyof typeof generators;
/** The others take no longer ways through an engine; classifier/pytorch-suite.ts repeats their steps to the same bytes. */
export const repeatedNames: SmallName[] = ['mlp', 'cnn', 'vit', 'dcgan28', 'dcgan64', 'dcgan32'];
export const smallNames = [...Object.keys(architectures), ...Object.keys(generators)] as SmallName[];

/** Parameters and losses of a small model on fixed data: what gradients are compared by. */
export interface SmallLosses {
  models: Model[];
  losses: Array<{ name: string; parameters: readonly Parameter[]; loss: () => Scalar }>;
}

function tensor(engine: Engine, shape: number[], name: string): Tensor {
  const size = shape.reduce((a, b) => a * b);
  return engine.tf.tensor(Float32Array.from(randomNumbers(size, name)), shape);
}

export function smallLosses(engine: Engine, name: SmallName): SmallLosses {
  if (name in generators) return adversaryLosses(engine, name as keyof typeof generators);
  const classifier = buildClassifier(engine, architectures[name as keyof typeof architectures], images, 3);
  const x = tensor(engine, [n, images.height, images.width, images.channels], 'x') as Tensor4D;
  const labels = engine.tf.tensor1d([0, 3, 4, 1], 'int32');
  const dropoutSeed = engine.tf.tensor1d([1, 2], 'int32');
  const loss = () => engine.ops.softmaxCrossEntropy(classifier.logits(x, { training: true, dropoutSeed }), labels);
  return { models: [classifier], losses: [{ name, parameters: classifier.parameters, loss }] };
}

function adversaryLosses(engine: Engine, kind: keyof typeof generators): SmallLosses {
  const { generator, discriminator, recipe } = adversaries(engine, kind);
  const { size, space } = generator;
  const real = tensor(engine, [n, size.height, size.width, size.channels], 'real') as Tensor4D;
  const z = tensor(engine, [n, pointLength(space)], 'z');
  const fake = () => generator.images(z as Parameters<typeof generator.images>[0], 'batch');
  const { ops } = engine;
  const { real: augmentations } = stepAugmentations(recipe, size.width);
  const numbers = augmentationNumbers(engine, recipe, size.width, 1);
  const options = {
    directions: recipe.spectralNorm && discriminator.iterate(),
    classes: recipe.conditional && (tensor(engine, [n, space.classes], 'classes') as Tensor2D),
  };
  const logits = (images: Tensor4D) => discriminator.logits(augmentations.apply(engine.tf, images, numbers), options);
  return {
    models: [generator, discriminator],
    losses: [
      {
        name: 'generator',
        parameters: generator.parameters,
        loss: () => ops.sigmoidCrossEntropy(logits(fake()), 1),
      },
      {
        name: 'discriminator',
        parameters: discriminator.parameters,
        loss: () => ops.sigmoidCrossEntropy(logits(real), 1),
      },
    ],
  };
}

/** A small training: an entry, its inputs at each t, and all that it changes. */
export interface SmallTraining {
  models: Model[];
  optimisers: Optimizer[];
  entry: Entry;
  inputs: (t: number) => TensorMap;
  dispose: () => void;
}

const adam = optimizerSchema.parse({ stepSize: 0.002, weightDecay: 1e-4 });

export function smallTraining(engine: Engine, name: SmallName, dropout = 0.4): SmallTraining {
  const { tf } = engine;
  if (name in generators) return adversaryTraining(engine, name as keyof typeof generators);
  const architecture = architectures[name as keyof typeof architectures];
  const drops = architecture.kind === 'cnn' || name === 'mlpNorm';
  const withDropout = drops ? { ...architecture, dropout } : architecture;
  const classifier = buildClassifier(engine, withDropout, images, 3);
  const optimiser = optimizer(engine, classifier.parameters, adam);
  return training(
    [classifier],
    [optimiser],
    classifierStep(engine, classifier, optimiser, n, fedImages(images)),
    (t) => ({
      images: tensor(engine, [n, images.height, images.width, images.channels], `x${t}`),
      labels: tf.tensor1d([0, 3, 4, t % 5], 'int32') as Tensor1D,
      dropoutSeed: tf.tensor1d([7, t], 'int32'),
      t: tf.scalar(t),
    }),
  );
}

function adversaryTraining(engine: Engine, kind: keyof typeof generators): SmallTraining {
  const { generator, discriminator, recipe } = adversaries(engine, kind);
  const net = recipe.average && buildGenerator(engine, generatorShape(recipe, images.classes), 3);
  const { size, space } = generator;
  const generatorOptimiser = optimizer(engine, generator.parameters, adam);
  const discriminatorOptimiser = optimizer(engine, discriminator.parameters, adam);
  const average = net && recipe.average ? { net, decay: recipe.average } : undefined;
  const all = { generator, discriminator, generatorOptimiser, discriminatorOptimiser, average };
  const entry = ganStep(engine, all, n, recipe);
  const models = [generator, discriminator, ...(net ? [net] : [])];
  return training(models, [generatorOptimiser, discriminatorOptimiser], entry, (t) => ({
    images: tensor(engine, [n, size.height, size.width, size.channels], `real${t}`),
    z: tensor(engine, [n, pointLength(space)], `z${t}`),
    t: engine.tf.scalar(t),
    ...(recipe.conditional && { classes: tensor(engine, [n, space.classes], `classes${t}`) }),
    ...augmentationNumbers(engine, recipe, size.width, t),
  }));
}

function adversaries(engine: Engine, kind: keyof typeof generators) {
  const recipe = generators[kind];
  const shape = generatorShape(recipe, images.classes);
  const generator = buildGenerator(engine, shape, 3);
  return { generator, discriminator: buildDiscriminator(engine, { ...recipe, ...shape }, 4), recipe };
}

/** The numbers of a step's augmentations, of both batches. */
function augmentationNumbers(engine: Engine, recipe: GeneratorRecipe, size: number, t: number): TensorMap {
  const inputs = Object.entries(stepAugmentations(recipe, size)).flatMap(([name, augmentations]) => {
    const forms = augmentations.inputs(n);
    return Object.entries(augmentations.draw(n, randomStream(t, name))).map(
      ([key, values]) => [key, engine.tf.tensor(values, [...(forms[key]?.shape ?? [])])] as const,
    );
  });
  return Object.fromEntries(inputs);
}

function training(
  models: Model[],
  optimisers: Optimizer[],
  entry: Entry,
  inputs: SmallTraining['inputs'],
): SmallTraining {
  const dispose = (): void => {
    for (const part of [...models, ...optimisers]) part.dispose();
  };
  return { models, optimisers, entry, inputs, dispose };
}
