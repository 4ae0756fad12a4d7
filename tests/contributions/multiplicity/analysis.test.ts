import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deferral } from '../../../main/contributions/multiplicity/analysis/deferral.ts';
import { consistencyInterval } from '../../../main/contributions/multiplicity/analysis/consistency-interval.ts';
import type { ImageInput } from '../../../main/analysis/outcomes/input.ts';
import type { LabelMatrix } from '../../../main/analysis/labels/labels.ts';
import {
  agreementLine,
  churn,
  multiplicity,
  stableEnsemble,
} from '../../../main/contributions/multiplicity/analysis/multiplicity.ts';

const matrix = (rows: readonly (readonly number[])[], classes = 4): LabelMatrix => ({
  raters: rows.length,
  images: rows[0]?.length ?? 0,
  classes,
  values: Int16Array.from(rows.flat()),
});

const images = (count: number): ImageInput[] =>
  Array.from({ length: count }, (_, id) => ({ id, pairI: null, pairJ: null, alpha: null, independent: true }));

const subsets = <T>(of: readonly T[], size: number): T[][] =>
  size === 0 ? [[]] : of.flatMap((first, at) => subsets(of.slice(at + 1), size - 1).map((rest) => [first, ...rest]));

describe('multiplicity', () => {
  test('of three networks on four images, by hand', () => {
    const labels = matrix([
      [0, 0, 0, 1],
      [0, 0, 1, 2],
      [0, 1, 1, 3],
    ]);
    const found = multiplicity(['a', 'b', 'c'], labels);
    expect(found).toMatchObject({
      any_differ: 0.75,
      ambiguity: { a: 0.75, b: 0.75, c: 0.75 },
      discrepancy: { a: 0.75, b: 0.5, c: 0.75 },
      max_pairwise: 0.75,
      self_consistency: { per_image: [1, 1 / 3, 1 / 3, 0], share_one: 0.25, share_le_75: 0.75 },
      // The last image has no mode. One network gives the mode of all with probabilities 1, 2/3 and 2/3.
      ensemble: { curve: { 1: expect.closeTo(7 / 9, 12), 3: 1 }, smallest: 3 },
    });
    expect(found.self_consistency.mean).toBeCloseTo(5 / 12, 12);
    expect(stableEnsemble([[1, 1]], 2)).toEqual({ curve: { 1: null }, smallest: null });
    expect(() => multiplicity(['a'], matrix([[0]]))).toThrow(RangeError);
  });

  test('an ensemble is stable as often as among all its subsets', () => {
    const votes = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 7 });
    fc.assert(
      fc.property(votes, (given) => {
        const counts = (of: readonly number[]) => [0, 1, 2, 3].map((k) => of.filter((label) => label === k).length);
        const mode = (of: readonly number[]): number => {
          const c = counts(of);
          const top = Math.max(...c);
          return c.filter((n) => n === top).length === 1 ? c.indexOf(top) : -1;
        };
        const { curve } = stableEnsemble([counts(given)], given.length);
        for (const [m, share] of Object.entries(curve)) {
          const all = subsets(given, Number(m));
          if (mode(given) < 0) expect(share).toBeNull();
          else expect(share).toBeCloseTo(all.filter((some) => mode(some) === mode(given)).length / all.length, 12);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a thousand networks overflow nothing', () => {
    const { curve } = stableEnsemble([[600, 400]], 1000);
    expect(curve[1]).toBeCloseTo(0.6, 12);
    expect(curve[999]).toBeCloseTo(1, 9);
  });

  test('two groups with the same networks differ by less than within one, as a network is compared with itself', () => {
    const labels = matrix([
      [0, 0, 1],
      [0, 1, 1],
      [1, 1, 0],
    ]);
    expect(churn(labels, [0], [1])).toEqual({
      between: expect.closeTo(1 / 3, 12),
      within_a: null,
      within_b: null,
      excess: null,
    });
    const both = churn(labels, [0, 1], [0, 1]);
    expect(both.between).toBeCloseTo(1 / 6, 12);
    expect(both.excess).toBeCloseTo(-1 / 6, 12);
    expect(churn(labels, [], [1])).toMatchObject({ between: null });
  });
});

describe('deferral', () => {
  test('of five images with a tie, by hand', () => {
    const found = deferral(images(6), [0.9, 0.5, 0.5, 0.1, 0, 7], [true, true, false, true, false, null]);
    // 0.9 beats both, 0.5 ties and wins, 0.1 loses and wins: 2 + 1.5 + 1 of 6.
    expect(found?.auc.estimate).toBeCloseTo(4.5 / 6, 12);
    expect(found?.curve).toEqual([3 / 5, 2 / 4, 1.5 / 3, 1 / 2, 0].map((value) => expect.closeTo(value, 12)));
    expect(found?.area_random).toBe(0.6);
    expect(deferral(images(1), [0], [null])).toBeNull();
    expect(deferral(images(2), [0, 1], [true, true])?.auc).toMatchObject({ estimate: null, reason: 'undefined' });
  });

  test('knowing the events is best, the interval leaves out what the definition does', () => {
    const image = fc.tuple(fc.integer({ min: 0, max: 4 }), fc.boolean());
    fc.assert(
      fc.property(fc.array(image, { minLength: 4, maxLength: 12 }), (given) => {
        const [scores, events] = [given.map(([score]) => score), given.map(([, event]) => event)];
        const found = deferral(images(given.length), scores, events)!;
        expect(found.area).toBeGreaterThanOrEqual(found.area_ideal - 1e-12);
        const auc = (left: number): number => {
          const rest = given.filter((_, at) => at !== left);
          const [yes, no] = [rest.filter(([, event]) => event), rest.filter(([, event]) => !event)];
          const won = yes.flatMap(([s]) => no.map(([t]) => (s === t ? 0.5 : s > t ? 1 : 0)));
          return won.reduce((sum: number, one) => sum + one, 0) / won.length;
        };
        const without = given.map((_, left) => auc(left));
        if (found.auc.se === null) return;
        const mean = without.reduce((sum, value) => sum + value, 0) / without.length;
        const squares = without.reduce((sum, value) => sum + (value - mean) ** 2, 0);
        expect(found.auc.se).toBeCloseTo(Math.sqrt(((given.length - 1) / given.length) * squares), 9);
      }),
      { numRuns: 60 },
    );
  });
});

test('the error of kappa between independent images is that of the published formula, by hand', () => {
  const reference = new Int16Array(8);
  const wrong = (...places: number[]) => Int16Array.from(reference, (_, image) => (places.includes(image) ? 1 : 0));
  const found = consistencyInterval(wrong(0, 1), wrong(0, 2), reference, images(8));
  // Table of right and wrong: 5/8, 1/8, 1/8, 1/8; p_o = 3/4, p_e = 5/8.
  expect(found).toMatchObject({ n: 8, c_obs: 0.75, c_exp: 0.625, kappa_max: 1 });
  expect(found.kappa).toBeCloseTo(1 / 3, 12);
  const square =
    (5 / 8) * (3 / 8 - 3 / 8) ** 2 + (1 / 8) * (3 / 8 - 1 / 8) ** 2 + (1 / 16) * (2 / 8) - (0.46875 - 1.25 + 0.75) ** 2;
  expect(found.se_iid).toBeCloseTo(Math.sqrt(square / (8 * (3 / 8) ** 4)), 12);
});

test('a line through agreements needs three pairs that differ on test images', () => {
  const labels = matrix([
    [0, 0, 0, 0],
    [0, 0, 0, 1],
    [0, 0, 1, 1],
    [0, 1, 1, 1],
  ]);
  const test = { images: 100, agreement: (a: number, b: number): number | null => 1 - 0.1 * (b - a) };
  const found = agreementLine(labels, test);
  expect(found.slope).toBeGreaterThan(0);
  expect(found).toMatchObject({ n_pairs: 6, r2: expect.closeTo(0.99, 1), se_slope: expect.any(Number) });
  const none = { slope: null, intercept: null, r2: null, se_slope: null };
  expect(agreementLine(labels, { ...test, agreement: () => 0.9 })).toEqual({ n_pairs: 6, ...none });
  expect(agreementLine(labels, { ...test, agreement: (a, b) => (b - a > 1 ? 0.8 : null) })).toMatchObject({
    n_pairs: 3,
  });
  expect(agreementLine(labels, { ...test, agreement: () => null })).toEqual({ n_pairs: 0, ...none });
});
