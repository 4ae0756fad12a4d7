import { expect, test } from 'vitest';
import { classifierRecipeSchema, generatorRecipeSchema } from '../../../main/contract/recipes/recipes.ts';
import {
  checkRecipe,
  countHeldOut,
  generatorMisfit,
  misfitOf,
  type TrainingImages,
} from '../../../main/domain/networks/trainable.ts';

/** Few own images. */
const few: TrainingImages = { width: 28, height: 28, trainCount: 288, testCount: 72, heldOut: 46 };

const recipe = (change: object) =>
  classifierRecipeSchema.parse({
    architecture: { kind: 'mlp', hidden: [8] },
    batch: 71,
    targets: [94],
    tolerance: 1.05,
    maxEpochs: 100,
    ...change,
  });
const misfit = (change: object, images = few) => misfitOf(recipe(change), images);
const nearest = (change: object, images = few) =>
  misfit(change, images)?.nearest.map(({ path, from, to }) => `${path}: ${from} -> ${to}`);

test('a recipe that these images can train has no misfit', () => {
  expect(misfit({})).toBeNull();
  expect(misfit({ landing: 'validation', tolerance: 1.1 })).toBeNull();
});

test('an accuracy that no count of right answers has is refused with the nearest accuracy and tolerance', () => {
  expect(misfit({ targets: [94, 97.5], tolerance: 0.4 })).toMatchObject({
    code: 'recipe.target-out-of-reach',
    path: 'targets',
    what: 'With 72 test images no accuracy lies within 0.4 points of 94 %: the nearest is 94.44 %',
    remedy: 'Change the target to 94.4 %, or the tolerance to 0.45.',
  });
  expect(nearest({ targets: [97.5], tolerance: 0.05 })).toEqual(['targets: 97.5 -> 97.2', 'tolerance: 0.05 -> 0.28']);
  // So narrow a tolerance needs more digits.
  expect(nearest({ targets: [97.5], tolerance: 0.001 })?.[0]).toBe('targets: 97.5 -> 97.222');
  // The widest tolerance of a recipe is not enough.
  expect(nearest({ targets: [94], tolerance: 5, batch: 1 }, { ...few, testCount: 8 })).toEqual(['targets: 94 -> 100']);
  // Each that is offered can be trained.
  for (const testCount of [1, 3, 7, 72, 333, 9999])
    for (const target of [0.01, 33.3, 97.55, 99.99])
      for (const tolerance of [0.0001, 0.004, 0.05])
        for (const { path, to } of misfit({ targets: [target], tolerance }, { ...few, testCount })?.nearest ?? [])
          expect(
            misfit({ targets: [target], tolerance, [path]: path === 'targets' ? [to] : to }, { ...few, testCount }),
          ).toBeNull();
});

test('where validation images decide, their number counts, if it is known', () => {
  const held = { landing: 'validation', targets: [97.5], tolerance: 0.3 };
  expect(misfit(held)?.what).toContain('With 46 validation images');
  expect(misfit(held, { ...few, heldOut: null })).toBeNull();
  expect(misfit(held, { ...few, heldOut: 0 })).toMatchObject({
    code: 'data-set.too-small-for-validation',
    nearest: [{ path: 'landing', from: 'validation', to: null }],
  });
  expect(nearest({ landing: 'validation', tolerance: 5, batch: 280 })).toEqual(['batch: 280 -> 242']);
});

test('a batch is no larger than the training set', () => {
  expect(misfit({ batch: 289 })).toMatchObject({
    code: 'data-set.smaller-than-batch',
    remedy: 'Change the batch size to 288.',
  });
  expect(misfit({ batch: 288 })).toBeNull();
});

test('a generator is refused a batch larger than the training set in the same words, and other channels', () => {
  const generator = (change: object = {}) => generatorRecipeSchema.parse({ kind: 'dcgan28', steps: 1, ...change });
  const gray = { channels: 1, trainCount: 288 } as const;
  expect(generatorMisfit(generator({ batch: 289 }), gray)).toEqual(misfit({ batch: 289 }));
  expect(generatorMisfit(generator({ batch: 288 }), gray)).toBeNull();
  expect(generatorMisfit(generator({ batch: 1024 }), { ...gray, trainCount: null })).toBeNull();
  expect(generatorMisfit(generator({ channels: 3 }), gray)).toMatchObject({
    code: 'generator.other-channels',
    what: 'The images of the data set are gray, and the recipe makes images that are in color',
    remedy: 'Leave channels out.',
  });
});

test('a snapshot after more epochs than there are, and patches that leave pixels over', () => {
  expect(nearest({ targets: [94, 'epochs 120'] })).toEqual([
    'targets: epochs 120 -> epochs 100',
    'maxEpochs: 100 -> 120',
  ]);
  expect(nearest({ landing: 'trend', targets: ['loss 0.1'] })).toEqual(['landing: trend -> null']);
  expect(nearest({ architecture: { kind: 'vit', patch: 6 } })).toEqual(['architecture.patch: 6 -> 7']);
  expect(nearest({ batch: 1, architecture: { kind: 'mlp', hidden: [8], batchNorm: true } })).toEqual(['batch: 1 -> 2']);
});

test('targets are checked before the images are known, and a refusal says where', () => {
  expect(misfitOf(recipe({ batch: 8000, targets: ['epochs 120'] }), null)?.path).toBe('targets');
  expect(misfitOf(recipe({ batch: 8000 }), null)).toBeNull();
  expect(() => checkRecipe(recipe({ batch: 400 }), few, 'model MLP1')).toThrow(
    expect.objectContaining({ where: 'model MLP1', nearest: [{ path: 'batch', from: 400, to: 288 }] }),
  );
});

test('one in six training images of each class is held out, rounded down', () => {
  expect(countHeldOut([6, 11, 12, 5])).toBe(1 + 1 + 2);
  expect(countHeldOut([])).toBe(0);
});
