import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wilson } from '../../../../main/contributions/desk/analysis/wilson.ts';

test('Wilson intervals are those of R (binom::binom.confint, wilson)', () => {
  const { low, high } = wilson(25, 165);
  expect(low).toBeCloseTo(0.104783, 6);
  expect(high).toBeCloseTo(0.214105, 6);
  expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
  expect(wilson(10, 10).high).toBe(1);
  // 95 % for 15 of 50 (Newcombe 1998, method 3, computed with z = 1.95996): 0.1910 to 0.4375.
  expect(wilson(15, 50)).toEqual({ low: expect.closeTo(0.191, 3), high: expect.closeTo(0.4375, 4) });
});

test('Wilson’s interval ends where its share ends', () => {
  expect(wilson(0, 10)).toEqual({ low: 0, high: expect.closeTo(0.2775, 4) });
  expect(wilson(0, 1)).toEqual({ low: 0, high: expect.closeTo(0.7935, 4) });
  expect(wilson(1, 1)).toEqual({ low: expect.closeTo(0.2065, 4), high: 1 });
  expect(wilson(3, 3)).toEqual({ low: expect.closeTo(0.4385, 4), high: 1 });
  expect(wilson(1, 2)).toEqual({ low: expect.closeTo(0.0945, 4), high: expect.closeTo(0.9055, 4) });
  expect(wilson(0.5, 10)).toEqual({ low: expect.closeTo(0.00524, 5), high: expect.closeTo(0.34454, 5) });
});

test('an interval holds its share and stays within 0 and 1', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, part) => {
      const k = Math.round(n * part);
      const { low, high } = wilson(k, n);
      return low >= 0 && high <= 1 && low <= k / n + 1e-12 && high >= k / n - 1e-12;
    }),
  );
});
