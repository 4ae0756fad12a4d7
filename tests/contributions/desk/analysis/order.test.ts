import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  layOutTrials,
  smallestDistance,
  smallestReturn,
  breakPositions,
  clearClass,
  practiceCount,
  type OrderRules,
} from '../../../../main/contributions/desk/analysis/order.ts';
import type { Trial } from '../../../../main/contributions/sessions/contract/plan.ts';
import { layOutStimuli, type Pair } from '../../../../main/domain/stimuli/stimulus-set.ts';

/** `pairs` pairs of a few classes at `alphas` equally spaced alphas. */
function stimuli(pairs: number, alphas: number) {
  const all = Array.from({ length: 8 }, (_, i) =>
    Array.from({ length: 7 - i }, (__, j) => [i, i + j + 1] as Pair),
  ).flat();
  return layOutStimuli(
    all.slice(0, pairs),
    Array.from({ length: alphas }, (_, step) => step / (alphas - 1)),
  );
}

const rules = (change: Partial<OrderRules> = {}): OrderRules => ({
  order: { seed: 1, apart: 3, blocks: 1 },
  perPerson: null,
  repeats: 0,
  repeatApart: 10,
  practice: 0,
  attention: 0,
  ...change,
});

const arbitrary = fc.record({
  pairs: fc.integer({ min: 1, max: 15 }),
  alphas: fc.integer({ min: 2, max: 11 }),
  seed: fc.integer({ min: 0, max: 0xffff_ffff }),
  apart: fc.integer({ min: 1, max: 5 }),
  blocks: fc.integer({ min: 1, max: 4 }),
  repeats: fc.integer({ min: 0, max: 12 }),
  repeatApart: fc.integer({ min: 1, max: 30 }),
  practice: fc.integer({ min: 0, max: 5 }),
  attention: fc.integer({ min: 0, max: 5 }),
  place: fc.integer({ min: 0, max: 40 }),
});

const of = (trials: readonly Trial[], kind: Trial['kind']): number[] =>
  trials.filter((trial) => trial.kind === kind).map(({ image }) => image);
const sorted = (ids: readonly number[]): number[] => ids.toSorted((a, b) => a - b);

test('practice of new plans shows different anchors, none twice in a row, where pairs share anchors', () => {
  const shownFirst = (practice: { practice?: 'different-anchors' }, seed: number, place: number): (number | null)[] => {
    const images = stimuli(15, 11);
    const order = { seed, apart: 3, blocks: 1, ...practice };
    return layOutTrials(images, rules({ practice: 5, order }), place)
      .slice(0, 6)
      .map(({ image }) => clearClass(images[image] ?? { pairI: 0, pairJ: 0, alpha: 0.5, id: 0 }));
  };
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), fc.integer({ min: 0, max: 9 }), (seed, place) => {
      const shown = shownFirst({ practice: 'different-anchors' }, seed, place);
      expect(new Set(shown.slice(0, 5)).size).toBe(5);
      expect(shown[5]).not.toBe(shown[4]);
    }),
  );
  // Plans of earlier versions keep their orders, and with them what they repeat.
  const seeds = Array.from({ length: 50 }, (_, seed) => seed);
  expect(seeds.some((seed) => new Set(shownFirst({}, seed, 0).slice(0, 5)).size < 5)).toBe(true);
});

test('every stimulus exactly once; repeats, practice and attention on top, as marked; the same seed, the same order', () => {
  fc.assert(
    fc.property(arbitrary, ({ pairs, alphas, place, seed, apart, blocks, ...rest }) => {
      const images = stimuli(pairs, alphas);
      const plan = rules({ ...rest, order: { seed, apart, blocks } });
      const trials = layOutTrials(images, plan, place);
      expect(sorted(of(trials, 'real'))).toEqual(images.map(({ id }) => id));
      const repeats = of(trials, 'repeat');
      expect(repeats).toHaveLength(Math.min(rest.repeats, images.length));
      expect(new Set(repeats).size).toBe(repeats.length);
      for (const image of repeats) {
        const first = trials.findIndex((trial) => trial.image === image && trial.kind === 'real');
        expect(trials.findIndex((trial) => trial.image === image && trial.kind === 'repeat')).toBeGreaterThan(first);
      }
      const clear = images.filter((image) => clearClass(image) !== null).length;
      expect(of(trials, 'attention')).toHaveLength(Math.min(rest.attention, clear));
      expect(practiceCount(trials)).toBe(Math.min(rest.practice, images.length));
      expect(trials.every(({ kind }, position) => (kind === 'practice') === position < practiceCount(trials))).toBe(
        true,
      );
      expect(layOutTrials(images, plan, place)).toEqual(trials);
    }),
    { numRuns: 60 },
  );
});

