import type { VolunteerView } from '../../../main/contract/labeling/volunteer.ts';
import { useLayoutEffect } from 'react';

/** `key`: the character in the current layout, e.g. `é`; `code`: the position on a US keyboard, e.g. `Digit2`. */
export type PressedKey = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'isComposing'>;

/**
 * The answer that a key stands for, in any layout and on the numeric pad; undefined: none. The character comes first.
 * The position decides if no answer can have that character: the digit row of an AZERTY or Czech keyboard without
 * Shift, and letters of other scripts.
 */
export function choiceForKey(options: VolunteerView['options'], pressed: PressedKey): number | undefined {
  const { ctrlKey, metaKey, altKey, isComposing } = pressed;
  if (ctrlKey || metaKey || altKey || isComposing) return undefined;
  const sign = pressedCharacter(pressed);
  return options.find(({ key }) => key !== '' && key === sign)?.choice;
}

function pressedCharacter({ key, code }: PressedKey): string | undefined {
  const pad = /^Numpad(\d)$/.exec(code)?.[1];
  if (pad !== undefined) return pad;
  if (code === 'NumpadDecimal') return '.';
  // Caps Lock makes no difference. A Latin letter or a digit counts wherever its key is.
  const character = key.toLowerCase();
  if (/^[a-z0-9.]$/.test(character)) return character;
  // Escape and arrow keys have longer names. `Dead` is an accent key, as in the digit row of Vietnamese.
  if ([...key].length !== 1 && key !== 'Dead') return undefined;
  return /^(?:Digit|Key)([0-9A-Z])$/.exec(code)?.[1]?.toLowerCase();
}

/**
 * Listens to the keys of the page, wherever the focus is, except keys typed into a field.
 * @param isHeld true stops listening
 * @param onKey returns whether it used the key, which then has no other effect
 */
export function useKeys(isHeld: boolean, onKey: (event: KeyboardEvent) => boolean): void {
  useLayoutEffect(() => {
    if (isHeld) return undefined;
    const listener = (event: KeyboardEvent): void => {
      if (!isTyped(event) && onKey(event)) event.preventDefault();
    };
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, [isHeld, onKey]);
}

function isTyped({ target }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest('input, textarea, select') !== null;
}
