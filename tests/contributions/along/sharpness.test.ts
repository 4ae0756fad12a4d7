import { describe, expect, test } from 'vitest';
import {
  crossingSlope,
  logitMargin,
  psychometricCurve,
  softmaxMargin,
  transitionWidth,
} from '../../../main/contributions/along/analysis/sharpness.ts';

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
