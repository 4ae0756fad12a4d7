import { assert, property, array, double, integer } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../main/domain/random/random.ts';
import { median, pairedRatio } from './paired-ratio.ts';
import { deviation, differenceOfMeans, mean, percentile } from './statistics.ts';

const times = array(double({ min: 0.1, max: 1000, noNaN: true }), { minLength: 1, maxLength: 20 });

describe('median', () => {
  test('is the middle value, or the mean of both middle ones', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  test('sorts by size, not by letters, and leaves its argument alone', () => {
    const values = [10, 9, 100];
    expect(median(values)).toBe(10);
    expect(values).toEqual([10, 9, 100]);
  });
});

describe('percentile', () => {
  test('is the value at the nearest rank', () => {
    const values = [50, 15, 40, 20, 35];
    expect([5, 30, 40, 50, 100].map((percent) => percentile(values, percent))).toEqual([15, 20, 20, 35, 50]);
    expect(percentile([], 50)).toBeNaN();
  });
});

describe('a paired ratio', () => {
  test('is that of the medians', () => {
    const { ratio } = pairedRatio([10, 20, 30], [5, 5, 40], randomStream(1, 'test'));
    expect(ratio).toBe(4);
  });

  test('of a constant factor has an interval of no width, however the times vary', () => {
    return assert(
      property(times, integer({ min: 1, max: 8 }), (fast, factor) => {
        const slow = fast.map((time) => factor * time);
        const { ratio, low, high } = pairedRatio(slow, fast, randomStream(1, 'test'), 50);
        for (const value of [ratio, low, high]) expect(value).toBeCloseTo(factor, 10);
      }),
    );
  });

  test('lies in its interval, which is wider for noisier pairs', () => {
    const noise = (share: number) => Array.from({ length: 15 }, (_, k) => 10 * (1 + share * Math.sin(7 * k)));
    const of = (share: number) => pairedRatio(noise(share), noise(0), randomStream(1, 'test'));
    const [calm, noisy] = [of(0.01), of(0.3)];
    for (const { ratio, low, high } of [calm, noisy]) {
      expect(low).toBeLessThanOrEqual(ratio);
      expect(high).toBeGreaterThanOrEqual(ratio);
    }
    expect(noisy.high - noisy.low).toBeGreaterThan(5 * (calm.high - calm.low));
  });

  test('needs pairs', () => {
    expect(() => pairedRatio([1, 2], [1], randomStream(1, 'test'))).toThrow(RangeError);
    expect(() => pairedRatio([], [], randomStream(1, 'test'))).toThrow(RangeError);
  });
});

describe('a difference of means', () => {
  test("has Student's margin: a textbook example", () => {
    // Means 2 and 5, both of variance 1: margin 2.78 sqrt(2 / 3).
    const { difference, margin } = differenceOfMeans([1, 2, 3], [4, 5, 6]);
    expect(difference).toBe(-3);
    expect(margin).toBeCloseTo(2.78 * Math.sqrt(2 / 3), 10);
  });

  test('needs two values on each side', () => {
    expect(() => differenceOfMeans([1], [1, 2])).toThrow(RangeError);
  });
});

test('mean and sample deviation', () => {
  expect(mean([1, 2, 6])).toBe(3);
  expect(deviation([1, 3])).toBeCloseTo(Math.SQRT2, 12);
});
