import { expect, test } from 'vitest';
import { mostDisagreed } from '../../../main/contributions/answers/disagreement/most-disagreed.ts';

test('images on which people disagree most are those of the highest entropy, and the first of equal ones', () => {
  const entropies = [
    [0, 1],
    [1, 0],
    [3, 1.5],
    [4, 1],
    [8, 0.4],
  ] as const;
  expect(mostDisagreed(entropies, { count: 2 })).toEqual({ positions: [0, 3], lowest: 1 });
  expect(mostDisagreed(entropies, { bits: 1 })).toEqual({ positions: [0, 3, 4], lowest: 1 });
  expect(mostDisagreed(entropies, { count: 4 }).positions).toEqual([0, 3, 4, 8]);
  expect(() => mostDisagreed(entropies, { count: 5 })).toThrow('people disagree on 4 of the 5 that they labeled');
  expect(() => mostDisagreed(entropies, { bits: 1.6 })).toThrow('1.6 bits or more');
});
