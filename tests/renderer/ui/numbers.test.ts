import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toCsv, escapeFormula } from '../../../renderer/ui/export/csv.ts';
import { fileName } from '../../../renderer/client/files.ts';
import { cellAt, layoutGrid, moveIndex, cellPosition, visibleRange } from '../../../renderer/ui/images/grid-layout.ts';
import {
  formatBytes,
  formatCompact,
  formatCount,
  formatDuration,
  formatFixed,
  formatRemaining,
  formatPercent,
} from '../../../main/domain/numbers/format.ts';
import { findFlips, mostFrequentLabel, formatVotes } from '../../../renderer/ui/words/votes.ts';

describe('numbers on screen', () => {
  test('are written as people write them', () => {
    expect(formatFixed(-0.04, 1)).toBe('0.0');
    expect(formatFixed(-1.25, 1)).toBe('\u22121.3');
    expect(formatPercent(0.1515)).toBe('15.2\u00a0%');
    expect([12345, 0.01234, 3.2e-7, 1.5, 98, 250.04].map(formatCompact)).toEqual([
      '12,345',
      '0.0123',
      '3.2e\u22127',
      '1.5',
      '98',
      '250',
    ]);
    expect([400, 93_784, 3_725_000, 200_000_000].map(formatDuration)).toEqual([
      '400 ms',
      '1 min 34 s',
      '1 h 2 min',
      '2 days 7 h',
    ]);
    expect([10, 240, 7200].map((seconds) => formatRemaining({ seconds, low: seconds / 4, high: seconds * 4 }))).toEqual(
      ['under a minute left', 'about 4 min left', 'about 2 h left'],
    );
    expect([0, 999, 999_600, 1_234_567].map(formatBytes)).toEqual([
      '0\u00a0B',
      '999\u00a0B',
      '1.0\u00a0MB',
      '1.2\u00a0MB',
    ]);
    expect([formatCount(1, 'image'), formatCount(1200, 'image')]).toEqual(['1 image', '1,200 images']);
    expect([1, 10].map((count) => formatCount(count, 'class'))).toEqual(['1 class', '10 classes']);
    expect([formatCount(2, 'batch'), formatCount(2, 'box'), formatCount(2, 'other')]).toEqual([
      '2 batches',
      '2 boxes',
      '2 others',
    ]);
  });
});

describe('tables that leave the page', () => {
  test('no cell can begin a formula, and quotes are doubled', () => {
    const text = toCsv({
      columns: ['a', '=b'],
      rows: [
        ['=1+1', -2],
        ['say "x", y', null],
      ],
    });
    expect(text).toBe(`a,'=b\r\n'=1+1,-2\r\n"say ""x"", y",\r\n`);
  });

  test('whatever a name is, its cell is text to a spreadsheet', () => {
    fc.assert(fc.property(fc.string(), (name) => !/^[=+\-@\t\r]/.test(escapeFormula(name))));
  });

  test('files have names that every system takes', () => {
    expect(fileName('Loss, run 12')).toBe('loss-run-12');
    expect(fileName('../../<b>')).toBe('b');
    expect(fileName('///')).toBe('boundary');
  });
});

describe('the strip', () => {
  const votes = (three: number, eight: number): number[] => [0, 0, 0, three, 0, 0, 0, 0, eight];
  const classes = ['0', '1', '2', '3', '4', '5', '6', '7', '8'];

  test('flips stand between the images where the most frequent label changes', () => {
    expect(findFlips([votes(9, 0), votes(5, 4), null, votes(0, 9)])).toEqual([{ at: 2, from: 3, to: 8 }]);
  });

  test('a tie is no flip, and nobody asked is no label', () => {
    expect(findFlips([votes(0, 9), votes(4, 4), votes(1, 8)])).toEqual([]);
    expect(findFlips([votes(9, 0), votes(4, 4), votes(1, 8)])).toEqual([{ at: 1, from: 3, to: 8 }]);
    expect(mostFrequentLabel(null)).toBeNull();
    expect(mostFrequentLabel(votes(0, 0))).toBeNull();
  });

  test('says votes in words, as counts or as shares', () => {
    expect(formatVotes(votes(2, 7), classes)).toBe('8 × 7, 3 × 2');
    expect(formatVotes(votes(0.25, 0.75), classes)).toBe('8: 75 %, 3: 25 %');
    expect(formatVotes(null, classes)).toBe('no labels');
  });
});

describe('the grid', () => {
  const shape = { count: 20_000, columns: null, cell: 56, foot: 0, width: 1230, rowNames: 0, columnNames: false };
  const layout = layoutGrid(shape);

  test('every cell is found again at its place', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 19_999 }), (index) => {
        const { x, y } = cellPosition(layout, index);
        return cellAt(layout, shape.count, x + 20, y + 20) === index;
      }),
    );
  });

  test('the foot of a cell belongs to it, and lies over no image', () => {
    const footed = layoutGrid({ ...shape, foot: 14 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 19_999 }), (index) => {
        const { x, y } = cellPosition(footed, index);
        const below = cellPosition(footed, index + footed.columns).y;
        return cellAt(footed, shape.count, x + 20, y + 56 + 13) === index && below >= y + 56 + 14;
      }),
    );
    const [first, last] = visibleRange(footed, shape.count, 10_000, 400);
    expect(cellPosition(footed, first).y).toBeLessThanOrEqual(10_000);
    expect(cellPosition(footed, last).y).toBeGreaterThanOrEqual(10_400 - 74);
  });

  test('only what can be seen is drawn', () => {
    const [first, last] = visibleRange(layout, shape.count, 10_000, 400);
    expect(last - first).toBeLessThan(10 * layout.columns);
    expect(cellPosition(layout, first).y).toBeLessThanOrEqual(10_000);
    expect(cellPosition(layout, last).y).toBeGreaterThanOrEqual(10_340);
  });

  test('no key leads out of the grid', () => {
    const keys = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End', 'j', 'k'];
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.integer({ min: 0, max: 19_999 }), (key, index) => {
        const next = moveIndex(key, index, layout, shape.count, 5) ?? -1;
        return next >= 0 && next < shape.count;
      }),
    );
    expect(moveIndex('x', 3, layout, 10, 5)).toBeNull();
  });
});
