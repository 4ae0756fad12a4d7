import { expect, expectTypeOf, test } from 'vitest';
import { missing } from '../../../main/analysis/labels.ts';
import { cannotTellChoice } from '../../../main/contract/labeling/plan.ts';
import { answerKeys, toLabel, type Label } from '../../../main/domain/labeling/answers.ts';

test('the choice “can’t tell” never becomes a label, although the analysis writes a missing label as the same number', () => {
  expect(cannotTellChoice).toBe(missing);
  expect(toLabel(cannotTellChoice)).toBeNull();
  expect(toLabel(null)).toBeNull();
  expect([0, 1, 999].map(toLabel)).toEqual([0, 1, 999]);
});

test('a choice is no label for the compiler: only toLabel makes one', () => {
  expectTypeOf<number>().not.toExtend<Label>();
  expectTypeOf<typeof cannotTellChoice>().not.toExtend<Label>();
  expectTypeOf(toLabel).returns.toEqualTypeOf<Label | null>();
});

test('answers that are digits have their own keys, others the digits from 1 on, then letters', () => {
  expect(answerKeys(['0', '7'])).toEqual(['0', '7']);
  expect(answerKeys(['cat', 'dog'])).toEqual(['1', '2']);
  expect(answerKeys(Array.from({ length: 37 }, (_, index) => `class ${index}`)).slice(9)).toEqual([
    ...'0abcdefghijklmnopqrstuvwxyz',
    '',
  ]);
});
