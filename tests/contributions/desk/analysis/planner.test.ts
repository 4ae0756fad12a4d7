import fc from 'fast-check';
import { expect, test } from 'vitest';
import { claimInterval } from '../../../../main/analysis/claims/claim-interval.ts';
import type { ImageInput } from '../../../../main/analysis/outcomes/input.ts';
import {
  assumedCorrelations,
  expectedDisagreement,
  unanimousAmong,
} from '../../../../main/contributions/desk/analysis/planner.ts';
import { studentQuantile } from '../../../../main/analysis/statistics/distributions.ts';
import { pairUnits, unitVariance } from '../../../../main/analysis/outcomes/units.ts';
import { layOutTrials } from '../../../../main/contributions/desk/analysis/order.ts';
import { paperPairs } from '../../../../main/domain/anchors/pair-design.ts';
import { layOutStimuli } from '../../../../main/domain/stimuli/stimulus-set.ts';

/** Pairs with anchors of their own, an image each. */
const apart = (pairs: number): ImageInput[] =>
  Array.from({ length: pairs }, (_, id) => ({
    id,
    pairI: 2 * id,
    pairJ: 2 * id + 1,
    alpha: 0.5,
  }));

const width = (point: { low: number | null; high: number | null } | undefined): number =>
  (point?.high ?? Number.NaN) - (point?.low ?? Number.NaN);

const steps = Array.from({ length: 11 }, (_, step) => step / 10);

/** The paper's images: 15 pairs of ten anchors, 11 images each. */
const paperImages = layOutStimuli(paperPairs, steps);

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

test('more people disagree more, more images make the interval narrower, and the basis is named', () => {
  const counts = [
    [5, 0, 0],
    [4, 1, 0],
    [2, 2, 1],
    [5, 0, 0],
  ];
  const points = expectedDisagreement({
    stimuli: apart(4),
    counts,
    people: [2, 3, 5, 8, 20],
    images: 165,
    perPerson: null,
    assumed: 0.2,
  });
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
  const more = expectedDisagreement({
    stimuli: apart(4),
    counts,
    people: [5],
    images: 1000,
    perPerson: null,
    assumed: 0.2,
  });
  expect(width(more[0])).toBeLessThan(width(points[2]));
  const nobody = expectedDisagreement({
    stimuli: paperImages,
    counts: [],
    people: [2, 10],
    images: 165,
    perPerson: null,
    assumed: 0.2,
  });
  expect(nobody[1]).toMatchObject({ basis: 'assumed', disagree: expect.closeTo(0.2, 12) });
});

test('ten people who label 83 of 165 images each: five or six labelers an image, values by hand', () => {
  const [ten] = expectedDisagreement({
    stimuli: paperImages,
    counts: [],
    people: [10],
    images: 165,
    perPerson: 83,
    assumed: 0.3,
  });
  // 830 labels: 160 images get five, 5 get six. Ambiguous are 0.3 / (9/11) = 0.3667 of all, on which five people divide
  // with chance 4/6 and six with 5/7.
  const share = (0.3 * 11) / 9;
  const disagree = (160 * share * (4 / 6) + 5 * share * (5 / 7)) / 165;
  expect(ten).toMatchObject({ people: 10, images: 165, labelers: { least: 5, most: 6 }, basis: 'assumed' });
  expect(ten?.disagree).toBeCloseTo(disagree, 12);
  // Two of them give an image two labelers at most, which one image gets; one of them gives none two.
  const few = expectedDisagreement({
    stimuli: paperImages,
    counts: [],
    people: [1, 2],
    images: 165,
    perPerson: 83,
    assumed: 0.3,
  });
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
  const points = expectedDisagreement({
    ...plan,
    stimuli: apart(2),
    counts: [row([3, 1]), row([2, 2])],
    perPerson: 10,
  });
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
        stimuli: images,
        counts: [],
        people: [people],
        images: images.length,
        perPerson,
        assumed: 0.2,
      });
      expect(found?.images ?? 0).toBe(told.length);
      if (!found) return;
      expect(found.labelers).toEqual({ least: Math.min(...told), most: Math.max(...told) });
    }),
  );
});

