import { expect, test } from 'vitest';
import { inTurn, togetherOn } from '../../main/domain/numbers/time-range.ts';

test('parts add up in turn, and share workers', () => {
  const part = { seconds: 10, low: 5, high: 20 };
  expect(inTurn([part, part])).toEqual({ seconds: 20, low: 10, high: 40 });
  // Three on two workers: at best 1.5 times as long as one, in fact twice.
  expect(togetherOn([part, part, part], 2)).toMatchObject({ low: 7.5, high: 40 });
  expect(togetherOn([part], 8)).toEqual(part);
  expect(togetherOn([], 2)).toEqual({ seconds: 0, low: 0, high: 0 });
});
