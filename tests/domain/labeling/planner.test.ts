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

test('beyond the labels there are, shares stay as they are: by hand', () => {
  const counts = [
    [3, 1],
    [2, 2],
    [1, 0],
  ];
  const [four, six] = expectedDisagreement({ counts, people: [4, 6], images: 50, perPerson: null, assumed: 0.2 });
  // The third image has one label and does not count. All four of both images disagree.
  expect(four).toMatchObject({ disagree: 1, basis: 'rarefied' });
  // With replacement it would be below 1: (1 - 0.75 ** 6 - 0.25 ** 6 + 1 - 2 * 0.5 ** 6) / 2. The exact value stays.
  expect(six).toMatchObject({ disagree: 1, basis: 'extrapolated' });
  const [three, five] = expectedDisagreement({
    ...{
      counts: [
        [3, 0],
        [1, 2],
        [4, 0],
        [1, 3],
      ],
      people: [3, 5],
    },
    ...{ images: 50, perPerson: null, assumed: 0.2 },
  });
  // Three of four: 1 - C(3,3) / C(4,3) = 0.75.
  expect(three).toMatchObject({ disagree: expect.closeTo((0 + 1 + 0 + 0.75) / 4, 12), basis: 'rarefied' });
  const beyond = (1 - (1 / 3) ** 5 - (2 / 3) ** 5 + (1 - 0.25 ** 5 - 0.75 ** 5)) / 4;
  expect(five).toMatchObject({ disagree: expect.closeTo(Math.max(beyond, 1.75 / 4), 12), basis: 'extrapolated' });
});

test('shares of one image, and those beyond its labels that are larger than the exact ones', () => {
  const of = (counts: number[][], people: number[]) =>
    expectedDisagreement({ counts, people, images: 50, perPerson: null, assumed: 0.2 }).map(({ disagree }) => disagree);
  expect(of([[3, 1]], [2, 4, 5])).toEqual([0.5, 1, 1].map((value) => expect.closeTo(value, 12)));
  // Two labels an image at least: exact up to 2, of all labels beyond.
  const counts = [
    [1, 1],
    [6, 2],
    [2, 0],
  ];
  const exact = (1 + (1 - (30 + 2) / 56) + 0) / 3;
  const beyond = (n: number) => (1 - 2 * 0.5 ** n + (1 - 0.75 ** n - 0.25 ** n) + 0) / 3;
  expect(of(counts, [2, 3, 8])).toEqual(
    [exact, Math.max(exact, beyond(3)), beyond(8)].map((value) => expect.closeTo(value, 12)),
  );
  expect(beyond(8)).toBeGreaterThan(exact);
});

test('without labels at most all images are ambiguous, and the share is that of the mean', () => {
  const [two, ten] = expectedDisagreement({ counts: [], people: [2, 10], images: 10, perPerson: null, assumed: 0.9 });
  expect(two?.disagree).toBeCloseTo(1 / 3, 12);
  expect(ten?.disagree).toBeCloseTo(9 / 11, 12);
  expect(ten?.width).toBeCloseTo((ten?.high ?? 0) - (ten?.low ?? 0), 12);
});

test('labels as the basis of images with different numbers of labelers', () => {
  const counts = [
    [2, 1],
    [3, 0],
  ];
  // 3 people label 7 of 10 images: 9 images get two, 1 gets three.
  const [mixed] = expectedDisagreement({ counts, people: [3], images: 10, perPerson: 7, assumed: 0.2 });
  expect(mixed).toMatchObject({ images: 10, labelers: { least: 2, most: 3 }, basis: 'rarefied' });
  expect(mixed?.disagree).toBeCloseTo((9 * (2 / 3 / 2) + 1 * (1 / 2)) / 10, 12);
  // 5 label 7: 5 get three, 5 get four, which goes beyond the labels.
  const [more] = expectedDisagreement({ counts, people: [5], images: 10, perPerson: 7, assumed: 0.2 });
  expect(more).toMatchObject({ labelers: { least: 3, most: 4 }, basis: 'extrapolated' });
  // Nobody labels more images than there are.
  expect(expectedDisagreement({ counts, people: [2], images: 10, perPerson: 99, assumed: 0.2 })[0]).toMatchObject({
    ...{ images: 10, labelers: { least: 2, most: 2 } },
  });
});

test('Wilson’s interval ends where its share ends', () => {
  expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
  expect(wilson(0, 1)).toEqual({ low: 0, high: expect.closeTo(0.7935, 4) });
  expect(wilson(1, 1)).toEqual({ low: expect.closeTo(0.2065, 4), high: 1 });
  expect(wilson(3, 3)).toEqual({ low: expect.closeTo(0.4385, 4), high: 1 });
  expect(wilson(1, 2)).toEqual({ low: expect.closeTo(0.0945, 4), high: expect.closeTo(0.9055, 4) });
  expect(wilson(0.5, 10)).toEqual({ low: expect.closeTo(0.00524, 5), high: expect.closeTo(0.34454, 5) });
});
