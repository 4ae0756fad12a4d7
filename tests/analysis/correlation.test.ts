import { expect, test } from 'vitest';
import { shownInterval } from '../../main/analysis/claims/claims.ts';
import { correlationWithoutPairs, fisherInterval } from '../../main/analysis/claims/correlation-interval.ts';
import { countEntropyBits, entropyBits, pearson, spearman } from '../../main/analysis/statistics/entropy.ts';
import { type ImageInput, pairName, pairRows } from '../../main/analysis/outcomes/input.ts';
import { studentQuantile } from '../../main/analysis/statistics/distributions.ts';
import { mulberry32 } from '../../main/analysis/statistics/intervals.ts';
import { GroupJackknife } from '../../main/analysis/claims/jackknife.ts';
import { pairUnits, unitVariance } from '../../main/analysis/outcomes/units.ts';

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
  const images = independentImages(400);
  for (const [correlation, se] of [
    // Fisher 1915; Bonett and Wright 2000.
    ['pearson', (r: number) => (1 - r ** 2) / Math.sqrt(397)],
    ['spearman', (r: number) => (1 - r ** 2) * Math.sqrt((1 + r ** 2 / 2) / 397)],
  ] as const) {
    const { estimate, df, ...found } = ofImages(correlation, images, x, y);
    expect(df).toBe(399);
    expect(estimate).toBeCloseTo({ pearson, spearman }[correlation](x, y)!, 12);
    expect(found.se / se(estimate)).toBeGreaterThan(0.85);
    expect(found.se / se(estimate)).toBeLessThan(1.15);
    expect(Math.atanh(found.hi) - Math.atanh(estimate)).toBeCloseTo(Math.atanh(estimate) - Math.atanh(found.lo), 10);
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
  const { estimate, se, df } = ofImages('spearman', images, rounded, y);
  const without = Array.from({ length: 30 }, (_, pair) => {
    const left = [...x.keys()].filter((id) => id % 30 !== pair);
    return spearman(
      left.map((id) => rounded[id]!),
      left.map((id) => y[id]!),
    )!;
  });
  const mean = without.reduce((sum, r) => sum + r, 0) / 30;
  const jackknife = Math.sqrt((29 / 30) * without.reduce((sum, r) => sum + (r - mean) ** 2, 0));
  expect(df).toBe(29);
  expect(estimate).toBeCloseTo(spearman(rounded, y)!, 12);
  expect(se / jackknife).toBeCloseTo(1, 1);
});

test('a correlation is undefined, or has no interval', () => {
  const units = {
    pairs: [
      [0, 1],
      [2, 3],
    ],
  };
  const of = (x: number[], y: (number | null)[]) => [...correlationWithoutPairs('pearson_vote', units, x, y)];
  expect(of([1, 1, 1, 1], [1, 2, 3, 4])).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  // Without the first pair, one point is left.
  expect(of([1, 2, 5, 4], [2, 1, 6, null])).toEqual([Number.NaN, expect.closeTo(-1, 9), expect.any(Number)]);
  expect(fisherInterval({ estimate: 1, V: 0.1, df: 9 })).toBeNull();
});

