import { expect, test } from 'vitest';
import fc from 'fast-check';
import { labelTargets, unavailableArms } from '../../../main/contributions/contrasts/analysis/label-targets.ts';
import { distances } from '../../../main/analysis/statistics/distances.ts';
import {
  divergenceFloor,
  halvesCorrelation,
  labelFloor,
  labelSeedScores,
} from '../../../main/contributions/contrasts/analysis/label-training.ts';
import type { ImageInput } from '../../../main/analysis/outcomes/input.ts';
import { type LabelCounts, modalLabels } from '../../../main/analysis/labels/labels.ts';

const countsOf = (rows: readonly (readonly number[])[]): LabelCounts => ({
  images: rows.length,
  classes: rows[0]?.length ?? 0,
  counts: Uint32Array.from(rows.flat()),
  present: Uint32Array.from(rows, (row) => row.reduce((sum, count) => sum + count, 0)),
});

const imageAt = (id: number, alpha: number): ImageInput => ({
  id,
  pairI: 0,
  pairJ: 1,
  alpha,
  anchorI: null,
  anchorJ: null,
});

const entropyOf = (q: Float64Array): number => q.reduce((sum, p) => sum - (p > 0 ? p * Math.log(p) : 0), 0);

const labels = fc.array(fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 3, maxLength: 3 }), {
  minLength: 1,
  maxLength: 20,
});

test('targets are distributions; permuting and forcing keep what they promise', () => {
  fc.assert(
    fc.property(labels, (raw) => {
      const rows = raw.map(([first = 0, ...others]) => [first + 1, ...others]);
      const images = rows.map((_, id) => imageAt(id, id / Math.max(1, rows.length - 1)));
      const { arms, epsilon, permutation } = labelTargets(images, countsOf(rows), null);
      for (const targets of Object.values(arms))
        for (const target of targets) expect(target.reduce((sum, q) => sum + q, 0)).toBeCloseTo(1, 12);
      // Each image is given once, to one of the same modal labels.
      expect([...permutation].sort((a, b) => a - b)).toEqual(images.map(({ id }) => id));
      permutation.forEach((from, to) => expect(modalLabels(rows[from] ?? [])).toEqual(modalLabels(rows[to] ?? [])));
      const mean = (of: readonly Float64Array[] = []): number =>
        of.reduce((sum, q) => sum + entropyOf(q), 0) / of.length;
      if (epsilon > 0) expect(mean(arms.smoothing)).toBeCloseTo(mean(arms.human), 9);
      else expect(mean(arms.majority)).toBeGreaterThanOrEqual(mean(arms.human) - 1e-9);
      arms.human_forced?.forEach((target, image) =>
        expect([...target].sort()).toEqual([...(arms.human?.[image] ?? [])].sort()),
      );
    }),
    { numRuns: 60 },
  );
});

test('forces the nearer class, warms a teacher, and takes both classes in the middle', () => {
  const images = [imageAt(0, 0.2), imageAt(1, 0.5)];
  const counts = countsOf([
    [1, 4, 0],
    [2, 1, 1],
  ]);
  const softmax = Float64Array.from([0.81, 0.18, 0.01, 1, 0, 0]);
  const { arms } = labelTargets(images, counts, { softmax, temperature: 2 });
  expect(arms.human_forced?.map((q) => [...q])).toEqual([
    [0.8, 0.2, 0],
    [0.5, 0.25, 0.25],
  ]);
  expect(arms.alpha_hard?.map((q) => [...q])).toEqual([
    [1, 0, 0],
    [0.5, 0.5, 0],
  ]);
  const warmed = [0.9, Math.sqrt(0.18), 0.1];
  const sum = warmed.reduce((total, p) => total + p, 0);
  [...(arms.distill?.[0] ?? [])].forEach((q, k) => expect(q).toBeCloseTo(warmed[k]! / sum, 12));
  const single = labelTargets([{ ...imageAt(0, 0), alpha: null }], countsOf([[1, 0, 0]]), null).arms;
  expect(Object.keys(single)).toEqual(['majority', 'human', 'permuted', 'smoothing']);
  // The true class is the hard label of an image between none.
  const shown = { id: 0, pairI: null, pairJ: null, alpha: null, truth: 1 };
  const known = labelTargets([shown], countsOf([[3, 1, 0]]), null).arms;
  expect([known.truth, known.human_forced].map((targets) => [...(targets?.[0] ?? [])])).toEqual([
    [0, 1, 0],
    [0.25, 0.75, 0],
  ]);
  expect(unavailableArms([shown])).toEqual(['alpha_hard', 'alpha_soft']);
});

