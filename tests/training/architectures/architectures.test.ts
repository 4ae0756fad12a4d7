import type { Rank } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { UserError } from '../../../main/contract/wire/errors.ts';
import {
  architectureKinds,
  architectureSchema,
  generatorRecipeSchema,
} from '../../../main/contract/recipes/recipes.ts';
import { architectureName, checkArchitecture, parameterCount } from '../../../main/domain/networks/architectures.ts';
import { buildClassifier } from '../../../main/training/architectures/classifiers.ts';
import { buildDiscriminator, buildGenerator } from '../../../main/training/architectures/dcgan.ts';
import { classifierInfer, fedImages } from '../../../main/training/architectures/classifier-steps.ts';
import { loadParameters, parameterValues } from '../../../main/training/architectures/parameters.ts';
import type { Model } from '../../../main/training/architectures/model.ts';
import type { Engine } from '../../../main/training/engines/engine.ts';
import { openEngine } from '../../../main/training/engines/open.ts';

const mnist = { height: 28, width: 28, channels: 1, classes: 10 };
let engine: Engine;
beforeAll(async () => {
  engine = await openEngine('wasm');
});

const classifier = (kind: string, seed = 1, options: object = {}) =>
  buildClassifier(engine, architectureSchema.parse({ kind, ...options }), mnist, seed);
const count = (model: Model): number =>
  model.parameters
    .filter(({ name }) => !/\.(mean|variance)$/.test(name))
    .reduce((sum, { variable }) => sum + variable.size, 0);

describe('sizes', () => {
  // Counted by hand from paper.md: weights + biases, layer by layer.
  it.each([
    ['mlp', 784 * 500 + 500 + 500 * 500 + 500 + 500 * 10 + 10],
    [
      'cnn',
      9 * (1 * 32 + 32 * 32 + 32 * 64 + 64 * 64) + 3 * (32 + 32 + 64 + 64) + 3136 * 512 + 512 + 512 * 512 + 512 + 5130,
    ],
    [
      'vit',
      49 * 64 +
        64 +
        64 +
        17 * 64 +
        6 * (4 * 64 + 64 * 1536 + 1536 + 512 * 64 + 64 + 2 * 64 * 128 + 128 + 64) +
        128 +
        650,
    ],
  ])('%s has as many weights as the paper says', (kind, expected) => {
    const model = classifier(kind);
    expect(count(model)).toBe(expected);
    model.dispose();
  });

  it('the generator of the paper has five transposed convolutions without biases', () => {
    const recipe = generatorRecipeSchema.parse({ kind: 'dcgan64', steps: 1 });
    const generator = buildGenerator(engine, recipe, 1);
    const discriminator = buildDiscriminator(engine, recipe, 1);
    const kernels = 16 * (512 * 256 + 256 * 128 + 128 * 64 + 64);
    expect(count(generator)).toBe(16 * 100 * 512 + kernels + 2 * (512 + 256 + 128 + 64));
    expect(count(discriminator)).toBe(kernels + 16 * 512 + 2 * (128 + 256 + 512));
    const images = generator.images(engine.tf.zeros<Rank.R2>([2, 100]), 'running');
    expect(images.shape).toEqual([2, 64, 64, 1]);
    generator.dispose();
    discriminator.dispose();
  });
});