test('correlations of entropies hold for other networks by leaving out images and networks, all computed anew', () => {
  const random = mulberry32(3);
  const [N, M, K] = [40, 5, 3];
  const draw = (n: number, most: number) => Array.from({ length: n }, () => Math.floor(most * random()));
  const counts = Uint32Array.from(draw(N * K, 9), (count) => count + 1);
  const people = { images: N, classes: K, counts, present: new Uint32Array(N) };
  for (let image = 0; image < N; image++)
    people.present[image] = counts.subarray(image * K, (image + 1) * K).reduce((sum, c) => sum + c, 0);
  const labels = Array.from({ length: M }, () => draw(N, K));
  const softmax = labels.map((own) =>
    Float64Array.from(own.flatMap((of) => Array.from({ length: K }, (_, k) => (k === of ? 0.6 : 0.2)))),
  );
  const jackknife = new GroupJackknife({
    images: independentImages(N),
    people,
    readSoftmax: (network) => softmax[network]!,
    networks: { raters: M, images: N, classes: K, values: Int16Array.from(labels.flat()) },
    blocks: labels.map((_, network) => `${network}`),
  });
  /** Of some images, and some networks. */
  const correlate = (value: string, kept: readonly number[], networks: readonly number[]): number => {
    const human = kept.map((image) => countEntropyBits(counts.subarray(image * K, (image + 1) * K)));
    const bits = kept.map((image) => {
      const of = Array.from({ length: K }, (_, k) =>
        networks.reduce(
          (sum, network) =>
            sum + (value.endsWith('_vote') ? Number(labels[network]![image] === k) : softmax[network]![image * K + k]!),
          0,
        ),
      );
      return entropyBits(of.map((sum) => sum / networks.length));
    });
    return (value.startsWith('pearson') ? pearson : spearman)(human, bits)!;
  };
  const [everyImage, everyNetwork] = [[...Array(N).keys()], [...Array(M).keys()]];
  const but = (list: readonly number[], left: number) => list.filter((one) => one !== left);
  const mean = (list: readonly number[]) => list.reduce((sum, one) => sum + one, 0) / list.length;
  for (const value of ['pearson_vote', 'pearson_predictive'] as const) {
    const influences = (networks: readonly number[]) => {
      const left = everyImage.map((image) => correlate(value, but(everyImage, image), networks));
      return left.map((f) => (N - 1) * (mean(left) - f));
    };
    const variance = (lists: readonly number[][]) => lists.flat().reduce((sum, u) => sum + u ** 2, 0) / (N * (N - 1));
    const f = everyNetwork.map((network) => correlate(value, everyImage, but(everyNetwork, network)));
    const ofNetworks = everyNetwork.map((network) => influences(but(everyNetwork, network)));
    const rest = ofNetworks.map((u) =>
      u.map((one, image) => (M - 1) * (mean(ofNetworks.map((of) => of[image]!)) - one)),
    );
    const V_A = variance([influences(everyNetwork)]);
    const V_R = ((M - 1) / M) * f.reduce((sum, one) => sum + (one - mean(f)) ** 2, 0);
    const V = V_A + Math.max(0, V_R - variance(rest) / ((M - 1) * M));
    const estimate = correlate(value, everyImage, everyNetwork);
    const found = shownInterval(value, [{ jackknife, sample: true }], 'networks');
    expect(found.estimate).toBeCloseTo(estimate, 12);
    expect(found.se).toBeCloseTo(Math.sqrt(V), 10);
    const half = (studentQuantile(0.975, found.df!) * found.se!) / (1 - estimate ** 2);
    expect(found.hi).toBeCloseTo(Math.tanh(Math.atanh(estimate) + half), 12);
  }
  for (const value of ['spearman_vote', 'spearman_predictive'] as const) {
    const tables = jackknife.withoutBlocks(value);
    const last = tables.map((table) => table[N]!);
    const expected = everyNetwork.map((network) => correlate(value, everyImage, but(everyNetwork, network)));
    expect(last).toEqual(expected.map((one) => expect.closeTo(one, 10)));
  }
});

const independentImages = (n: number): ImageInput[] =>
  Array.from({ length: n }, (_, id) => ({ id, pairI: null, pairJ: null, alpha: null, independent: true as const }));

/** The interval of the claim `anchors`, of any values. */
function ofImages(correlation: 'pearson' | 'spearman', images: readonly ImageInput[], x: number[], y: number[]) {
  const units = pairUnits(images);
  const P = units.pairs.length;
  const all = correlationWithoutPairs(`${correlation}_vote`, units, x, y);
  const mean = all.subarray(0, P).reduce((sum, one) => sum + one, 0) / P;
  const V = unitVariance(units, [all.subarray(0, P).map((one) => (P - 1) * (mean - one))])!;
  const estimate = all[P]!;
  return { estimate, ...fisherInterval({ estimate, V, df: units.freedom! })! };
}

/** Points of a bivariate normal distribution, seeded. */
function normalPoints(n: number, r: number): { x: number[]; y: number[] } {
  const uniform = mulberry32(7);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const x = Array.from({ length: n }, normal);
  return { x, y: x.map((value) => r * value + Math.sqrt(1 - r ** 2) * normal()) };
}
