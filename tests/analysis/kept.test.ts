/**
 * The numbers of random studies stay what they are: a change of a measure, wanted or not, shows here. Whether they are
 * right is told by the other tests of this folder.
 */
import { alongPart } from '../../main/contributions/along/analysis/part.ts';
import { expect, test } from 'vitest';
import { orderBySimilarity } from '../../main/analysis/raters/agreement.ts';
import { consistencyPart } from '../../main/contributions/consistency/analysis/part.ts';
import { analyze, specLayout } from '../../main/analysis/groups/analyze.ts';
import { crossingInterval } from '../../main/contributions/along/analysis/flip-point.ts';
import { withoutCorrelations } from './same.ts';
import { randomStream } from '../../main/domain/random/random.ts';
import { hash, randomStudy, type Shape, usual } from './random-study.ts';

test.each<[string, Shape]>([
  ['2d9e3efd639a 4737e650e756', usual],
  ['3a030e8c7cc6 bdcfd7905349', { ...usual, missing: 0, people: 2 }],
  ['bff25d40f06e 49ff6a687780', { ...usual, missing: 0.6, people: 7, alphas: 5 }],
  ['b292a020c729 649ad3f44dbe', { ...usual, classes: 12, pairs: 11, alphas: 4, people: 4 }],
  ['11947c2f4074 4bab4cc94cf0', { ...usual, pairs: 3, models: 3, repeats: 3 }],
  ['c9a14ebf753a 6f0c01bc661c', { ...usual, classes: 2, pairs: 1, alphas: 21, people: 9, models: 4 }],
  ['88b45c81f3a8 ece739b69a9f', { ...usual, people: 1 }],
  ['166ab3c614b1 99bc518d6821', { ...usual, people: 0, pairs: 2 }],
  ['d350274572fd f7b3dfd927fc', { ...usual, models: 0 }],
  ['1d142e531357 e514b3469614', { ...usual, models: 1, pairs: 2 }],
  ['b6b1ae5ff22f a2b2e298dc39', { ...usual, classes: 3, pairs: 2, alphas: 2, people: 3 }],
  ['bcb2a5a7b78d 3f2533e68983', { ...usual, classes: 7, pairs: 20, alphas: 3, people: 6 }],
])('study %#: %s', (kept, shape) => {
  const analysis = analyze(randomStudy(shape.people + 10 * shape.models, shape), {
    parts: [alongPart, consistencyPart],
  });
  const intervals = [analysis.humans, ...Object.values(analysis.diverse)].map((part) =>
    withoutCorrelations(part.intervals),
  );
  expect([hash(specLayout(analysis)), hash(intervals)].join(' ')).toBe(kept);
});

test('similar raters stand side by side', () => {
  const similarity = (rows: (number | null)[][]) =>
    rows.map((row, a) => rows.map((other, b) => (a < b ? row[b] : a > b ? other[a] : 1) ?? null));
  // 0 and 2 are alike, 1 and 3 more so: the tighter branch first.
  const four = similarity([
    [1, 0.1, 0.8, 0.2],
    [0, 1, 0.1, 0.9],
    [0, 0, 1, 0.3],
    [0, 0, 0, 1],
  ]);
  expect(orderBySimilarity(four)).toEqual([1, 3, 0, 2]);
  const random = randomStream(4, 'similarity');
  const orders = Array.from({ length: 12 }, (_, n) => {
    const rows = Array.from({ length: n }, () =>
      Array.from({ length: n }, () => (random.int(9) === 0 ? null : random.int(20) / 10 - 1)),
    );
    return orderBySimilarity(similarity(rows));
  });
  orders.forEach((order, n) => expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, k) => k)));
  expect(hash(orders)).toBe('4607da79e93f');
});

test('the interval of a crossing, and where there is none', () => {
  const random = randomStream(8, 'crossing');
  const alphas = [0, 0.25, 0.5, 0.75, 1];
  const rater = (): Float64Array =>
    Float64Array.from(alphas, (alpha) =>
      random.int(8) === 0 ? Number.NaN : Math.sign(alpha - 0.3 - 0.3 * random.float()),
    );
  const raters = Array.from({ length: 6 }, rater);
  expect(hash(crossingInterval(alphas, raters))).toBe('b86dec2bdcfb');
  expect(crossingInterval(alphas, raters.slice(0, 1))).toBeNull();
  expect(crossingInterval(alphas, raters.slice(0, 2))?.units).toBe(2);
  // 1e8 additions are possible, more are not: 20 raters at 5,000 places, a thousand times.
  const many = (places: number) =>
    crossingInterval(new Array<number>(places).fill(0.5), new Array(20).fill(new Float64Array(places)));
  expect(many(5001)).toBeNull();
});