describe('initial weights', () => {
  it('are decided by the seed and by nothing else', async () => {
    const [a, b, c] = [classifier('mlp', 5), classifier('mlp', 5), classifier('mlp', 6)];
    expect(await parameterValues(engine, a)).toEqual(await parameterValues(engine, b));
    expect(await parameterValues(engine, a)).not.toEqual(await parameterValues(engine, c));
  });

  it("are uniform within 1/sqrt(fan-in), PyTorch's default", async () => {
    const { values } = (await parameterValues(engine, classifier('mlp')))['dense1.weight']!;
    const bound = 1 / Math.sqrt(784);
    expect(Math.max(...values.subarray(0, 10_000))).toBeLessThanOrEqual(bound);
    const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    expect(variance / (bound ** 2 / 3)).toBeCloseTo(1, 2);
  });

  it('of a generator are N(0, 0.02), its gammas N(1, 0.02)', async () => {
    const recipe = generatorRecipeSchema.parse({ kind: 'dcgan28', steps: 1 });
    const values = await parameterValues(engine, buildGenerator(engine, recipe, 1));
    const weights = values['generator.2.weight']!.values;
    const deviation = Math.sqrt(weights.reduce((sum, value) => sum + value * value, 0) / weights.length);
    expect(deviation).toBeCloseTo(0.02, 3);
    const gammas = values['generator.1.norm.gamma']!.values;
    expect(gammas.reduce((sum, value) => sum + value, 0) / gammas.length).toBeCloseTo(1, 1);
  });
});

describe('batch norm', () => {
  it("moves its running statistics by a tenth towards the batch's, and uses them for inference", async () => {
    const { tf } = engine;
    const model = classifier('cnn', 1, { channels: [2, 2, 2, 2], hidden: [4, 4] });
    const images = tf.randomNormal<Rank.R4>([8, 28, 28, 1], 0, 1, 'float32', 1);
    const dropoutSeed = tf.tensor1d([1, 1], 'int32');
    const value = async (name: string) => (await parameterValues(engine, model))[name]!.values;
    model.logits(images, { training: true, dropoutSeed });
    const once = await value('norm1.mean');
    const onceVariance = await value('norm1.variance');
    model.logits(images, { training: true, dropoutSeed });
    // mean: 0.1 m, then 0.19 m; variance: 0.9 + 0.1 v, then 0.81 + 0.19 v.
    (await value('norm1.mean')).forEach((mean, c) => expect(mean / once[c]!).toBeCloseTo(1.9, 4));
    (await value('norm1.variance')).forEach((v, c) => expect(v).toBeCloseTo(0.81 + 1.9 * (onceVariance[c]! - 0.9), 5));
    const { run } = engine.compile({
      all: classifierInfer(model, 8, fedImages(mnist)),
      one: classifierInfer(model, 1, fedImages(mnist)),
    });
    const all = (await run.all({ images })).logits!;
    const first = (await run.one({ images: tf.slice(images, 0, 1) })).logits!;
    first.forEach((logit, i) => expect(logit).toBeCloseTo(all[i]!, 5));
    expect((await value('norm1.mean'))[0]! / once[0]!).toBeCloseTo(1.9, 4);
  });
});

describe('inference', () => {
  it.each(architectureKinds)('of %s sees each image for itself', async (kind) => {
    const model = classifier(kind, 1, kind === 'mlp' ? { batchNorm: true, dropout: 0.5 } : {});
    const { run } = engine.compile({
      all: classifierInfer(model, 3, fedImages(mnist)),
      one: classifierInfer(model, 1, fedImages(mnist)),
    });
    const images = engine.tf.randomNormal<Rank.R4>([3, 28, 28, 1], 0, 1, 'float32', 2);
    const { logits } = await run.all({ images });
    expect(logits).toHaveLength(30);
    for (let row = 0; row < 3; row++) {
      const { logits: own } = await run.one({ images: engine.tf.slice(images, row, 1) });
      own!.forEach((logit, k) => expect(logit).toBeCloseTo(logits![row * 10 + k]!, 5));
    }
    model.dispose();
  });
});

describe('loadParameters', () => {
  it('copies the values of another model', async () => {
    const [from, to] = [classifier('vit', 1), classifier('vit', 2)];
    loadParameters(engine, to, await parameterValues(engine, from));
    expect(await parameterValues(engine, to)).toEqual(await parameterValues(engine, from));
  });

  it('refuses weights of another architecture, and changes nothing', async () => {
    const model = classifier('mlp');
    const before = await parameterValues(engine, model);
    for (const other of [classifier('mlp', 1, { hidden: [500, 400] }), classifier('cnn')]) {
      const values = await parameterValues(engine, other);
      expect(() => loadParameters(engine, model, values)).toThrow(UserError);
    }
    const { 'dense1.bias': _, ...incomplete } = before;
    expect(() => loadParameters(engine, model, incomplete)).toThrow(/different architecture/);
    expect(await parameterValues(engine, model)).toEqual(before);
  });
});

