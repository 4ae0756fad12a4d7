import { expect, test } from 'vitest';
import { listed } from '../../main/contract/listed.ts';

test('names stand in a sentence, the first of many, and the others are counted', () => {
  expect(listed([])).toBe('');
  expect(listed(['a', 'b'], 2)).toBe('a, b');
  expect(listed(['a', 'b', 'c', 'd', 'e'], 2)).toBe('a, b and 3 more');
  expect(listed(Array.from({ length: 11 }, (_, index) => index + 1))).toBe('1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 1 more');
});
