import { describe, expect, test } from 'vitest';
import { findOutcome } from '../../main/analysis/effect-outcomes.ts';
import { type OutcomeData, outcomeValues } from '../../main/analysis/outcome-values.ts';
import { missing } from '../../main/analysis/labels.ts';
import {
  crossingSlope,
  logitMargin,
  psychometricCurve,
  softmaxMargin,
  transitionWidth,
} from '../../main/analysis/sharpness.ts';

const psi = (alpha: number, centre: number, scale: number, lapse: number): number =>
  lapse / 2 + (1 - lapse) / (1 + Math.exp(-(alpha - centre) / scale));

/** Eleven alphas from 0 to 1. */
const along = (ofJ: (alpha: number) => number, n = 1) =>
  Array.from({ length: 11 }, (_, k) => ({ alpha: k / 10, ofJ: ofJ(k / 10), n }));

describe('a psychometric curve', () => {
  test.each([
    [0.43, 0.07, 0],
    [0.5, 0.05, 0.08],
    [0.71, 0.1, 0.03],
    [0.3, 0.03, 0.12],
  ])('is found again from its own chances: center %d, scale %d, lapse %d', (centre, scale, lapse) => {
    const found = psychometricCurve(along((alpha) => 20 * psi(alpha, centre, scale, lapse), 20));
    expect(found.reason).toBeNull();
    expect(found.centre).toBeCloseTo(centre, 4);
    expect(found.slope).toBeCloseTo((1 - lapse) / (4 * scale), 2);
    expect(found.lapse).toBeCloseTo(lapse, 3);
  });

  test('mirrored in i and j has the mirrored center and the same slope', () => {
    const counts = [0, 0, 1, 0, 2, 4, 7, 10, 9, 10, 10];
    const found = psychometricCurve(along((alpha) => counts[Math.round(alpha * 10)]!, 10));
    const mirrored = psychometricCurve(along((alpha) => 10 - counts[10 - Math.round(alpha * 10)]!, 10));
    expect(mirrored.centre).toBeCloseTo(1 - found.centre!, 6);
    expect(mirrored.slope).toBeCloseTo(found.slope!, 4);
  });

  test.each([
    ['few_points', [0, 10], null],
    ['one_class', [0, 0, 0, 0], null],
    ['one_class', [10, 10, 10, 10], null],
    ['no_rise', [7, 6, 5, 4, 3], null],
    ['no_rise', [0, 1, 1, 2, 3], null],
    ['no_rise', [5, 5, 5, 5, 5], null],
    ['step', [0, 0, 0, 10, 10], 0.625],
    ['step', [0, 0, 1, 0, 10, 10, 10], 3.5 / 6],
  ])('is undefined for want of a rise that can be measured: %s of %j', (reason, counts, centre) => {
    const points = counts.map((ofJ, at) => ({ alpha: at / (counts.length - 1), ofJ, n: 10 }));
    const found = psychometricCurve([...points, { alpha: 1, ofJ: 0, n: 0 }]);
    expect(found).toEqual({
      reason,
      slope: null,
      lapse: null,
      centre: centre === null ? null : expect.closeTo(centre, 12),
    });
  });
});

test('width and slope of a share, by hand', () => {
  const points = [0, 0.1, 0.4, 0.6, 1].map((share, at) => ({ alpha: at / 4, share }));
  // .25 lies half-way between .1 and .4; .75 at 3/8 between .6 and 1.
  expect(transitionWidth(points, [0.25, 0.75])).toBeCloseTo(0.84375 - 0.375, 12);
  expect(crossingSlope(points)).toBeCloseTo(0.8, 12);
  const back = [0, 0.6, 0.4, 0.5, 1].map((share, at) => ({ alpha: at / 4, share }));
  expect(crossingSlope(back)).toBeCloseTo(1, 12);
  expect(transitionWidth(points.slice(2), [0.25, 0.75])).toBeNull();
  expect(crossingSlope(points.toReversed())).toBeNull();
  expect(crossingSlope([])).toBeNull();
  const step = [0, 0, 1, 1].map((share, at) => ({ alpha: at / 3, share }));
  expect(transitionWidth(step, [0.1, 0.9])).toBeCloseTo(0.8 / 3, 12);
});

test('margins of softmax and of logits', () => {
  expect(softmaxMargin([0.1, 0.7, 0.2])).toBeCloseTo(0.5, 12);
  expect(logitMargin([0.1, 0.7, 0.2])).toBeCloseTo(Math.log(3.5), 12);
  expect(logitMargin([0, 1, 0])).toBeCloseTo(Math.log(1e12), 9);
  expect(softmaxMargin([0.5, 0.5])).toBe(0);
});

test('outcomes of effects: widths and slopes count for all images of their pair', () => {
  const images = [0, 0.25, 0.5, 0.75, 1].map((alpha, id) => ({ id, pairI: 0, pairJ: 1, alpha }));
  const shares = [0, 0.1, 0.4, 0.6, 1];
  const data = {
    images,
    pairs: [{ i: 0, j: 1, images: [0, 1, 2, 3, 4] }],
    testAccuracy: () => 0.9,
    labels: { raters: 1, images: 5, classes: 3, values: Int16Array.from([0, 0, 0, 1, 1]) },
    readSoftmax: () => Float64Array.from(shares.flatMap((share) => [0.8 * (1 - share), 0.8 * share, 0.2])),
    reference: {
      majority: Int16Array.from([0, 0, 1, missing, 1]),
      start: Uint32Array.from([0, 1, 3, 4, 4, 5]),
      label: Int16Array.from([0, 0, 1, 1, 1]),
      share: Float64Array.from([1, 0.75, 0.25, 1, 1]),
    },
    humans: {
      votes: {
        classes: 3,
        present: [4, 4, 4, 0, 4],
        counts: [4, 0, 0, 3, 1, 0, 0, 4, 0, 0, 0, 0, 0, 4, 0],
      },
    },
  };
  const of = (key: string): number[] => {
    const making = findOutcome(key)?.making;
    if (making?.kind !== 'value') throw new Error(key);
    return [...outcomeValues(data as unknown as OutcomeData, making.values(data as unknown as OutcomeData))];
  };
  expect(of('width')).toEqual(shares.map(() => expect.closeTo(0.46875, 12)));
  expect(of('slope')).toEqual(shares.map(() => expect.closeTo(0.8, 12)));
  expect(of('margin')[0]).toBeCloseTo(0.6, 12);
  expect(of('logit_margin')[2]).toBeCloseTo(Math.log(0.48 / 0.32), 12);
  const near = (value: number): unknown => expect.closeTo(value, 12);
  expect(of('overconfidence')).toEqual([near(-0.2), near(-0.28), near(0.48), Number.NaN, near(-0.2)]);
  expect(of('people_gap')).toEqual([near(-0.2), near(-0.03), near(0.48), Number.NaN, near(-0.2)]);
  expect(of('cross_entropy')[1]).toBeCloseTo(-0.75 * Math.log(0.72) - 0.25 * Math.log(0.08), 12);
  expect(of('cross_entropy')[3]).toBeNaN();
  // (0.75 - 0.72)^2 + (0.25 - 0.08)^2 + 0.2^2.
  expect(of('brier')[1]).toBeCloseTo(0.0698, 12);
  expect(of('brier')[3]).toBeNaN();
  expect(of('test_gap')[0]).toBeCloseTo(-0.1, 12);
  expect(of('curve_centre')[0]).toBeCloseTo(0.6, 1);
});
