import { describe, expect, expectTypeOf, test } from 'vitest';
import { missing } from '../../../../main/analysis/labels/labels.ts';
import { cannotTellChoice } from '../../../../main/contract/labeling/choice.ts';
import {
  answerKeys,
  findKeyProblem,
  proposeKeys,
  toLabel,
  type Label,
} from '../../../../main/contributions/desk/analysis/choices.ts';

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

test('plans of earlier versions keep their keys: digits for digits, otherwise digits from 1 on, then letters', () => {
  expect(answerKeys({ names: ['0', '7'] })).toEqual(['0', '7']);
  expect(answerKeys({ names: ['cat', 'dog'] })).toEqual(['1', '2']);
  const names = Array.from({ length: 37 }, (_, index) => `class ${index}`);
  expect(answerKeys({ names }).slice(9)).toEqual([...'0abcdefghijklmnopqrstuvwxyz', '']);
  expect(answerKeys({ names: ['cat', 'dog'], keys: ['c', 'd'] })).toEqual(['c', 'd']);
});

describe('proposed keys', () => {
  const cifar = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];

  test.each([
    ['digits', ['0', '1', '7'], ['0', '1', '7']],
    ['the first letter, else another letter of the name', cifar, [...'aubcdofhst']],
    ['the first letter of another word before other letters', ['polar bear', 'panda'], ['p', 'a']],
    ['the words that names do not share', ['class A', 'class B', 'class 7'], ['a', 'b', '7']],
    ['accents are dropped; other scripts get the next free key', ['Émeu', '猫', 'كلب', '🐈'], ['e', '1', '2', '3']],
    ['a first letter belongs to a name that begins with it', ['axe', 'ant', 'now'], ['a', 't', 'n']],
  ])('%s', (_, names, keys) => {
    expect(proposeKeys(names)).toEqual(keys);
  });

  test('more than 36 answers have two keys each: the first letter and another one', () => {
    const animals = ['antelope', 'polar bear', 'panda', 'ox', 'owl', 'o', '猫'];
    expect(proposeKeys(animals, 2)).toEqual(['an', 'pb', 'pa', 'ox', 'ow', 'o1', '11']);
    const numbers = Array.from({ length: 100 }, (_, index) => String(index));
    expect(proposeKeys(numbers).slice(8, 12)).toEqual(['08', '09', '10', '11']);
  });

  test.each([2, 36, 37, 100, 256, 1000])('are different and valid for %d classes', (count) => {
    for (const name of [(n: number) => `class ${n}`, (n: number) => `${'xyz'[n % 3]}-${n}`, () => '猫']) {
      const names = Array.from({ length: count }, (_, index) => name(index));
      expect(findKeyProblem({ names, keys: proposeKeys(names) })).toBeNull();
    }
  });
});

test.each([
  [['a'], 'There are 2 answers, but keys for 1.'],
  [['a', ''], 'The answer “dog” has no key.'],
  [['a', '.'], '“.” is not a key: use letters or digits.'],
  [['a', 'B'], '“B” is not a key: use letters or digits.'],
  [['a', 'bc'], 'All answers need one key, or all need two.'],
  [['a', 'a'], 'Two answers have the key “a”.'],
])('keys %j cannot be used', (keys, problem) => {
  expect(findKeyProblem({ names: ['cat', 'dog'], keys })).toBe(problem);
});