test('beyond the labels there are, shares stay as they are: by hand', () => {
  const counts = [
    [3, 1],
    [2, 2],
    [1, 0],
  ];
  const [four, six] = expectedDisagreement({
    stimuli: apart(3),
    counts,
    people: [4, 6],
    images: 50,
    perPerson: null,
    assumed: 0.2,
  });
  // The third image has one label and does not count. All four of both images disagree.
  expect(four).toMatchObject({ disagree: 1, basis: 'rarefied' });
  // With replacement it would be below 1: (1 - 0.75 ** 6 - 0.25 ** 6 + 1 - 2 * 0.5 ** 6) / 2. The exact value stays.
  expect(six).toMatchObject({ disagree: 1, basis: 'extrapolated' });
  const [three, five] = expectedDisagreement({
    stimuli: apart(4),
    counts: [
      [3, 0],
      [1, 2],
      [4, 0],
      [1, 3],
    ],
    people: [3, 5],
    images: 50,
    perPerson: null,
    assumed: 0.2,
  });
  // Three of four: 1 - C(3,3) / C(4,3) = 0.75.
  expect(three).toMatchObject({ disagree: expect.closeTo((0 + 1 + 0 + 0.75) / 4, 12), basis: 'rarefied' });
  const beyond = (1 - (1 / 3) ** 5 - (2 / 3) ** 5 + (1 - 0.25 ** 5 - 0.75 ** 5)) / 4;
  expect(five).toMatchObject({ disagree: expect.closeTo(Math.max(beyond, 1.75 / 4), 12), basis: 'extrapolated' });
});

test('shares of one image, and those beyond its labels that are larger than the exact ones', () => {
  const of = (counts: number[][], people: number[]) =>
    expectedDisagreement({
      stimuli: apart(counts.length),
      counts,
      people,
      images: 50,
      perPerson: null,
      assumed: 0.2,
    }).map(({ disagree }) => disagree);
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
  const [two, ten] = expectedDisagreement({
    stimuli: paperImages,
    counts: [],
    people: [2, 10],
    images: 10,
    perPerson: null,
    assumed: 0.9,
  });
  expect(two?.disagree).toBeCloseTo(1 / 3, 12);
  expect(ten?.disagree).toBeCloseTo(9 / 11, 12);
});

test('labels as the basis of images with different numbers of labelers', () => {
  const counts = [
    [2, 1],
    [3, 0],
  ];
  // 3 people label 7 of 10 images: 9 images get two, 1 gets three.
  const [mixed] = expectedDisagreement({
    stimuli: apart(2),
    counts,
    people: [3],
    images: 10,
    perPerson: 7,
    assumed: 0.2,
  });
  expect(mixed).toMatchObject({ images: 10, labelers: { least: 2, most: 3 }, basis: 'rarefied' });
  expect(mixed?.disagree).toBeCloseTo((9 * (2 / 3 / 2) + 1 * (1 / 2)) / 10, 12);
  // 5 label 7: 5 get three, 5 get four, which goes beyond the labels.
  const [more] = expectedDisagreement({
    stimuli: apart(2),
    counts,
    people: [5],
    images: 10,
    perPerson: 7,
    assumed: 0.2,
  });
  expect(more).toMatchObject({ labelers: { least: 3, most: 4 }, basis: 'extrapolated' });
  // Nobody labels more images than there are.
  expect(
    expectedDisagreement({ stimuli: apart(2), counts, people: [2], images: 10, perPerson: 99, assumed: 0.2 })[0],
  ).toMatchObject({
    images: 10,
    labelers: { least: 2, most: 2 },
  });
});

/** Labels of five people: 0 to 2 of them differ from the others, as many on each image of a pair as its place modulo 3. */
const uneven = paperImages.map(({ id, pairI }) => {
  const others = (id + pairI) % 3;
  return [5 - others, others];
});

test('as many images as there are: the interval of the claim `anchors` over the pairs', () => {
  const plan = { stimuli: paperImages, counts: uneven, images: 165, perPerson: null, assumed: 0.3 };
  const points = expectedDisagreement({ ...plan, people: [2, 5] });
  const units = pairUnits(paperImages);
  for (const [place, n] of [2, 5].entries()) {
    const means = units.pairs.map(
      (images) => images.reduce((sum, image) => sum + 1 - unanimousAmong(uneven[image]!, n), 0) / images.length,
    );
    const estimate = means.reduce((sum, value) => sum + value, 0) / 15;
    const influences = means.map((value) => value - estimate);
    const V = unitVariance(units, [influences])!;
    const { lo, hi } = claimInterval({ estimate, V, df: units.freedom! }, influences);
    expect(points[place]).toMatchObject({
      disagree: expect.closeTo(estimate, 12),
      noInterval: null,
      low: expect.closeTo(lo, 12),
      high: expect.closeTo(Math.min(1, hi), 12),
    });
  }
});

