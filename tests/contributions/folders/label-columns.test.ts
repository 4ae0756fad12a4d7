import fc from 'fast-check';
import { expect, it } from 'vitest';
import { missing } from '../../../main/analysis/labels/labels.ts';
import { LabelColumns, noRow } from '../../../main/contributions/folders/tables/label-columns.ts';

it('holds labels that come in any order', () => {
  const cell = fc.record({ rater: fc.nat(3), image: fc.nat(300), label: fc.integer({ min: missing, max: 999 }) });
  fc.assert(
    fc.property(fc.array(cell, { maxLength: 200 }), fc.nat(300), (cells, images) => {
      const [columns, known] = [new LabelColumns(), new Map<string, number>()];
      for (let rater = 0; rater < 4; rater++) columns.addRater();
      for (const { rater, image, label } of cells) {
        const key = `${rater} ${image}`;
        expect(columns.set(rater, image, label)).toBe(!known.has(key));
        if (!known.has(key)) known.set(key, label);
      }
      const expected = [3, 0, 2].flatMap((rater) =>
        Array.from({ length: images }, (_, image) => known.get(`${rater} ${image}`) ?? missing),
      );
      expect([...columns.matrix([3, 0, 2], images)]).toEqual(expected);
      for (const rater of [0, 1, 2, 3]) {
        for (const image of [0, 1, 63, 64, 300]) {
          expect(columns.at(rater, image)).toBe(known.get(`${rater} ${image}`) ?? noRow);
        }
      }
    }),
  );
});

it('holds as many as come, one after another', () => {
  const columns = new LabelColumns();
  expect(columns.raters).toBe(0);
  columns.addRater();
  expect(columns.raters).toBe(1);
  for (let image = 0; image < 1000; image++) expect(columns.set(0, image, image)).toBe(true);
  expect([...columns.matrix([0], 1000)]).toEqual(Array.from({ length: 1000 }, (_, image) => image));
  expect(columns.matrix([], 1000)).toHaveLength(0);
});

it.each([
  [1_000_000, 100, false],
  [10_000, 10_000, false],
  [1_000_001, 1, true],
  [1_000_001, 0, true],
  [1, 10_001, true],
  [0, 10_001, true],
  [10_001, 10_000, true],
  [1_000_000, 101, true],
  [0, 0, false],
])('%i images times %i raters are too many: %j', (images, raters, tooLarge) => {
  expect(LabelColumns.tooLarge(images, raters)).toBe(tooLarge);
});
