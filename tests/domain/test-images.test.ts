import { expect, test } from 'vitest';
import { rehearse } from '../../main/domain/plans/rehearsal.ts';
import { testImagesText } from '../../main/domain/numbers/format.ts';
import { chooseTestImages } from '../../main/domain/anchors/test-images.ts';

/** Classes of 5, 2 and 4 images. */
const members = [
  [0, 3, 6, 9, 10],
  [1, 4],
  [2, 5, 7, 8],
];

test('all images, and listed ones, come in the order of the test part', () => {
  expect(chooseTestImages({ kind: 'all' }, { members })).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(chooseTestImages({ kind: 'listed', positions: [7, 0, 4] }, { members })).toEqual([0, 4, 7]);
  for (const positions of [
    [3, 11],
    [2, 5, 2],
  ]) {
    expect(() => chooseTestImages({ kind: 'listed', positions }, { members })).toThrow(
      /no test image 11|2 is listed twice/,
    );
  }
});

test('a sample has as many images of each class as there are, as near as that goes, and the seed decides', () => {
  const drawn = (count: number, seed: number) => chooseTestImages({ kind: 'sample', count, seed }, { members });
  const counts = (count: number, seed = 1) =>
    members.map((own) => drawn(count, seed).filter((position) => own.includes(position)).length);
  expect(counts(6)).toEqual([2, 2, 2]);
  expect(counts(9).toSorted()).toEqual([2, 3, 4]);
  expect(counts(11)).toEqual([5, 2, 4]);
  expect(drawn(6, 1)).toEqual(drawn(6, 1));
  expect(new Set([1, 2, 3, 4, 5].map((seed) => drawn(6, seed).join())).size).toBeGreaterThan(1);
  // Which class has one more is drawn, too.
  expect(new Set([1, 2, 3, 4, 5, 6, 7, 8].map((seed) => counts(4, seed).join())).size).toBeGreaterThan(1);
  expect(() => drawn(12, 1)).toThrow('12 test images are asked for, and the data set has 11');
});

test('the hardest are those that the reference is least sure of, and the first of equal ones', () => {
  const confidence = [0.9, 0.4, 0.4, 0.99, 0.4, 0.7, 1, 1, 1, 1, 0.2];
  expect(chooseTestImages({ kind: 'hardest', count: 3 }, { members, confidence })).toEqual([1, 2, 10]);
  expect(() => chooseTestImages({ kind: 'hardest', count: 3 }, { members })).toThrow('was not asked');
});

test('a choice has a name', () => {
  expect(testImagesText({ kind: 'sample', count: 500, seed: 1 }, 'first')).toBe('A sample of 500 test images');
  expect(testImagesText({ kind: 'listed', positions: [1] })).toBe('1 chosen test image');
});

test('simulated labelers name the true class of an image without a pair, and on some images another one', () => {
  const points = Array.from({ length: 400 }, (_, id) => ({
    id: 3 * id,
    pairI: null,
    pairJ: null,
    alpha: null,
    truth: id % 3,
  }));
  const { labels } = rehearse({ points, classes: 3, count: 10, seed: 1 });
  const right = points.map(({ truth }, n) => labels.filter((own) => own[n] === truth).length);
  const unanimous = right.filter((count) => count === 10).length;
  expect(unanimous).toBeGreaterThan(240);
  expect(unanimous).toBeLessThan(360);
  // Whoever errs on an image errs towards one class, but for slips.
  const split = points.filter((_, n) => new Set(labels.map((own) => own[n])).size === 3).length;
  expect(split).toBeLessThan(10);
  const one = rehearse({ points: points.slice(5, 6), classes: 3, count: 10, seed: 1 });
  expect(one.labels.flat().every((label) => label >= 0 && label < 3)).toBe(true);
  expect(() => rehearse({ points: [{ ...points[0]!, truth: null }], classes: 3, count: 1, seed: 1 })).toThrow(
    /or its true class/,
  );
  expect(() => rehearse({ points: [{ ...points[0]!, truth: 3 }], classes: 3, count: 1, seed: 1 })).toThrow(/unknown/);
});