test('neighbors along alpha stay apart, in every order, wherever there are four pairs or more', () => {
  fc.assert(
    fc.property(
      fc.record({
        pairs: fc.integer({ min: 4, max: 15 }),
        alphas: fc.integer({ min: 3, max: 11 }),
        seed: fc.nat(),
        place: fc.nat(50),
      }),
      ({ pairs, alphas, seed, place }) => {
        const images = stimuli(pairs, alphas);
        const trials = layOutTrials(images, rules({ order: { seed, apart: 3, blocks: 1 } }), place);
        expect(smallestDistance(of(trials, 'real'), images, 3) ?? 3).toBe(3);
      },
    ),
    { numRuns: 60 },
  );
});

test('a single pair of five or more is never shown in neighbors one after another', () => {
  fc.assert(
    fc.property(fc.integer({ min: 5, max: 21 }), fc.nat(), (alphas, seed) => {
      const images = stimuli(1, alphas);
      const trials = layOutTrials(images, rules({ order: { seed, apart: 2, blocks: 1 } }), 0);
      expect(smallestDistance(of(trials, 'real'), images, 2)).toBe(2);
    }),
    { numRuns: 40 },
  );
});

test('a repeat keeps its distance where there is room', () => {
  const images = stimuli(15, 11);
  for (let place = 0; place < 20; place++) {
    const trials = layOutTrials(images, rules({ repeats: 20, repeatApart: 20, attention: 4 }), place);
    for (const image of of(trials, 'repeat')) {
      const at = trials.flatMap((trial, position) =>
        trial.image === image && trial.kind !== 'attention' ? [position] : [],
      );
      expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(20);
    }
  }
});

test('over as many labelers as an order has parts, each image is once in every part', () => {
  const images = stimuli(15, 11);
  const seen = new Map(images.map(({ id }) => [id, new Set<number>()]));
  for (let place = 8; place < 12; place++) {
    const trials = layOutTrials(images, rules({ order: { seed: 9, apart: 3, blocks: 4 } }), place);
    for (const { image, block } of trials) seen.get(image)?.add(block);
    expect(breakPositions(trials)).toHaveLength(3);
  }
  for (const blocks of seen.values()) expect([...blocks].sort()).toEqual([1, 2, 3, 4]);
});

test('shares are dealt so that any two images differ by one labeler at most', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 30 }),
      fc.nat(),
      (perPerson, people, seed) => {
        const images = stimuli(6, 11);
        const counts = new Map(images.map(({ id }) => [id, 0]));
        for (let place = 0; place < people; place++) {
          const trials = layOutTrials(images, rules({ perPerson, order: { seed, apart: 2, blocks: 1 } }), place);
          expect(trials).toHaveLength(Math.min(perPerson, images.length));
          for (const { image } of trials) counts.set(image, (counts.get(image) ?? 0) + 1);
        }
        expect(Math.max(...counts.values()) - Math.min(...counts.values())).toBeLessThanOrEqual(1);
      },
    ),
    { numRuns: 25 },
  );
});

test('where each labels a share, an image is in every block equally often or once more, and blocks are much alike', () => {
  fc.assert(
    fc.property(
      fc.record({
        perPerson: fc.integer({ min: 6, max: 60 }),
        blocks: fc.integer({ min: 2, max: 5 }),
        people: fc.integer({ min: 1, max: 60 }),
        seed: fc.nat(),
      }),
      ({ perPerson, blocks, people, seed }) => {
        const images = stimuli(6, 11);
        const seen = new Map(images.map(({ id }) => [id, new Array<number>(blocks).fill(0)]));
        for (let place = 0; place < people; place++) {
          const trials = layOutTrials(images, rules({ perPerson, order: { seed, apart: 1, blocks } }), place);
          const sizes = Array.from(
            { length: blocks },
            (_, index) => trials.filter(({ block }) => block === index + 1).length,
          );
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(3);
          for (const { image, block } of trials) {
            const counts = seen.get(image);
            if (counts) counts[block - 1] = (counts[block - 1] ?? 0) + 1;
          }
        }
        for (const counts of seen.values()) expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      },
    ),
    { numRuns: 40 },
  );
});

test.each([
  [2, 11],
  [3, 11],
  [4, 7],
])('repeats and attention trials of %i pairs at %i alphas keep the distances of all', (pairs, alphas) => {
  const images = stimuli(pairs, alphas);
  for (let place = 0; place < 40; place++) {
    const plan = rules({ repeats: 16, repeatApart: 20, attention: 4, order: { seed: 3, apart: 2, blocks: 1 } });
    const shown = layOutTrials(images, plan, place).map(({ image }) => image);
    expect(smallestDistance(shown, images, 2), `place ${place}`).toBe(2);
    expect(smallestReturn(shown, 2), `place ${place}`).toBe(2);
  }
});

