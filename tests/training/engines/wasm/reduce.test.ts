import fc from 'fast-check';
import { expect, it } from 'vitest';
import { expectClose, randomNumbers } from '../../conformance/compare.ts';
import { describeKernels } from './arena.ts';

/** Rows around the 128 that are added up at a time, and none. */
const sizes = fc.record({
  rows: fc.oneof(fc.nat(9), fc.constantFrom(127, 128, 129, 257)),
  columns: fc.integer({ min: 1, max: 21 }),
});

describeKernels('matrices and rows', (arena) => {
  const { kernels } = arena;

  it('sums of rows', () => {
    fc.assert(
      fc.property(sizes, ({ rows, columns }) => {
        const x = randomNumbers(rows * columns, 'x');
        const [from, to, scratch] = [arena.input(x), arena.result(columns), arena.scratch(4 * columns)];
        const [sums] = arena.run(() => kernels.sumRows(to, from, rows, columns, scratch));
        const expected = new Float64Array(columns);
        x.forEach((value, at) => {
          expected[at % columns]! += value;
        });
        expectClose(sums!, expected, 2e-5, 1);
      }),
    );
  });

  it('a row added to each', () => {
    fc.assert(
      fc.property(sizes, ({ rows, columns }) => {
        const [x, row] = [randomNumbers(rows * columns, 'x'), randomNumbers(columns, 'row')];
        const [atX, atRow, y] = [arena.input(x), arena.input(row), arena.result(x.length)];
        const expected = x.map((value, at) => Math.fround(value + row[at % columns]!));
        expect(arena.run(() => kernels.addRow(y, atX, atRow, rows, columns))).toEqual([expected]);
      }),
    );
  });
});
