import { expect, test } from 'vitest';
import { correlationInterval } from '../../main/analysis/correlation-interval.ts';
import { countEntropyBits, entropyBits, pearson, spearman } from '../../main/analysis/entropy.ts';
import { pairName, pairRows } from '../../main/analysis/input.ts';
import { mulberry32 } from '../../main/analysis/intervals.ts';

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

test('the interval of a correlation of independent images is the usual one', () => {
  // 400 points of a bivariate normal distribution with r = 0.6.
  const { x, y } = normalPoints(400, 0.6);
  const images = x.map((_, id) => ({ id, pairI: null, pairJ: null, alpha: null, independent: true as const }));
  for (const [correlation, se] of [
    // Fisher 1915; Bonett and Wright 2000.
    ['pearson', (r: number) => (1 - r ** 2) / Math.sqrt(397)],
    ['spearman', (r: number) => (1 - r ** 2) * Math.sqrt((1 + r ** 2 / 2) / 397)],
  ] as const) {
    const found = correlationInterval(correlation, images, x, y);
    expect(found).toMatchObject({ claim: 'anchors', units: 'images', n: 400, df: 399, reason: null });
    expect(found.estimate).toBeCloseTo({ pearson, spearman }[correlation](x, y)!, 12);
    expect(found.se! / se(found.estimate!)).toBeGreaterThan(0.85);
    expect(found.se! / se(found.estimate!)).toBeLessThan(1.15);
    expect(Math.atanh(found.hi!) - Math.atanh(found.estimate!)).toBeCloseTo(
      Math.atanh(found.estimate!) - Math.atanh(found.lo!),
      10,
    );
  }
});

test('influences on ranks are what leaving out an image does, to first order', () => {
  const { x, y } = normalPoints(300, 0.4);
  const rounded = x.map((value) => Math.round(2 * value) / 2);
  const images = x.map((_, id) => ({
    id,
    pairI: id % 30,
    pairJ: 40,
    alpha: id,
    anchorI: `${id % 30}`,
    anchorJ: `${id % 30}`,
  }));
  const { estimate, se, units, n } = correlationInterval('spearman', images, rounded, y);
  const without = Array.from({ length: 30 }, (_, pair) => {
    const left = [...x.keys()].filter((id) => id % 30 !== pair);
    return spearman(
      left.map((id) => rounded[id]!),
      left.map((id) => y[id]!),
    )!;
  });
  const mean = without.reduce((sum, r) => sum + r, 0) / 30;
  const jackknife = Math.sqrt((29 / 30) * without.reduce((sum, r) => sum + (r - mean) ** 2, 0));
  expect({ units, n }).toEqual({ units: 'pairs', n: 30 });
  expect(estimate).toBeCloseTo(spearman(rounded, y)!, 12);
  expect(se! / jackknife).toBeCloseTo(1, 1);
});

test('a correlation without an interval says why', () => {
  const of = (pairs: readonly (readonly [number, number])[], x: number[], y: (number | null)[]) => {
    const images = pairs.map(([pairI, pairJ], id) => ({ id, pairI, pairJ, alpha: id }));
    const { lo, hi, reason } = correlationInterval('pearson', images, x, y);
    expect([lo, hi]).toEqual([null, null]);
    return reason;
  };
  const two = [
    [0, 1],
    [0, 1],
    [2, 3],
    [2, 3],
  ] as const;
  expect(of(two, [1, 1, 1, 1], [1, 2, 3, 4])).toBe('undefined');
  expect(of(two, [1, 2, 3, 4], [2, 4, 6, 8])).toBe('no_variation');
  // Without the first pair, one point is left.
  expect(of(two, [1, 2, 5, 4], [2, 1, 6, null])).toBe('empty');
});

/** Points of a bivariate normal distribution, seeded. */
function normalPoints(n: number, r: number): { x: number[]; y: number[] } {
  const uniform = mulberry32(7);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const x = Array.from({ length: n }, normal);
  return { x, y: x.map((value) => r * value + Math.sqrt(1 - r ** 2) * normal()) };
}
