import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../main/contract/wire/errors.ts';
import { type RehearsalPoint, rehearse } from '../../main/domain/plans/rehearsal.ts';

const paperPairs = '0-1 0-5 0-9 1-3 1-8 2-3 2-7 2-9 3-6 4-5 4-8 4-9 5-7 6-7 6-8'.split(' ');
const paperPoints: RehearsalPoint[] = paperPairs.flatMap((pair, row) =>
  Array.from({ length: 11 }, (_, column) => ({
    id: row * 11 + column,
    pairI: Number(pair[0]),
    pairJ: Number(pair[2]),
    alpha: column / 10,
  })),
);

/** Different labels of each image. */
const distinct = (labels: readonly number[][]): number[] =>
  paperPoints.map((_, image) => new Set(labels.map((own) => own[image])).size);

describe('rehearse', () => {
  it('disputes about 20 % of the images of the paper, over many seeds, with ten labelers', () => {
    const shares = Array.from({ length: 40 }, (_, seed) => {
      const { labels } = rehearse({ points: paperPoints, classes: 10, count: 10, seed });
      return distinct(labels).filter((count) => count > 1).length / paperPoints.length;
    });
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    expect(mean).toBeGreaterThan(0.17);
    expect(mean).toBeLessThan(0.23);
    expect(Math.min(...shares)).toBeGreaterThan(0.1);
    expect(Math.max(...shares)).toBeLessThan(0.35);
  });

  it('names the classes of the anchors at the ends, and third classes only now and then', () => {
    const { labels } = rehearse({ points: paperPoints, classes: 10, count: 100, seed: 3 });
    const ends = paperPoints.flatMap((point, image) => {
      if (point.alpha !== 0 && point.alpha !== 1) return [];
      const expected = point.alpha === 0 ? point.pairI : point.pairJ;
      return labels.map((own) => own[image] === expected);
    });
    expect(ends.filter(Boolean).length / ends.length).toBeGreaterThan(0.99);
    const third = labels.flatMap((own) =>
      own.filter((label, image) => label !== paperPoints[image]?.pairI && label !== paperPoints[image]?.pairJ),
    );
    expect(third.length / (100 * paperPoints.length)).toBeGreaterThan(0.002);
    expect(third.length / (100 * paperPoints.length)).toBeLessThan(0.05);
  });

  it('gives the same labels for the same seed, in whatever order the images come, and others for another seed', () => {
    const input = { points: paperPoints, classes: 10, count: 5, seed: 7 };
    const once = rehearse(input);
    expect(rehearse(input)).toEqual(once);
    const backwards = rehearse({ ...input, points: [...paperPoints].reverse() });
    expect(backwards.labels.map((own) => own.toReversed())).toEqual(once.labels);
    expect(rehearse({ ...input, seed: 8 }).labels).not.toEqual(once.labels);
  });

  it('keeps the existing labelers when more are added', () => {
    const few = rehearse({ points: paperPoints, classes: 10, count: 5, seed: 7 });
    const many = rehearse({ points: paperPoints, classes: 10, count: 12, seed: 7 });
    expect(many.labels.slice(0, 5)).toEqual(few.labels);
    expect(many.pseudonyms.slice(0, 2)).toEqual(['sim-01', 'sim-02']);
    expect(new Set(many.pseudonyms).size).toBe(12);
  });

  it('gives only existing classes, for any number of classes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 30 }),
        fc.nat(),
        fc.float({ min: 0, max: 1, noNaN: true }),
        (classes, seed, alpha) => {
          const points = [{ id: 4, pairI: 0, pairJ: classes - 1, alpha }];
          const { labels } = rehearse({ points, classes, count: 20, seed });
          for (const label of labels.flat())
            expect(label >= 0 && label < classes && Number.isInteger(label)).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('refuses images without a pair, and pairs of unknown classes, with a remedy', () => {
    const attempt = (point: Partial<RehearsalPoint>) => () =>
      rehearse({ points: [{ id: 17, pairI: 0, pairJ: 1, alpha: 0.5, ...point }], classes: 10, count: 1, seed: 1 });
    expect(attempt({ pairJ: null })).toThrow(UserError);
    expect(attempt({ alpha: null })).toThrow(expect.objectContaining({ code: 'rehearsal.no-pair', where: 'image 17' }));
    expect(attempt({ pairJ: 10 })).toThrow(expect.objectContaining({ code: 'rehearsal.class-out-of-range' }));
  });
});
