import { expect, test } from 'vitest';
import { runsText } from '../../main/exhibits/records.ts';
import { sampleData } from '../reports/sample.ts';

test('runs of a recipe: how many networks, or how many groups of which size', () => {
  const [recipe] = sampleData({ networks: 1, pairs: 1 }).recipes;
  if (!recipe) throw new Error('no recipe');
  const text = (group: 'diverse' | 'seeds', groups: number[], waiting = 0) =>
    runsText({ ...recipe, group, groups, waiting });
  expect(text('seeds', [10, 10, 8], 2)).toBe('3 groups of 8 and 10, 2 not begun');
  expect(text('seeds', [10])).toBe('1 group of 10');
  expect(text('diverse', [3, 1])).toBe('4 networks');
  expect(text('diverse', [1], 1)).toBe('1 network, 1 not begun');
});
