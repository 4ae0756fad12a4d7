import { describe, expect, test } from 'vitest';
import { markdownTable, threeDigits } from './table.ts';

describe('a table', () => {
  test('is aligned Markdown', () => {
    const table = markdownTable(['', 'ms'], [['MLP step', '5.1']]);
    expect(table).toBe(['|          |  ms |', '| -------- | --: |', '| MLP step | 5.1 |'].join('\n'));
  });

  test('fills short rows and keeps bars within their cell', () => {
    const [, , row] = markdownTable(['a', 'b'], [['x|y']]).split('\n');
    expect(row).toBe('| x\\|y |     |');
  });
});

test('numbers have three digits', () => {
  expect([0.01234, 1.234, 12.34, 123.4, 12_345.6, 0].map(threeDigits)).toEqual([
    '0.0123',
    '1.23',
    '12.3',
    '123',
    '12,346',
    '0',
  ]);
  expect(threeDigits(Number.NaN)).toBe('-');
});
