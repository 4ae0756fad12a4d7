import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fewestForInterval, type GroupKey, groupRows } from '../../main/analysis/statistics/group-rows.ts';
import { spread } from '../../main/analysis/statistics/spread.ts';
import { cases } from '../thorough.ts';

const row = fc.record({
  key: fc.oneof(fc.constantFrom('a', 'b10', 'b9'), fc.integer({ min: 0, max: 3 }), fc.constant(null)),
  x: fc.oneof(fc.constant(Number.NaN), fc.double({ min: -1000, max: 1000, noNaN: true })),
});
const rows = fc.array(row, { maxLength: 40 });
type Row = { key: GroupKey; x: number };

const grouped = (all: readonly Row[], order: { by: 'x' | 'key'; descending: boolean }) =>
  groupRows({ keys: all.map(({ key }) => key), columns: new Map([['x', all.map(({ x }) => x)] as const]) }, order);

/** 97.5 % quantiles of t with 2 to 9 degrees of freedom, from a printed table. */
const t = [4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004, 2.262157];

describe('rows under their groups', () => {
  test('are all there once, in their order, with those of the same key', () => {
    fc.assert(
      fc.property(rows, fc.boolean(), (all, descending) => {
        const groups = grouped(all, { by: 'x', descending });
        expect(groups.flatMap((group) => [...group.rows]).sort((a, b) => a - b)).toEqual(all.map((_, at) => at));
        expect(new Set(groups.map(({ key }) => key)).size).toBe(groups.length);
        for (const group of groups) {
          expect([...group.rows]).toEqual([...group.rows].sort((a, b) => a - b));
          expect([...group.rows].map((at) => all[at]?.key)).toEqual(Array(group.rows.length).fill(group.key));
        }
      }),
      { numRuns: cases(200) },
    );
  });

  test('have the mean and sample deviation of their numbers, and the interval of Student from three on', () => {
    fc.assert(
      fc.property(rows, (all) => {
        for (const { rows: members, means } of grouped(all, { by: 'key', descending: false })) {
          const values = [...members].map((at) => all[at]?.x ?? Number.NaN).filter((x) => !Number.isNaN(x));
          const expected = spread(values);
          expect(means.x?.n ?? 0).toBe(values.length);
          if (means.x === undefined) continue;
          const { n, mean, sd, lo, hi } = means.x;
          expect(mean).toBeCloseTo(expected.mean ?? Number.NaN, 8);
          if (expected.std_ddof1 === null) expect(sd).toBe(null);
          else expect(sd).toBeCloseTo(expected.std_ddof1, 8);
          if (n < fewestForInterval) expect([lo, hi]).toEqual([null, null]);
          const quantile = t[n - 3];
          if (n < fewestForInterval || quantile === undefined) continue;
          const half = (quantile * (sd ?? 0)) / Math.sqrt(n);
          expect([(hi ?? 0) - mean, mean - (lo ?? 0)].map((side) => side - half)).toEqual([
            expect.closeTo(0, 3),
            expect.closeTo(0, 3),
          ]);
        }
      }),
      { numRuns: cases(200) },
    );
  });

  test('are sorted by the mean, those without it and those without a key last', () => {
    fc.assert(
      fc.property(rows, fc.boolean(), (all, descending) => {
        const groups = grouped(all, { by: 'x', descending });
        const rank = (group: (typeof groups)[number]): number =>
          group.key === null ? 2 : group.means.x === undefined ? 1 : 0;
        expect(groups.map(rank)).toEqual(groups.map(rank).sort((a, b) => a - b));
        const found = groups.filter((group) => rank(group) === 0).map(({ means }) => means.x?.mean ?? 0);
        expect(found).toEqual(found.toSorted((a, b) => (descending ? b - a : a - b)));
      }),
      { numRuns: cases(200) },
    );
  });

  test('by key: numbers by size, names as they count, or as they are called', () => {
    const of = (keys: GroupKey[], descending = false, nameOf?: (key: string) => string) =>
      groupRows({ keys, columns: new Map() }, { by: 'key', descending, ...(nameOf && { nameOf }) }).map(
        ({ key }) => key,
      );
    expect(of([0.01, 256, null, 32, 128])).toEqual([0.01, 32, 128, 256, null]);
    expect(of([0.01, 256, null, 32], true)).toEqual([256, 32, 0.01, null]);
    expect(of(['M10', 'M9', 'm1', 'none'])).toEqual(['m1', 'M9', 'M10', 'none']);
    expect(of(['a', 'b'], false, (key) => ({ a: 'second', b: 'first' })[key] ?? '')).toEqual(['b', 'a']);
  });
});
