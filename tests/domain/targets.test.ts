import { expect, test } from 'vitest';
import { targetSchema } from '../../main/contract/recipes/recipes.ts';
import {
  compareTargets,
  parseTarget,
  targetOfKey,
  targetSlug,
  targetTitle,
  targetTitles,
} from '../../main/domain/numbers/targets.ts';

test('targets are accuracies, epochs or losses, each written in one way', () => {
  for (const target of [97.5, 'epochs 10', 'epochs 0.5', 'loss 0.05', 'loss 1e-7']) {
    expect(targetSchema.parse(target)).toBe(target);
    expect(parseTarget(String(target))).toBe(target);
    expect(targetOfKey(String(target))).toBe(target);
  }
  const wrong = [
    0,
    101,
    '97.5',
    'epochs 010',
    'epochs 1.0',
    'epochs -1',
    'epochs  1',
    'epochs 1e9',
    'loss 0',
    'steps 3',
    '',
  ];
  for (const text of wrong) expect(targetSchema.safeParse(text).success, String(text)).toBe(false);
  expect(['', 'nan', 'epochs', '1 2'].map(parseTarget)).toEqual([null, null, null, null]);
});

test('targets have titles, slugs for names, and an order by rule and effort', () => {
  const targets = ['loss 0.05', 'epochs 10', 98, 'loss 0.5', 'epochs 1', 97.5] as const;
  const sorted = [...targets].sort(compareTargets);
  expect(sorted).toEqual([97.5, 98, 'epochs 1', 'epochs 10', 'loss 0.5', 'loss 0.05']);
  expect(sorted.map(targetTitle)).toEqual(['97.5 %', '98 %', '1 epoch', '10 epochs', 'loss 0.5', 'loss 0.05']);
  expect(targetTitles(targets)).toBe('97.5, 98 %, 1 epoch, 10 epochs, loss 0.5, loss 0.05');
  expect(sorted.map(targetSlug)).toEqual(['97.5', '98', 'epochs1', 'epochs10', 'loss0.5', 'loss0.05']);
});
