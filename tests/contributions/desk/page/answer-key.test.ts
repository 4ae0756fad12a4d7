import { describe, expect, test } from 'vitest';
import { cannotTellChoice } from '../../../../main/contract/labeling/choice.ts';
import { answerKeys, cannotTellKey } from '../../../../main/contributions/desk/analysis/choices.ts';
import { keyEffect, type PressedKey } from '../../../../renderer/contributions/desk/page/answer-keys.ts';

const optionsFor = (count: number) => {
  const names = Array.from({ length: count }, (_, index) => `class ${index}`);
  const keys = answerKeys({ names });
  const classes = names.map((name, choice) => ({ choice, name, key: keys[choice] ?? '' }));
  return [...classes, { choice: cannotTellChoice, name: "Can't tell", key: cannotTellKey }];
};

type Options = ReturnType<typeof optionsFor>;

function choiceForKey(options: Options, pressed: PressedKey): number | undefined {
  const effect = keyEffect(options, pressed);
  return effect && 'choice' in effect ? effect.choice : undefined;
}

const [ten, twenty] = [optionsFor(10), optionsFor(20)];
const none = { ctrlKey: false, metaKey: false, altKey: false, isComposing: false };
const press = (key: string, code: string, held: Partial<PressedKey> = {}): PressedKey => ({
  ...none,
  key,
  code,
  ...held,
});

describe('the answer that a key stands for', () => {
  test.each([
    ['French', '&é"\'(-è_çà'],
    ['Czech', '+ěščřžýáíé'],
    ['US', '1234567890'],
    ['US with Shift', '!@#$%^&*()'],
    ['Arabic', '١٢٣٤٥٦٧٨٩٠'],
  ])('the digits row of a keyboard: %s', (_, row) => {
    const chosen = [...row].map((key, index) => choiceForKey(ten, press(key, `Digit${(index + 1) % 10}`)));
    expect(chosen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('the digits row where it makes accents that wait for a letter', () => {
    expect(choiceForKey(ten, press('Dead', 'Digit5'))).toBe(4);
  });

  test('letters: with Caps Lock, in another script, and by what they say rather than by where they lie', () => {
    expect(choiceForKey(twenty, press('a', 'KeyA'))).toBe(10);
    expect(choiceForKey(twenty, press('A', 'KeyA'))).toBe(10);
    expect(choiceForKey(twenty, press('ф', 'KeyA'))).toBe(10);
    expect(choiceForKey(twenty, press('a', 'KeyQ'))).toBe(10);
    // French: the key says q, which is none of these twenty, and not the a of a US keyboard.
    expect(choiceForKey(twenty, press('q', 'KeyA'))).toBeUndefined();
  });

  test('the numeric pad, with Num Lock and without, and its decimal sign', () => {
    expect(choiceForKey(ten, press('4', 'Numpad4'))).toBe(3);
    expect(choiceForKey(ten, press('ArrowLeft', 'Numpad4'))).toBe(3);
    expect(choiceForKey(ten, press(',', 'NumpadDecimal'))).toBe(cannotTellChoice);
    expect(choiceForKey(ten, press('.', 'Period'))).toBe(cannotTellChoice);
    expect(choiceForKey(ten, press('.', 'Comma'))).toBe(cannotTellChoice);
  });

  test('not with Control, Alt or Command, not while a character is composed, and no key that does something else', () => {
    for (const held of [{ ctrlKey: true }, { altKey: true }, { metaKey: true }, { isComposing: true }]) {
      expect(choiceForKey(ten, press('1', 'Digit1', held))).toBeUndefined();
      expect(choiceForKey(ten, press('&', 'Digit1', held))).toBeUndefined();
    }
    for (const key of ['Process', 'Unidentified']) {
      expect(choiceForKey(ten, press(key, 'Digit1'))).toBeUndefined();
    }
    for (const [key, code] of [
      ['Escape', 'Escape'],
      ['Backspace', 'Backspace'],
      [' ', 'Space'],
      ['ArrowLeft', 'ArrowLeft'],
    ] as const) {
      expect(choiceForKey(ten, press(key, code))).toBeUndefined();
    }
  });
});

describe('answers with keys of the plan', () => {
  const withKeys = (...keys: string[]): Options => keys.map((key, choice) => ({ choice, name: `class ${key}`, key }));

  test('letters of other scripts and with accents count by what they say', () => {
    const options = withKeys('ф', 'é', 'a');
    expect(choiceForKey(options, press('Ф', 'KeyA'))).toBe(0);
    expect(choiceForKey(options, press('é', 'Digit2'))).toBe(1);
    expect(choiceForKey(options, press('a', 'KeyQ'))).toBe(2);
    expect(choiceForKey(withKeys('2', '3'), press('é', 'Digit2'))).toBe(0);
  });

  test('two keys choose an answer; a wrong second key changes nothing', () => {
    const options = [
      ...withKeys('ca', 'co', 'aa'),
      { choice: cannotTellChoice, name: "Can't tell", key: cannotTellKey },
    ];
    expect(keyEffect(options, press('c', 'KeyC'))).toEqual({ typed: 'c' });
    expect(keyEffect(options, press('O', 'KeyO'), 'c')).toEqual({ choice: 1 });
    expect(keyEffect(options, press('x', 'KeyX'), 'c')).toBeUndefined();
    expect(keyEffect(options, press('x', 'KeyX'))).toBeUndefined();
    expect(keyEffect(options, press('.', 'Period'), 'c')).toEqual({ choice: cannotTellChoice });
  });
});
