import { expect, test } from 'vitest';
import { countEntropyBits, entropyBits, pearson, spearman } from '../../main/analysis/entropy.ts';
import { pairName, pairRows } from '../../main/analysis/input.ts';

test('a correlation needs three points and some variation', () => {
  expect(pearson([1, 2, 3], [2, 4, 6])).toBeCloseTo(1, 12);
  expect(spearman([1, 2, 3], [30, 20, 10])).toBeCloseTo(-1, 12);
  expect(pearson([1, 2], [2, 4])).toBeNull();
  expect(spearman([1, 2], [2, 4])).toBeNull();
  expect(pearson([1, null, 2, 3, 4], [1, 5, null, 2, 9])).toBeCloseTo(11 / Math.sqrt((14 / 3) * 38), 12);
  expect(pearson([1, null, 3], [1, 5, 9])).toBeNull();
  for (const measure of [pearson, spearman]) {
    expect(measure([1, 1, 1], [1, 2, 3])).toBeNull();
    expect(measure([1, 2, 3], [1, 1, 1])).toBeNull();
    expect(measure([1, 1 + 5e-13, 1], [1, 2, 3])).toBeNull();
    expect(measure([1, 2, 3], [1, 1 + 5e-13, 1])).toBeNull();
    expect(measure([1, 1 + 1e-11, 1], [1, 2, 3])).not.toBeNull();
  }
  // Values that differ by rounding alone are ties.
  expect(spearman([0.1 + 0.2, 0.3, 0.5, 0.7], [1, 2, 3, 4])).toBeCloseTo(
    spearman([0.3, 0.3, 0.5, 0.7], [1, 2, 3, 4])!,
    12,
  );
});

test('entropy has no term for what never occurs', () => {
  expect(countEntropyBits([0, 4, 0, 4])).toBe(1);
  expect(countEntropyBits([0, 5])).toBe(0);
  expect(Object.is(countEntropyBits([7]), 0)).toBe(true);
  expect(countEntropyBits([0, 0])).toBeNull();
  expect(entropyBits([0, 1, 0])).toBe(0);
  expect(entropyBits([0.25, 0.25, 0.25, 0.25])).toBe(2);
});

test('images are in rows of pairs by alpha, then by place; those without a pair in none', () => {
  const image = (pairI: number | null, pairJ: number | null, alpha: number | null) => ({ id: 0, pairI, pairJ, alpha });
  const images = [
    ...[image(1, 2, 0.5), image(0, 3, 1), image(0, 1, 0.2), image(null, 1, 0), image(0, 3, 0), image(1, 2, 0.5)],
    ...[image(0, null, 0), image(0, 1, null), image(1, 2, 0), image(0, 1, 0.1)],
  ];
  expect(pairRows(images)).toEqual([
    { i: 0, j: 1, images: [9, 2] },
    { i: 0, j: 3, images: [4, 1] },
    { i: 1, j: 2, images: [8, 0, 5] },
  ]);
});

test('a pair of more than ten classes has a dash', () => {
  expect([10, 11].map((classes) => pairName({ i: 4, j: 9 }, classes))).toEqual(['49', '4-9']);
});
