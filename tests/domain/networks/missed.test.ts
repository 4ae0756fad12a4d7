import { expect, test } from 'vitest';
import { problemIn, UserError } from '../../../main/contract/wire/errors.ts';
import { missedText, missText, nearestText, wayOfMissing } from '../../../main/domain/networks/missed.ts';

test('how near a training came is said with two decimals', () => {
  expect(nearestText(95.83333333333333)).toBe('nearest 95.83 %');
  expect(nearestText(null)).toBe('');
  expect(
    missedText([
      { target: 98, nearestAccuracy: 97.926 },
      { target: 99, nearestAccuracy: null },
    ]),
  ).toBe('98 %, 99 %; nearest 97.93 %');
  expect(missText({ why: 'The epochs are over.', nearestAccuracy: 98.3 })).toBe('The epochs are over; nearest 98.30 %');
  expect(missText({ why: 'Over.', nearestAccuracy: null })).toBe('Over.');
});

test('a target was passed, or not reached; results of earlier versions tell by what came nearest', () => {
  const of = (nearestAccuracy: number, passed?: boolean) => [
    { target: 94, nearestAccuracy, ...(passed !== undefined && { passed }) },
  ];
  expect(wayOfMissing(of(93.1, true))).toBe('passed');
  expect(wayOfMissing(of(98.6, false))).toBe('below');
  expect([wayOfMissing(of(98.6)), wayOfMissing(of(93.1)), wayOfMissing(of(94))]).toEqual(['passed', 'below', 'below']);
  expect(wayOfMissing([{ target: 'loss 0.05', nearestAccuracy: null }])).toBe('other');
  expect(wayOfMissing([])).toBe('other');
});

test('a formatted error is taken apart; any other message is one sentence', () => {
  const error = new UserError('a.b', 'It is too large.', 'recipe.batch', 'Take a smaller one.');
  expect(problemIn(error.format())).toEqual({
    what: 'It is too large',
    where: 'recipe.batch',
    remedy: 'Take a smaller one',
  });
  expect(problemIn('diverged.\n at step 3\n')).toEqual({ what: 'diverged; at step 3', where: null, remedy: null });
});