test('no image comes twice in a row wherever there are others to put in between', () => {
  fc.assert(
    fc.property(arbitrary, ({ pairs, alphas, place, seed, apart, blocks, ...rest }) => {
      const images = stimuli(pairs, alphas);
      fc.pre(images.length >= 8);
      const shown = layOutTrials(images, rules({ ...rest, order: { seed, apart, blocks } }), place);
      expect(
        smallestReturn(
          shown.map(({ image }) => image),
          2,
        ),
      ).toBe(2);
    }),
    { numRuns: 60 },
  );
});

test('a distance that cannot be kept gives way, without a long search: it never takes minutes', () => {
  const images = stimuli(15, 11);
  const hash = createHash('sha256');
  for (const apart of [25, 30, 50]) {
    for (const place of [0, 1, 2]) {
      const plan = rules({
        order: { seed: 1, apart, blocks: 1 },
        repeats: 10,
        repeatApart: 20,
        practice: 3,
        attention: 3,
      });
      const trials = layOutTrials(images, plan, place);
      expect(sorted(of(trials, 'real'))).toEqual(images.map(({ id }) => id));
      expect(smallestDistance(of(trials, 'real'), images, apart)).toBeGreaterThanOrEqual(15);
      hash.update(JSON.stringify(trials));
    }
  }
  // Running studies compute their orders again.
  expect(hash.digest('hex').slice(0, 16)).toBe('2093427a3d623f3d');
});

test('alphas written with other digits are the same place: clear at the ends, and neighbors in an order', () => {
  const pair = { pairI: 2, pairJ: 5 };
  expect(clearClass({ id: 0, ...pair, alpha: 1e-9 })).toBe(2);
  expect(clearClass({ id: 1, ...pair, alpha: 1 - 1e-9 })).toBe(5);
  expect(clearClass({ id: 2, ...pair, alpha: 0.001 })).toBeNull();
  // 0.3 and 0.1 + 0.2 are one step, so 0.4 is the next one of both.
  const images = [0.3, 0.1 + 0.2, 0.4].map((alpha, id) => ({ id, ...pair, alpha }));
  expect(smallestDistance([0, 7, 8, 2], images, 5)).toBe(3);
});

test('distances of neighbors and returns by hand', () => {
  const images = [
    { id: 0, pairI: 0, pairJ: 1, alpha: 0 },
    { id: 1, pairI: 0, pairJ: 1, alpha: 0.5 },
    { id: 2, pairI: 0, pairJ: 1, alpha: 1 },
    { id: 3, pairI: 0, pairJ: 2, alpha: 0.5 },
    { id: 4, pairI: 1, pairJ: 2, alpha: 0.5 },
  ];
  expect(smallestDistance([0, 1], images, 5)).toBe(1);
  expect(smallestDistance([0, 2, 3, 1], images, 5)).toBe(2);
  expect(smallestDistance([1, 3, 4, 2], images, 5)).toBe(3);
  expect(smallestDistance([1, 3, 4, 2], images, 2)).toBe(2);
  // Two steps apart are neighbors only where nothing between them is shown; other pairs have none.
  expect(smallestDistance([0, 2], images, 7)).toBe(1);
  expect(smallestDistance([1, 3, 4, 0, 2], images, 7)).toBe(3);
  expect(smallestDistance([0, 3, 4], images, 7)).toBeNull();
  expect(smallestDistance([], images, 7)).toBeNull();
  expect(smallestReturn([5, 6, 5, 7, 7], 9)).toBe(1);
  expect(smallestReturn([5, 6, 7, 5], 9)).toBe(3);
  expect(smallestReturn([5, 6, 7, 5], 2)).toBe(2);
  expect(smallestReturn([5, 6], 9)).toBe(9);
});

test('breaks stand before the first trial of each later block; all may be practice', () => {
  const trials = [1, 1, 2, 2, 3].map((block, image): Trial => ({ image, kind: 'real', block }));
  expect(breakPositions(trials)).toEqual([2, 4]);
  expect(breakPositions([])).toEqual([]);
  expect(practiceCount(trials)).toBe(0);
  expect(practiceCount(trials.map((trial, at) => ({ ...trial, kind: at < 2 ? 'practice' : 'real' })))).toBe(2);
  expect(practiceCount(trials.map((trial) => ({ ...trial, kind: 'practice' })))).toBe(5);
});
