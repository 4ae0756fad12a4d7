import { expect, test } from 'vitest';
import { formatNames } from '../../main/domain/format.ts';

test('names stand in a sentence, the first of many, and the others are counted', () => {
  expect(formatNames([])).toBe('');
  expect(formatNames(['a', 'b'], 2)).toBe('a, b');
  expect(formatNames(['a', 'b', 'c', 'd', 'e'], 2)).toBe('a, b and 3 more');
  expect(formatNames(Array.from({ length: 11 }, (_, index) => index + 1))).toBe(
    '1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 1 more',
  );
});
