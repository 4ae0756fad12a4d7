import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { labelCounts } from '../../../main/analysis/labels/labels.ts';
import { pairUnits } from '../../../main/analysis/outcomes/units.ts';
import {
  imagesWith,
  mostCurvePoints,
  rarefy,
  rarefyTypes,
  rarefyWhere,
} from '../../../main/contributions/subsampling/analysis/rarefaction.ts';
import { matrix, rowsOf } from '../../analysis/rater-rows.ts';

describe('curves', () => {
  /** All ways to choose r of the raters. */
  const subsets = (n: number, r: number): number[][] =>
    r === 0 ? [[]] : Array.from({ length: n }, (_, last) => subsets(last, r - 1).map((rest) => [...rest, last])).flat();

  it('is the mean over all subsets of raters', () => {
    fc.assert(
      fc.property(rowsOf({ min: 1, max: 5 }, 0), ({ classes, rows }) => {
        const images = rows[0]!.map((_, image) => image);
        const { disagree, distinct } = rarefy(labelCounts(matrix(rows, classes)), rows.length);
        for (let r = 1; r <= rows.length; r++) {
          const all = subsets(rows.length, r).flatMap((subset) =>
            images.map((image) => new Set(subset.map((rater) => rows[rater]![image])).size),
          );
          const mean = (of: (size: number) => number): number =>
            all.reduce((sum, size) => sum + of(size), 0) / all.length;
          expect(distinct.values[r - 1]).toBeCloseTo(
            mean((size) => size),
            9,
          );
          expect(disagree.values[r - 1]).toBeCloseTo(100 * mean((size) => (size > 1 ? 1 : 0)), 9);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('counts types among the images with that number of labels', () => {
    const labels = labelCounts(
      matrix(
        [
          [0, 0, 0],
          [0, 1, -1],
        ],
        2,
      ),
    );
    expect(rarefyWhere(labels, 2, 'split', () => true).values).toEqual([0, 50]);
    expect(imagesWith(labels, 2)).toEqual([3, 2]);
    expect(rarefyWhere(labels, 2, 'agree', (image) => image === 0).values).toEqual([100 / 3, 50]);
    expect(rarefyWhere(labels, 3, 'split', (image) => (image === 2 ? true : null)).values).toEqual([0, null, null]);
    expect(imagesWith(labels, 3, (image) => image === 2)).toEqual([1, 0, 0]);
  });
});

test('curves of few labels by hand', () => {
  // Labels 0,0,1 and 0,0 and none.
  const values = Int16Array.of(0, 0, -1, 0, 0, -1, 1, -1, -1);
  const counts = labelCounts({ raters: 3, images: 3, classes: 2, values });
  const { disagree, distinct } = rarefy(counts, 3);
  expect(disagree.values).toEqual([0, 100 / 3, 100].map((value) => expect.closeTo(value, 10)));
  expect(distinct.values).toEqual([1, (1 + 2 / 3 + 1) / 2, 2].map((value) => expect.closeTo(value, 10)));
  expect(imagesWith(counts, 4)).toEqual([2, 2, 1, 0]);
  expect(imagesWith(counts, 3, (image) => image === 1)).toEqual([1, 1, 0]);
});

test('curves and types at a number of labelers take no longer for images with very many labels', () => {
  const images = Array.from({ length: 40 }, (_, id) => ({ id, pairI: id % 5, pairJ: 9, alpha: id / 40 }));
  const counts = Uint32Array.from(
    images.flatMap(({ id }) =>
      new Array<number>(10)
        .fill(0)
        .with(id % 5, 900_000)
        .with(9, 100_000),
    ),
  );
  const labels = { images: 40, classes: 10, counts, present: new Uint32Array(40).fill(1_000_000) };
  const pairs = { images, units: pairUnits(images) };
  const { a, c } = rarefyTypes(labels, 10, 'people', () => true, pairs);
  expect(a.values).toHaveLength(10);
  expect(a.values[9]).toBeCloseTo(100 * (0.9 ** 10 + 0.1 ** 10), 3);
  expect(c.values[9]).toBe(0);
  expect(rarefy(labels, mostCurvePoints, pairs).disagree.values).toHaveLength(mostCurvePoints);
});
