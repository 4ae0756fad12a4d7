import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Study, studySchema } from '../../main/contract/studies/study.ts';
import { ownGenerator } from '../../main/domain/plans/declaration.ts';

const root = join(import.meta.dirname, '../..');
const text = (path: string): string => readFileSync(join(root, path), 'utf8');
const preset = (name: string): Study => studySchema.parse(JSON.parse(text(`resources/studies/${name}.json`)));
const paper: { pairs: string[]; alphas: number[] } = JSON.parse(text('resources/paper/values.json'));

describe('presets', () => {
  it.each(readdirSync(join(root, 'resources/studies')))('%s is a valid study, named as its file', (file) => {
    expect(`${preset(file.replace('.json', '')).name}.json`).toBe(file);
  });

  it.each(['quick', 'paper', 'replay'])("%s has the paper's diverse nine", (name) => {
    const nine = preset(name).models.filter((models) => models.group === 'diverse');
    const described = nine.map(({ name: model, seeds, recipe: { architecture, optimiser, batch, augmentation } }) => [
      ...[model, architecture.kind, seeds, optimiser.kind, optimiser.stepSize, optimiser.weightDecay, batch],
      augmentation !== null,
    ]);
    expect(described).toEqual([
      ['MLP1', 'mlp', 1, 'adam', 5e-4, 0, 128, false],
      ['MLP2', 'mlp', 1, 'adamw', 5e-4, 1e-5, 128, false],
      ['MLP3', 'mlp', 1, 'adamw', 1e-3, 1e-5, 256, false],
      ['CNN1', 'cnn', 1, 'adam', 5e-4, 0, 128, false],
      ['CNN2', 'cnn', 1, 'adamw', 5e-4, 1e-5, 128, false],
      ['CNN3', 'cnn', 1, 'adam', 5e-4, 0, 128, true],
      ['ViT1', 'vit', 1, 'adam', 5e-4, 0, 128, false],
      ['ViT2', 'vit', 1, 'adamw', 5e-4, 1e-5, 128, false],
      ['ViT3', 'vit', 1, 'adamw', 5e-4, 5e-5, 128, false],
    ]);
    expect(new Set(nine.map((models) => models.seed)).size, 'seeds of their own').toBe(9);
    for (const { recipe } of nine) expect(recipe.targets).toEqual(name === 'quick' ? [97.5] : [97.5, 98, 98.5]);
    for (const { recipe } of nine) expect(recipe.tolerance).toBe(0.05);
  });

  it("quick has the shipped generator, the paper's design and ten rehearsal labelers", () => {
    const { generator, stimuli, labelers } = preset('quick');
    expect(generator).toEqual({ shipped: 'mnist-dcgan64' });
    expect(stimuli).toMatchObject({ design: { kind: 'paper' }, alphas: paper.alphas.length, interpolation: 'linear' });
    expect(labelers).toEqual({ source: 'rehearsal', count: 10, seed: 1 });
  });

  it('paper has the published generator and the seed study of three architectures', () => {
    const { generator, models, labelers } = preset('paper');
    expect(ownGenerator({ generator })?.recipe).toMatchObject({
      kind: 'dcgan64',
      latent: 100,
      features: 64,
      stepSize: 2e-4,
      beta1: 0.5,
    });
    const seeds = models.filter((entry) => entry.group === 'seeds');
    expect(seeds.map(({ name, repeats, seeds: count, recipe }) => [name, repeats, count, recipe.targets])).toEqual([
      ['MLP', 10, 10, [97.5, 98, 98.5]],
      ['CNN', 10, 10, [97.5, 98, 98.5, 99, 99.5]],
      ['ViT', 10, 10, [97.5, 98, 98.5]],
    ]);
    for (const { recipe } of seeds) {
      expect(recipe).toMatchObject({ batch: 128, optimiser: { kind: 'adam', stepSize: 5e-4, weightDecay: 0 } });
    }
    expect(labelers).toEqual({ source: 'none' });
  });

  it('replay is paper with the shipped generator, fewer seeds and none of the ViT, no target above 98.5 % and fewer epochs', () => {
    const [replay, whole] = [preset('replay'), preset('paper')];
    expect(replay).toMatchObject({ generator: { shipped: 'mnist-dcgan64' }, labelers: { source: 'none' } });
    expect(replay.stimuli).toEqual(whole.stimuli);
    const alike = (study: Study): unknown[] =>
      study.models.map(({ repeats: _, recipe: { maxEpochs: _1, targets: _2, ...recipe }, ...rest }) => [recipe, rest]);
    expect(alike(replay)).toEqual(alike(whole).slice(0, -1));
    expect(replay.models.slice(9).map(({ name, repeats }) => [name, repeats])).toEqual([
      ['MLP', 3],
      ['CNN', 3],
    ]);
    for (const { recipe } of replay.models) expect(recipe.targets).toEqual([97.5, 98, 98.5]);
  });

  it('cifar10h stops five seeds of three different recipes of each architecture at the same two accuracies', () => {
    const { stimuli, generator, reference, labelers, models } = preset('cifar10h');
    expect([generator, reference]).toEqual([null, null]);
    expect(stimuli).toEqual({ source: 'test-images', choose: { kind: 'all' } });
    expect(labelers).toEqual({ source: 'none' });
    const kinds = Map.groupBy(models, ({ recipe }) => recipe.architecture.kind);
    expect([...kinds].map(([kind, entries]) => [kind, entries.length])).toEqual([
      ['mlp', 3],
      ['cnn', 3],
      ['vit', 3],
    ]);
    const goals = models.map(({ seeds, recipe: { targets, tolerance, landing } }) => ({
      seeds,
      targets,
      tolerance,
      landing,
    }));
    expect(goals).toEqual(models.map(() => ({ seeds: 5, targets: [45, 50], tolerance: 0.2, landing: undefined })));
    const sizes = models.map(({ recipe: { architecture, augmentation } }) =>
      JSON.stringify([architecture, augmentation]),
    );
    expect(new Set(sizes).size).toBe(9);
    expect(new Set(models.map(({ recipe }) => JSON.stringify(recipe.optimiser))).size).toBeGreaterThan(5);
    const seeds = models.flatMap(({ seed, seeds: count }) => Array.from({ length: count }, (_, k) => seed + k));
    expect(new Set(seeds).size).toBe(45);
  });
});

