import { expect, it } from 'vitest';
import { classifierRecipeSchema } from '../../../main/contract/recipes/recipes.ts';
import { factorTitle, findFactors } from '../../../main/contributions/effects/analysis/factors.ts';

const recipe = (fields: object, targets: number[] = [98]) => classifierRecipeSchema.parse({ targets, ...fields });
const mlp = (hidden = [500, 500]) => ({ architecture: { kind: 'mlp', hidden } });
const cnn = { architecture: { kind: 'cnn' } };
const find = (...recipes: ReturnType<typeof recipe>[]) => {
  const entries = recipes.flatMap((of) => of.targets.map((target) => ({ recipe: of, target })));
  const { factors, levelsOf } = findFactors(entries);
  return {
    factors: factors.map((of) => [factorTitle(of), of.levels.map(({ text }) => text), of.scale] as const),
    within: factors.map((of) => of.within),
    levels: entries.map(levelsOf),
  };
};

it('names what differs: kinds, numbers and what is left out; the target varies within a training', () => {
  const { factors, within, levels } = find(
    recipe(mlp(), [98, 97.5]),
    recipe({ ...mlp(), augmentation: {}, labelSmoothing: 0.1 }, [97.5]),
    recipe({ ...cnn, augmentation: {} }, [97.5]),
    recipe({ ...cnn, batch: 64 }, [97.5]),
  );
  expect(factors).toEqual([
    ['Architecture', ['MLP', 'CNN'], null],
    ['Batch size', ['64', '128'], 'log2'],
    ['Augmentation', ['without augmentation', 'with augmentation'], null],
    ['Label smoothing', ['0', '0.1'], 'value'],
    ['Target', ['97.5 %', '98 %'], 'value'],
  ]);
  expect(within).toEqual([false, false, false, false, true]);
  expect(levels[0]).toEqual(['"mlp"', '128', 'false', '0', '98']);
});

it('takes sizes of one architecture for a factor of its own, and tells fields that change together as one', () => {
  const { factors, levels } = find(
    recipe({ ...mlp(), batch: 32, optimiser: { kind: 'sgd', stepSize: 0.1 } }),
    recipe({ ...mlp([64]), batch: 64, optimiser: { kind: 'sgd', stepSize: 0.01 } }),
    recipe({ ...cnn, batch: 32, optimiser: { kind: 'sgd', stepSize: 0.1 } }),
  );
  expect(factors).toEqual([
    ['Architecture', ['MLP', 'CNN'], null],
    ['Hidden layers', ['500-500', '64'], null],
    ['Learning rate, with batch size', ['0.01, batch size 64', '0.1, batch size 32'], 'log10'],
  ]);
  expect(levels[2]?.[1]).toBeNull();
});

it('finds nothing in equal recipes, whose tolerance or number of epochs alone differ', () => {
  expect(find(recipe({ ...mlp(), tolerance: 0.1 }), recipe({ ...mlp(), maxEpochs: 3 })).factors).toEqual([]);
});
