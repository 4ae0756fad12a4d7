import { expect, test } from 'vitest';
import { classifierWork, type DataSetSize, generatorWork } from '../../../main/domain/estimates/work.ts';
import { classifierRecipeSchema, generatorRecipeSchema } from '../../../main/contract/recipes/recipes.ts';

const digits: DataSetSize = {
  width: 28,
  height: 28,
  channels: 1,
  classes: 10,
  trainCount: 60_000,
  testCount: 10_000,
  isDigits: true,
};
const work = (recipe: object, shape = digits) =>
  classifierWork(
    classifierRecipeSchema.parse({ architecture: { kind: 'mlp' }, targets: [97.5], ...recipe }),
    'wasm',
    shape,
  );
const ms = (kind: string, shape = digits, patch = 7): number =>
  work({ architecture: kind === 'vit' ? { kind, patch } : { kind } }, shape).stepMs;

test('a step takes longer on larger images, in color and for more classes', () => {
  const photos = { ...digits, width: 32, height: 32, channels: 3 as const };
  for (const kind of ['mlp', 'cnn'] as const) expect(ms(kind, photos)).toBeGreaterThan(1.2 * ms(kind));
  // Four times as many patches as of 16 pixels.
  expect(ms('vit', photos, 8)).toBeGreaterThan(2.5 * ms('vit', photos, 16));
  expect(ms('mlp', { ...digits, classes: 1000 })).toBeGreaterThan(1.5 * ms('mlp'));
});

test('a smaller network takes less time a step, though not in proportion, and more steps', () => {
  const [small, usual] = [work({ architecture: { kind: 'mlp', hidden: [64] } }), work({})];
  expect(small.stepMs).toBeLessThan(usual.stepMs / 5);
  expect(small.stepMs).toBeGreaterThan(usual.stepMs / 13);
  expect(small.steps).toBeGreaterThan(2 * usual.steps);
});

test('harder targets take more steps; epochs are certain, and the last epoch ends every training', () => {
  expect(work({ targets: [98.5] }).steps).toBeGreaterThan(3 * work({}).steps);
  expect(work({ targets: ['epochs 3'] })).toMatchObject({ steps: 3 * 468, isFixed: true });
  expect(work({ targets: [99.9], maxEpochs: 2 }).steps).toBe(2 * 468);
  expect(work({}).isFixed).toBe(false);
});

test('other images take as many steps as the brief trainings that proposed their target', () => {
  const own = { ...digits, isDigits: false };
  expect(work({ targets: [72] }, own).steps).toBe(400);
  // Few images: 20 epochs of three steps.
  expect(work({ targets: [94], batch: 71 }, { ...own, trainCount: 288, testCount: 72 }).steps).toBe(80);
});

test('a generator takes the steps of its recipe, by its size', () => {
  const recipe = (kind: string) => generatorRecipeSchema.parse({ kind, steps: 500 });
  const [large, small] = [generatorWork(recipe('dcgan64'), 'wasm'), generatorWork(recipe('dcgan28'), 'wasm')];
  const narrow = generatorWork(generatorRecipeSchema.parse({ kind: 'dcgan28', steps: 500, features: 8 }), 'wasm');
  // An eighth of the features is a quarter of the time at most, and far more than a 64th.
  expect(narrow.stepMs / small.stepMs).toBeGreaterThan(0.1);
  expect(narrow.stepMs / small.stepMs).toBeLessThan(0.3);
  expect([large.steps, large.isFixed, small.stepMs < large.stepMs / 5]).toEqual([500, true, true]);
});