describe('a study', () => {
  const quick = JSON.parse(text('resources/studies/quick.json'));
  const issues = (change: object): string[] =>
    studySchema
      .safeParse({ ...quick, ...change })
      .error?.issues.map((issue) => `${issue.path.join('.')} ${issue.code}`) ?? [];

  it('is refused with unknown keys, wherever they are', () => {
    expect(issues({ epochs: 3 })).toEqual([' unrecognized_keys']);
    expect(issues({ labelers: { source: 'none', count: 3 } })).toEqual(['labelers unrecognized_keys']);
    const [first] = quick.models;
    expect(issues({ models: [{ ...first, recipe: { ...first.recipe, learningRate: 1 } }] })).toEqual([
      'models.0.recipe unrecognized_keys',
    ]);
  });

  it('is refused with numbers that mean nothing', () => {
    expect(issues({ labelers: { source: 'rehearsal', count: 0 } })).toEqual(['labelers.count too_small']);
    expect(issues({ stimuli: { source: 'generated', alphas: 1 } })).toEqual(['stimuli.alphas too_small']);
    expect(issues({ name: '../elsewhere' })).toEqual(['name invalid_format']);
    // People alone.
    expect(issues({ models: [] })).toEqual([]);
  });

  it('may be as small as the example in the documentation', () => {
    const [, example] = /```json\n(.*?)```/s.exec(text('docs/data-formats.md')) ?? [];
    expect(studySchema.parse(JSON.parse(example ?? '')).stimuli).toMatchObject({ samples: 2000, alphas: 11 });
  });

  it('means the paper’s pairs without a design for MNIST, and for other data sets a number that suits their classes', () => {
    const { name, title, question, models } = preset('quick');
    const study = {
      schema: 'boundary-workbench/study/1',
      name,
      title,
      question,
      models,
      generator: null,
      reference: null,
    };
    const stimuli = { source: 'generated' };
    const files = { trainImages: 'a', trainLabels: 'b', testImages: 'c', testLabels: 'd' };
    const letters = { source: 'idx', name: 'letters', classes: ['a', 'b'], ...files };
    const designOf = (dataSet: object) => studySchema.parse({ ...study, stimuli, dataSet }).stimuli;
    expect(designOf({ source: 'mnist' })).toMatchObject({ design: { kind: 'paper' } });
    expect(designOf(letters)).toMatchObject({ design: { kind: 'auto' } });
  });

  it('is documented: every key and every choice stands in docs/data-formats.md', () => {
    const documentation = text('docs/data-formats.md').split('## The presets')[0] ?? '';
    const words = namesIn(z.toJSONSchema(studySchema, { io: 'input', unrepresentable: 'any' }));
    expect(words.size).toBeGreaterThan(60);
    const isThere = (word: string): boolean =>
      documentation.includes(`\`${word}\``) || documentation.includes(`.${word}\``);
    expect([...words].filter((word) => !isThere(word))).toEqual([]);
  });
});

/** All property names, and all texts that a property may be, in a JSON schema. */
function namesIn(schema: unknown, found = new Set<string>()): Set<string> {
  if (typeof schema !== 'object' || schema === null) return found;
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties') for (const name of Object.keys(value)) found.add(name);
    if (key === 'const' || key === 'enum') for (const choice of [value].flat()) found.add(String(choice));
    else namesIn(value, found);
  }
  return found;
}