describe('what is known of an architecture without building it', () => {
  const odd = { height: 12, width: 18, channels: 3, classes: 4 } as const;
  it.each([
    { kind: 'mlp', hidden: [9, 7], batchNorm: true, dropout: 0.1 },
    { kind: 'cnn', channels: [3, 4, 5], hidden: [6], perStage: 1 },
    { kind: 'cnn', channels: [3, 4, 5], hidden: [], perStage: 1, batchNorm: false, downsampling: 'stride' },
    { kind: 'vit', patch: 6, width: 8, blocks: 2, heads: 2, headWidth: 3, mlp: 9 },
    { kind: 'resnet', blocks: 2, width: 3 },
    { kind: 'lenet' },
    { kind: 'mixer', patch: 3, width: 8, blocks: 2, tokenMlp: 5, mlp: 9 },
  ])('is its number of parameters: %j', (settings) => {
    const architecture = architectureSchema.parse(settings);
    for (const shape of [odd, { ...odd, height: 30 }]) {
      const { parameters, dispose } = buildClassifier(engine, architecture, shape, null);
      expect(parameters.reduce((sum, { variable }) => sum + variable.size, 0)).toBe(
        parameterCount(architecture, shape),
      );
      dispose();
    }
  });

  it.each([
    [{ kind: 'vit', patch: 5 }, { height: 28, width: 28 }, /cannot be cut into whole patches of 5 x 5/],
    [{ kind: 'mixer', patch: 5 }, { height: 28, width: 28 }, /cannot be cut into whole patches of 5 x 5/],
    [{ kind: 'cnn', channels: [4, 4, 4], perStage: 1 }, { height: 7, width: 9 }, /7 pixels are too small to be halved/],
    [{ kind: 'lenet' }, { height: 11, width: 28 }, /too small for LeNet-5, which needs 12 x 12/],
  ])('is that it does not fit: %j on %j', (settings, size, said) => {
    const architecture = architectureSchema.parse(settings);
    expect(() => buildClassifier(engine, architecture, { ...mnist, ...size }, 1)).toThrow(said);
    expect(() => buildClassifier(engine, architecture, { ...mnist, ...size, height: 30, width: 30 }, 1)).not.toThrow();
  });

  it('is that batch norm of dense layers needs batches of two images', () => {
    const settings = architectureSchema.parse({ kind: 'mlp', batchNorm: true });
    expect(architectureName(settings)).toBe('MLP');
    expect(() => checkArchitecture(settings, mnist, 'x', 2)).not.toThrow();
    expect(() => checkArchitecture(settings, mnist, 'x', 1)).toThrow(/cannot be trained on batches of one image/);
  });
});

describe('dropout of an MLP', () => {
  it('drops other places in each layer, and nothing outside of training', () => {
    const { tf } = engine;
    const model = classifier('mlp', 1, { hidden: [40, 40], dropout: 0.5 });
    const seed = tf.tensor1d([1, 2], 'int32');
    const spy = vi.spyOn(engine.ops, 'dropout');
    const images = tf.zeros<Rank.R4>([2, 28, 28, 1]);
    model.logits(images, { training: false });
    expect(spy).not.toHaveBeenCalled();
    model.logits(images, { training: true, dropoutSeed: seed });
    const seeds = spy.mock.calls.map(([, rate, own]) => [rate, ...own.dataSync()]);
    expect(seeds).toEqual([
      [0.5, 1, 2],
      [0.5, 1, 3],
    ]);
    spy.mockRestore();
    model.dispose();
  });
});