test('floor and ceiling of two labels of two classes, by hand', () => {
  // One label predicts the other: with Perks' prior (1/2 a class) a right one has 3/4, a wrong one 1/4.
  expect(labelFloor(countsOf([[1, 1]]))).toEqual({
    n: 1,
    brier_floor: 0.5,
    brier_ceiling: 2,
    nll_floor: expect.closeTo(Math.LN2 + 1 / 4, 12),
    nll_ceiling: expect.closeTo(-Math.log(1 / 4), 12),
  });
  expect(labelFloor(countsOf([[2, 0]])).nll_ceiling).toBeCloseTo(-Math.log(3 / 4), 12);
  expect(labelFloor(countsOf([[1, 0]]))).toEqual({
    n: 0,
    brier_floor: null,
    nll_floor: null,
    brier_ceiling: null,
    nll_ceiling: null,
  });
});

test('scores of a network that says what people said are the floor in expectation', () => {
  const counts = countsOf([
    [3, 1],
    [2, 2],
  ]);
  const scores = labelSeedScores(counts, Float64Array.from([0.75, 0.25, 0.5, 0.5]));
  expect(scores).toMatchObject({ n: 2, brier: 0, accuracy: 1 });
  expect(scores.brier_unbiased).toBeCloseTo(-(0.375 / 3 + 0.5 / 3) / 2, 12);
  // A tie of people is right or wrong of nobody.
  expect(scores.ece).toBeCloseTo(0.25, 12);
});

test('divergences of two labels of two classes, by hand', () => {
  // Two new labels agree half of the time: then H(1/4) - 1/2 bits. One label against the other: 1 bit where they differ.
  const quarter = -0.25 * Math.log2(0.25) - 0.75 * Math.log2(0.75);
  expect(divergenceFloor(countsOf([[1, 1]]))).toEqual({
    js_floor: expect.closeTo((quarter - 0.5) / 2, 12),
    js_ceiling: expect.closeTo(1, 12),
  });
  expect(
    divergenceFloor(
      countsOf([
        [2, 0],
        [0, 1],
      ]),
    ),
  ).toEqual({ js_floor: 0, js_ceiling: 0 });
  expect(divergenceFloor(countsOf([[1, 0]]))).toEqual({ js_floor: null, js_ceiling: null });
});

/** Every sequence of `length` classes. */
const sequences = (classes: number, length: number): number[][] =>
  length === 0
    ? [[]]
    : sequences(classes, length - 1).flatMap((start) => Array.from({ length: classes }, (_, k) => [...start, k]));

test('floor and ceiling of divergences are what counting every draw and every split gives', () => {
  const tally = (labels: readonly number[]): number[] => [0, 1, 2].map((k) => labels.filter((of) => of === k).length);
  const bits = (counts: readonly number[], shares: readonly number[]): number =>
    distances(counts, shares)?.js_bits ?? 0;
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 2, maxLength: 6 }), (labels) => {
      const n = labels.length;
      const shares = tally(labels).map((count) => count / n);
      const draws = sequences(3, n).map((drawn) => ({
        chance: drawn.reduce((product, k) => product * shares[k]!, 1),
        js: bits(tally(drawn), shares),
      }));
      const halves = sequences(2, n).filter((side) => side.filter((of) => of === 0).length === Math.floor(n / 2));
      const splits = halves.map((side) => {
        const [first, second] = [0, 1].map((half) => tally(labels.filter((_, place) => side[place] === half)));
        const of = (second ?? []).map((count) => count / Math.ceil(n / 2));
        return bits(first ?? [], of);
      });
      const found = divergenceFloor(countsOf([tally(labels)]));
      expect(found.js_floor).toBeCloseTo(
        draws.reduce((sum, { chance, js }) => sum + chance * js, 0),
        9,
      );
      expect(found.js_ceiling).toBeCloseTo(splits.reduce((sum, js) => sum + js, 0) / splits.length, 9);
    }),
    { numRuns: 40 },
  );
});

test('with few labels a divergence favors what is surer than people, as a Brier score does not', () => {
  const people = [0.9, 0.1];
  const surer = [0.95, 0.05];
  // Three labels by these people.
  const expected = (score: 'js_bits' | 'brier_soft', shares: readonly number[]): number =>
    sequences(2, 3).reduce((sum, labels) => {
      const second = labels.filter((k) => k === 1).length;
      const chance = people[1]! ** second * people[0]! ** (3 - second);
      return sum + chance * (distances([3 - second, second], shares)?.[score] ?? 0);
    }, 0);
  expect(expected('js_bits', surer)).toBeLessThan(expected('js_bits', people));
  expect(expected('brier_soft', surer)).toBeGreaterThan(expected('brier_soft', people));
});

test('one person has no half', () => {
  const people = { raters: 1, images: 4, classes: 2, values: Int16Array.from([0, 1, 0, 1]) };
  expect(halvesCorrelation(people)).toBeNull();
});
