import { expect, test } from 'vitest';
import { optimizerSchema } from '../../main/contract/recipes/optimizers.ts';
import { architectureKinds, classifierRecipeSchema } from '../../main/contract/recipes/recipes.ts';
import { generatorFor } from '../../main/domain/settings/generator-settings.ts';
import {
  differingHyperparameters,
  settingTitle,
  hyperparameters,
  optimizerText,
  settingText,
  stoppingTitle,
  usualRecipe,
} from '../../main/domain/settings/recipe-settings.ts';

const recipe = (change: object) =>
  hyperparameters(classifierRecipeSchema.parse({ architecture: { kind: 'mlp' }, targets: [97.5, 98], ...change }));

test('a recipe is a list of values by path, each with a title; lists are texts', () => {
  const values = recipe({});
  expect(values).toMatchObject({
    'architecture.hidden': '500-500',
    'architecture.batchNorm': 'no',
    'architecture.dropout': 'none',
    'optimiser.kind': 'Adam',
    'optimiser.stepSize': 5e-4,
    'optimiser.weightDecay': 0,
    'optimiser.beta1': 0.9,
    'optimiser.beta2': 0.999,
    'optimiser.epsilon': 1e-8,
    'schedule.kind': 'constant',
    'schedule.warmUp': 'none',
    'clip.by': 'none',
    'clip.limit': 'none',
    labelSmoothing: 'none',
    mixup: 'none',
    'softLabels.share': 'none',
    'softLabels.targets': 'none',
    'softLabels.pixels': 'none',
    'initialisation.kind': 'PyTorch default',
    start: 'none',
    batch: 128,
    'augmentation.shift': 'none',
    'augmentation.rotate': 'none',
    'augmentation.scale': 'none',
    'augmentation.flip': 'no',
    targets: '97.5, 98',
    tolerance: 0.05,
    maxEpochs: 40,
    landing: 'test images (paper)',
  });
  const all = architectureKinds.flatMap((kind) =>
    Object.keys(recipe({ architecture: { kind }, augmentation: {}, landing: 'half' })),
  );
  for (const key of all) expect(settingTitle(key), key).not.toBe(key);
});

test('only values that differ among recipes that have them count, in the order of the columns', () => {
  expect(differingHyperparameters([])).toEqual([]);
  expect(differingHyperparameters([recipe({}), recipe({})])).toEqual([]);
  const all = [recipe({ batch: 64 }), recipe({ optimiser: { stepSize: 1e-3 } }), recipe({ augmentation: {} })];
  expect(differingHyperparameters(all)).toEqual([
    ...['optimiser.stepSize', 'batch'],
    ...['augmentation.shift', 'augmentation.rotate', 'augmentation.scale'],
  ]);
  const flips = [recipe({ augmentation: {} }), recipe({ augmentation: { flip: true } })];
  expect(differingHyperparameters(flips)).toEqual(['augmentation.flip']);
  // An MLP has no channels, so they do not differ; both have hidden layers.
  expect(differingHyperparameters([recipe({}), recipe({ architecture: { kind: 'cnn' } })])).toEqual([
    ...['architecture.hidden', 'architecture.batchNorm', 'architecture.dropout'],
  ]);
  // Without a field of its own, batch norm is what the architecture has.
  const plain = recipe({ architecture: { kind: 'cnn', batchNorm: false } });
  expect(differingHyperparameters([recipe({ architecture: { kind: 'cnn' } }), plain])).toEqual([
    'architecture.batchNorm',
  ]);
});

test.each([
  ['augmentation', 'null', 'none'],
  ['architecture.hidden', '[500,500]', '500-500'],
  ['targets', '[97.5,98]', '97.5, 98'],
  ['optimiser.kind', '"adamw"', 'AdamW'],
  ['landing', 'null', 'test images (paper)'],
  ['batch', '128', '128'],
  ['augmentation.flip', 'true', 'yes'],
  ['landing', '"half"', 'half of the test images'],
])('the value of %s, %s, for reading', (key, json, text) => {
  expect(settingText(key, json)).toBe(text);
});

test('an optimizer in words: its learning rate, and the numbers that are not the usual ones', () => {
  const text = (optimiser: object) => optimizerText(optimizerSchema.parse(optimiser));
  expect(text({ stepSize: 0.001 })).toBe('Adam 0.001');
  expect(text({ kind: 'adamw', stepSize: 0.001, weightDecay: 0.01, beta1: 0.8 })).toBe(
    'AdamW 0.001, weight decay 0.01, beta 1 0.8',
  );
  expect(text({ kind: 'momentum', stepSize: 0.05 })).toBe('SGD 0.05, momentum 0.9');
  expect(text({ kind: 'nesterov', stepSize: 0.05 })).toBe('SGD 0.05, Nesterov momentum 0.9');
  expect(text({ kind: 'rmsprop', momentum: 0.5 })).toBe('RMSprop 0.0005, momentum 0.5');
  expect(text({ kind: 'nadam', momentumDecay: 0.1 })).toBe('NAdam 0.0005, momentum decay 0.1');
});

test('tolerances, patches, epochs and the form of the generator suit the images', () => {
  // A third of the sampling error: the paper's 0.05 at its targets; wider on fewer images and at lower targets.
  const usual = (change: object) =>
    usualRecipe('vit', { width: 28, height: 28, trainCount: 60_000, testCount: 10_000, target: 84, ...change });
  const tolerances = [97.5, 98, 98.5, 99.5, 87].map((target) => usual({ target }).tolerance);
  expect(tolerances).toEqual([0.05, 0.05, 0.05, 0.05, 0.1]);
  expect([3000, 400, 40, 10].map((testCount) => usual({ testCount }).tolerance)).toEqual([0.2, 0.6, 1.95, 5]);
  const sides = [28, 32, 64, 12].map((side) => usual({ width: side, height: side }).architecture);
  expect(sides).toMatchObject([7, 8, 16, 3].map((patch) => ({ patch })));
  const few = [60_000, 1000, 30].map((trainCount) => usual({ trainCount }));
  expect(few.map(({ maxEpochs, batch }) => [maxEpochs, batch])).toEqual([
    [40, 128],
    [384, 128],
    [10_000, 7],
  ]);
  // The generator's form follows the images' size, whatever their colors.
  const gray = { channels: 1, trainCount: 60_000 } as const;
  expect([28, 40, 64].map((side) => generatorFor({ width: side, height: side, ...gray }).kind)).toEqual([
    ...['dcgan28', 'dcgan32', 'dcgan64'],
  ]);
  const ofColor = (trainCount: number | null) => generatorFor({ width: 32, height: 32, channels: 3, trainCount });
  expect([null, 60_000, 100, 3].map((trainCount) => ofColor(trainCount).batch)).toEqual([64, 64, 25, 2]);
  expect(ofColor(60_000)).toMatchObject({ steps: 15_000 });
});

test('where a training stops, in one line', () => {
  const recipe = usualRecipe('mlp', { width: 28, height: 28, trainCount: 286, testCount: 72, target: 94 });
  expect(stoppingTitle(recipe)).toBe('94 ± 1.05 %, batch 71, up to 1,343 epochs');
  const targets = ['loss 0.1', 'epochs 2', 97, 94] as const;
  expect(stoppingTitle({ ...recipe, targets: [...targets], maxEpochs: 0.5 })).toBe(
    '94, 97 ± 1.05 %, 2 epochs, loss 0.1, batch 71, up to 0.5 epochs',
  );
});