test('twice the images are twice the pairs: half the variance, and a t with more degrees of freedom', () => {
  const stimuli = apart(8);
  const counts = [0, 1, 1, 0, 0, 1, 1, 0].map((split) => [2 - split, split]);
  const plan = { stimuli, counts, people: [2], perPerson: null, assumed: 0.3 };
  const [as] = expectedDisagreement({ ...plan, images: 8 });
  const [twice] = expectedDisagreement({ ...plan, images: 16 });
  // Four of eight pairs: V = 8 * 0.25 / (8 * 7) = 1/28, without skew.
  expect(width(as)).toBeCloseTo(2 * studentQuantile(0.975, 7) * Math.sqrt(1 / 28), 12);
  expect(width(twice)).toBeCloseTo(2 * studentQuantile(0.975, 15) * Math.sqrt(1 / 56), 12);
});

test('images that fill fewer than two pairs, and one anchor in more than half of the pairs, have no interval', () => {
  const plan = { counts: [], people: [10], perPerson: null, assumed: 0.3 };
  const none = { low: null, high: null };
  expect(expectedDisagreement({ ...plan, stimuli: paperImages, images: 21 })[0]).toMatchObject({
    ...none,
    noInterval: 'one_pair',
  });
  expect(expectedDisagreement({ ...plan, stimuli: paperImages, images: 22 })[0]?.noInterval).toBeNull();
  expect(expectedDisagreement({ ...plan, stimuli: [], images: 165 })[0]).toMatchObject({
    ...none,
    noInterval: 'one_pair',
    disagree: expect.closeTo(0.3, 12),
  });
  const star = layOutStimuli([[0, 1] as const, [0, 2] as const, [3, 4] as const], steps);
  expect(expectedDisagreement({ ...plan, stimuli: star, images: 33 })[0]).toMatchObject({
    ...none,
    noInterval: 'one_anchor',
  });
});

test('a share of 0 has an upper end: 5 of the paper’s pairs share no anchor; pairs that are all alike have none', () => {
  const plan = { stimuli: paperImages, people: [2], images: 165, perPerson: null, assumed: 0.3 };
  const all = (row: number[]) => expectedDisagreement({ ...plan, counts: paperImages.map(() => row) })[0];
  // 1 - 0.05^(1/5).
  expect(all([3, 0])).toMatchObject({ disagree: 0, low: 0, high: expect.closeTo(0.45072, 5), noInterval: null });
  expect(all([1, 1])).toMatchObject({ disagree: 1, low: expect.closeTo(0.54928, 5), high: 1, noInterval: null });
  expect(all([2, 1])).toMatchObject({ low: null, high: null, noInterval: 'no_variation' });
  // Twice the images: ten such pairs (Hanley and Lippman-Hand 1983: 26 %).
  const [twice] = expectedDisagreement({ ...plan, images: 330, counts: paperImages.map(() => [3, 0]) });
  expect(twice?.high).toBeCloseTo(0.2589, 4);
});

test('without labels, the spread of pairs is that of the paper’s Figure 3', () => {
  // Images of each pair with more than one label in the figure (33 as transcribed; the paper says 32 of 165).
  const split = [3, 0, 0, 3, 1, 6, 0, 0, 2, 6, 4, 1, 4, 0, 3];
  const [P, m] = [split.length, 11];
  const p = split.reduce((sum, k) => sum + k, 0) / (P * m);
  const between = (m * split.reduce((sum, k) => sum + (k / m - p) ** 2, 0)) / (P - 1);
  const within = split.reduce((sum, k) => sum + k * (1 - k / m), 0) / (P * (m - 1));
  expect((between - within) / (between + (m - 1) * within)).toBeCloseTo(assumedCorrelations.images, 2);
  const [ten] = expectedDisagreement({
    stimuli: paperImages,
    counts: [],
    people: [10],
    images: 165,
    perPerson: null,
    assumed: 0.2,
  });
  // Each pair shares anchors with four others, which correlate by 0.15; Satterthwaite's 6.86 degrees of freedom.
  const V = ((0.2 * 0.8) / 15) * (0.16 + 0.84 / 11) * (1 + 4 * 0.15);
  expect(ten?.disagree).toBeCloseTo(0.2, 12);
  expect((ten?.high ?? 0) - 0.2).toBeCloseTo(
    studentQuantile(0.975, pairUnits(paperImages).freedom!) * Math.sqrt(V),
    12,
  );
});

test('an interval holds its share and stays within 0 and 1', () => {
  const rows = fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { minLength: 165, maxLength: 165 });
  fc.assert(
    fc.property(rows, fc.integer({ min: 2, max: 12 }), fc.integer({ min: 1, max: 400 }), (counts, people, images) => {
      const plan = { stimuli: paperImages, counts, people: [people], images, perPerson: null, assumed: 0.3 };
      for (const { low, high, disagree } of expectedDisagreement(plan)) {
        if (low === null || high === null) continue;
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(disagree + 1e-12);
        expect(high).toBeGreaterThanOrEqual(disagree - 1e-12);
      }
    }),
    { numRuns: 30 },
  );
});
