import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectedDisagreement, unanimousAmong } from '../../../main/domain/labeling/planner.ts';
import { layOutTrials } from '../../../main/domain/labeling/order.ts';
import { wilson } from '../../../main/domain/labeling/wilson.ts';
import { layOutStimuli } from '../../../main/domain/stimulus-set.ts';

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
  const points = expectedDisagreement({ counts, people: [2, 3, 5, 8, 20], images: 165, perPerson: null, assumed: 0.2 });
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
  const more = expectedDisagreement({ counts, people: [5], images: 1000, perPerson: null, assumed: 0.2 });
  expect(more[0]?.width).toBeLessThan(points[2]?.width ?? 0);
  const nobody = expectedDisagreement({ counts: [], people: [2, 10], images: 165, perPerson: null, assumed: 0.2 });
  expect(nobody[1]).toMatchObject({ basis: 'assumed', disagree: expect.closeTo(0.2, 12) });
});

test('ten people who label 83 of 165 images each: five or six labelers an image, values by hand', () => {
  const [ten] = expectedDisagreement({ counts: [], people: [10], images: 165, perPerson: 83, assumed: 0.3 });
  // 830 labels: 160 images get five, 5 get six. Ambiguous are 0.3 / (9/11) = 0.3667 of all, on which five people divide
  // with chance 4/6 and six with 5/7.
  const share = (0.3 * 11) / 9;
  const disagree = (160 * share * (4 / 6) + 5 * share * (5 / 7)) / 165;
  expect(ten).toMatchObject({ people: 10, images: 165, labelers: { least: 5, most: 6 }, basis: 'assumed' });
  expect(ten?.disagree).toBeCloseTo(disagree, 12);
  const { low, high } = wilson(disagree * 165, 165);
  expect(ten).toMatchObject({ low: expect.closeTo(low, 12), high: expect.closeTo(high, 12) });
  // Two of them give an image two labelers at most, which one image gets; one of them gives none two.
  const few = expectedDisagreement({ counts: [], people: [1, 2], images: 165, perPerson: 83, assumed: 0.3 });
  expect(few.map(({ people, images, labelers }) => ({ people, images, labelers }))).toEqual([
    { people: 2, images: 1, labelers: { least: 2, most: 2 } },
  ]);
});

test('the mean over all images is taken once for each number of labelers, however many people are planned', () => {
  let looks = 0;
  const row = (labels: number[]): number[] =>
    new Proxy(labels, {
      get: (target, key, self) => {
        if (key === 'reduce') looks += 1;
        return Reflect.get(target, key, self) as unknown;
      },
    });
  const plan = { people: Array.from({ length: 999 }, (_, index) => index + 2), images: 1000, assumed: 0.2 };
  const points = expectedDisagreement({ ...plan, counts: [row([3, 1]), row([2, 2])], perPerson: 10 });
  // From 101 people on, images have two to eleven labelers.
  expect(points).toHaveLength(900);
  expect(looks).toBeLessThan(100);
});

test('the images and labelers planned are those that the orders deal', () => {
  const pairs = [[0, 1] as const, [0, 2] as const, [1, 2] as const];
  const rules = { order: { seed: 5, apart: 1, blocks: 1 }, repeats: 0, repeatApart: 1, practice: 0, attention: 0 };
  const cases = fc.record({
    alphas: fc.integer({ min: 2, max: 8 }),
    people: fc.integer({ min: 1, max: 12 }),
    perPerson: fc.option(fc.integer({ min: 1, max: 30 })),
  });
  fc.assert(
    fc.property(cases, ({ alphas, people, perPerson }) => {
      const images = layOutStimuli(
        pairs,
        Array.from({ length: alphas }, (_, index) => index / (alphas - 1)),
      );
      const labelers = new Map<number, number>();
      for (let place = 0; place < people; place++) {
        for (const { image } of layOutTrials(images, { ...rules, perPerson }, place)) {
          labelers.set(image, (labelers.get(image) ?? 0) + 1);
        }
      }
      const told = [...labelers.values()].filter((count) => count >= 2);
      const [found] = expectedDisagreement({
        counts: [],
        people: [people],
        images: images.length,
        perPerson,
        assumed: 0.2,
      });
      expect(found?.images ?? 0).toBe(told.length);
      if (!found) return;
      expect(found.labelers).toEqual({ least: Math.min(...told), most: Math.max(...told) });
      expect(found).toMatchObject(wilson(found.disagree * told.length, told.length));
    }),
  );
});
