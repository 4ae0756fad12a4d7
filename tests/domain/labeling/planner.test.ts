import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planPeople, unanimousAmong } from '../../../main/domain/labeling/planner.ts';
import { wilson } from '../../../main/domain/labeling/wilson.ts';

/** All subsets of n of the people, each as likely. */
function bySubsets(labels: readonly number[], n: number): number {
  let [all, same] = [0, 0];
  for (let mask = 0; mask < 1 << labels.length; mask++) {
    const chosen = labels.filter((_, person) => mask & (1 << person));
    if (chosen.length !== n) continue;
    all += 1;
    if (new Set(chosen).size === 1) same += 1;
  }
  return same / all;
}

test('the rarefaction is the mean over all subsets of the people', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 9 }), fc.nat(7), (labels, more) => {
      const n = 2 + (more % (labels.length - 1));
      const counts = [0, 1, 2, 3].map((choice) => labels.filter((label) => label === choice).length);
      expect(unanimousAmong(counts, n)).toBeCloseTo(bySubsets(labels, n), 12);
    }),
  );
});

test('Wilson’s interval: values of the formula by hand, and its ends', () => {
  // 95 % for 15 of 50 (Newcombe 1998, method 3, computed with z = 1.95996): 0.1910 to 0.4375.
  expect(wilson(15, 50).low).toBeCloseTo(0.191, 3);
  expect(wilson(15, 50).high).toBeCloseTo(0.4375, 4);
  expect(wilson(0, 10)).toEqual({ low: 0, high: expect.closeTo(0.2775, 4) });
  expect(wilson(10, 10).high).toBe(1);
});

test('more people disagree more, more images make the interval narrower, and the basis is named', () => {
  const counts = [
    [5, 0, 0],
    [4, 1, 0],
    [2, 2, 1],
    [5, 0, 0],
  ];
  const points = planPeople({ counts, people: [2, 3, 5, 8, 20], images: 165, assumed: 0.2 });
  expect(points.map(({ basis }) => basis)).toEqual([
    'rarefied',
    'rarefied',
    'rarefied',
    'extrapolated',
    'extrapolated',
  ]);
  expect(points[2]?.disagree).toBe(0.5);
  points.slice(1).forEach((point, index) => {
    expect(point.disagree).toBeGreaterThanOrEqual(points[index]?.disagree ?? 1);
    expect(point.unanimous).toBeCloseTo(1 - point.disagree, 12);
  });
  const more = planPeople({ counts, people: [5], images: 1000, assumed: 0.2 });
  expect(more[0]?.width).toBeLessThan(points[2]?.width ?? 0);
  const nobody = planPeople({ counts: [], people: [2, 10], images: 165, assumed: 0.2 });
  expect(nobody[1]).toMatchObject({ basis: 'assumed', disagree: expect.closeTo(0.2, 12) });
});
