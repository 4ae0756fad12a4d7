import { expect, test } from 'vitest';
import { missing } from '../../../main/analysis/labels/labels.ts';
import { findOutcome } from '../../../main/contributions/effects/analysis/outcomes.ts';
import { type OutcomeData, outcomeValues } from '../../../main/contributions/effects/analysis/values.ts';

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
