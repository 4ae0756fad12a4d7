import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawMeasures, drawSpread, percentileAmong } from '../../../main/contributions/draws/analysis/draws.ts';
import { countPairs } from '../../../main/analysis/raters/pair-counts.ts';

test('measures of three networks on four images, by hand', () => {
  const labels = [...[0, 1, 2, 2], ...[0, 1, 1, 2], ...[0, 2, 0, 2]];
  expect(drawMeasures(labels, [0, 1, 2, 1], 3, 3)).toEqual({
    // Of 12 pairs of networks on images: 0, 2, 3 and 0 differ.
    pairwise_disagreement_pct: (100 * 5) / 12,
    any_differ_pct: 50,
    // 0, 1, 2 and 3 of three networks.
    reference_differs_pct: 50,
  });
  expect(drawMeasures([0, 1], [1, 1], 1, 2)).toEqual({
    pairwise_disagreement_pct: null,
    any_differ_pct: null,
    reference_differs_pct: 50,
  });
});

test('pairwise disagreement is that of the tables', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 1, max: 40 }), fc.nat(), (raters, images, seed) => {
      const values = Int16Array.from({ length: raters * images }, (_, n) => (seed + n * n * 7 + (n >> 2)) % 4);
      const { same } = countPairs({ raters, images, classes: 4, values });
      const share = same.reduce((sum, count) => sum + 1 - count / images, 0) / same.length;
      const found = drawMeasures(values, new Uint16Array(images), raters, 4).pairwise_disagreement_pct;
      expect(found).toBeCloseTo(100 * share, 9);
    }),
    { numRuns: 50 },
  );
});

test('a distribution over draws, and the place of a value in it', () => {
  expect(drawSpread([])).toBeNull();
  expect(drawSpread([2, 4])).toMatchObject({ draws: 2, mean: 3, std: Math.SQRT2 });
  expect(drawSpread([3])).toEqual({ draws: 1, mean: 3, std: null, min: 3, max: 3, quantiles: [3, 3, 3, 3, 3] });
  const spread = drawSpread([4, 1, 3, 2, 5]);
  expect(spread).toMatchObject({ draws: 5, mean: 3, std: Math.sqrt(2.5), min: 1, max: 5 });
  // numpy.quantile([1, 2, 3, 4, 5], [.025, .25, .5, .75, .975])
  [1.1, 2, 3, 4, 4.9].forEach((value, n) => expect(spread?.quantiles[n]).toBeCloseTo(value, 12));
  expect(percentileAmong([1, 2, 3, 4], 2.5)).toBe(50);
  expect(percentileAmong([1, 2, 2, 4], 2)).toBe(50);
  expect(percentileAmong([1, 2], 0)).toBe(0);
  expect(percentileAmong([1, 2], 9)).toBe(100);
  expect(percentileAmong([], 1)).toBeNull();
});
