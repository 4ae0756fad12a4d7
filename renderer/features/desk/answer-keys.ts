import type { VolunteerView } from '../../../main/contract/labeling/volunteer.ts';
import { useLayoutEffect } from 'react';

/** Of a `KeyboardEvent`. */
export interface PressedKey {
  /** What the key says on the layout that is set, e.g. `é`. */
  key: string;
  /** Where it lies, by the letters and digits of a US keyboard, e.g. `Digit2`. */
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  isComposing: boolean;
}

/**
 * The answer that a key stands for, on any layout and on the numeric pad; undefined: none. What the key says comes first.
 * Where it lies counts if it says nothing that could be an answer anywhere: the digits' row of an AZERTY or Czech keyboard
 * without Shift, and letters of other scripts.
 */
export function choiceOfKey(options: VolunteerView['options'], pressed: PressedKey): number | undefined {
  const { ctrlKey, metaKey, altKey, isComposing } = pressed;
  if (ctrlKey || metaKey || altKey || isComposing) return undefined;
  const sign = signOf(pressed);
  return options.find(({ key }) => key !== '' && key === sign)?.choice;
}

function signOf({ key, code }: PressedKey): string | undefined {
  const pad = /^Numpad(\d)$/.exec(code)?.[1];
  if (pad !== undefined) return pad;
  if (code === 'NumpadDecimal') return '.';
  // With Caps Lock too. A Latin letter or a digit is meant, wherever it lies.
  const said = key.toLowerCase();
  if (/^[a-z0-9.]$/.test(said)) return said;
  // Escape, arrows and the like say a word; so do accents that wait for a letter, as in the digits' row of Vietnamese.
  if ([...key].length !== 1 && key !== 'Dead') return undefined;
  return /^(?:Digit|Key)([0-9A-Z])$/.exec(code)?.[1]?.toLowerCase();
}

/**
 * Has the keys of the page, wherever the focus is: but for those that are typed into a field, and none while it is held.
 * @param onKey says whether it took the key, which then does nothing else
 */
export function useDeskKeys(isHeld: boolean, onKey: (event: KeyboardEvent) => boolean): void {
  useLayoutEffect(() => {
    if (isHeld) return undefined;
    const listener = (event: KeyboardEvent): void => {
      if (!isTyped(event) && onKey(event)) event.preventDefault();
    };
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, [isHeld, onKey]);
}

/** Whether the key is for a field: text, a slider, a list. */
function isTyped({ target }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest('input, textarea, select') !== null;
}
