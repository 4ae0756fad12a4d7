import type { VolunteerView } from '../../../../main/contributions/desk/contract/view.ts';
import { useCallback, useLayoutEffect, useRef, useState } from 'react';

/** `key`: the character in the current layout, e.g. `é`; `code`: the position on a US keyboard, e.g. `Digit2`. */
export type PressedKey = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'isComposing'>;

type Options = VolunteerView['options'];

/** What a key did: it chose an answer, or it was the first key of answers that have two. */
export type KeyEffect = { choice: number } | { typed: string };

/**
 * What a key does, in any layout and on the numeric pad; undefined: nothing. The character comes first. The position
 * decides if no answer can have that character: the digit row of an AZERTY or Czech keyboard without Shift, and letters
 * of other scripts. A second key that fits no answer does nothing: the first one still counts.
 * @param typed the first key, if it was pressed before; else ''
 */
export function keyEffect(options: Options, pressed: PressedKey, typed = ''): KeyEffect | undefined {
  const { ctrlKey, metaKey, altKey, isComposing } = pressed;
  if (ctrlKey || metaKey || altKey || isComposing) return undefined;
  const sign = pressedCharacter(options, pressed);
  return sign === undefined ? undefined : signEffect(options, sign, typed);
}

/** As `keyEffect`, of a character. */
export function signEffect(options: Options, sign: string, typed = ''): KeyEffect | undefined {
  const find = (wanted: string): Options[number] | undefined => options.find(({ key }) => key === wanted);
  // “Can't tell” has one key also where answers have two.
  const found = find(typed + sign) ?? find(sign);
  if (found) return { choice: found.choice };
  return startingWith(options, typed + sign).length > 0 ? { typed: typed + sign } : undefined;
}

/** Whether a key looks like one of an answer, and is none. Space presses the button in focus. */
export const isWrongKey = (options: Options, pressed: PressedKey, typed = ''): boolean =>
  [...pressed.key].length === 1 &&
  pressed.key !== ' ' &&
  !(pressed.ctrlKey || pressed.metaKey || pressed.altKey || pressed.isComposing) &&
  keyEffect(options, pressed, typed) === undefined;

/** The answers that the next key can choose. */
export const startingWith = (options: Options, typed: string): Options =>
  options.filter(({ key }) => key.startsWith(typed));

/** Whether answers have two keys. */
export const hasKeyPairs = (options: Options): boolean => options.some(({ key }) => [...key].length > 1);

function pressedCharacter(options: Options, { key, code }: PressedKey): string | undefined {
  const pad = /^Numpad(\d)$/.exec(code)?.[1];
  if (pad !== undefined) return pad;
  if (code === 'NumpadDecimal') return '.';
  // Caps Lock makes no difference. A Latin letter or a digit counts wherever its key is.
  const character = key.toLowerCase();
  if (/^[a-z0-9.]$/.test(character)) return character;
  if ([...character].length === 1 && options.some((option) => option.key.includes(character))) return character;
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

interface TypedKeys {
  /** The first of two keys; '' before it was pressed. */
  typed: string;
  /** The last key, if it is none of an answer; else ''. */
  wrong: string;
  /**
   * Returns the answer that is complete with this key; null: its first key, which was kept, or a key that is held down;
   * undefined: no such key.
   */
  press(options: Options, pressed: PressedKey & { repeat: boolean }): number | null | undefined;
  /** Forgets the first key. Returns whether there was one. */
  clear(): boolean;
}

/**
 * Answers of two keys. The first key belongs to one presentation of one image: it is forgotten when the next image comes,
 * and when the page is held.
 * @param presentation changes with every image and every time the page is held
 */
export function useTypedKeys(presentation: string): TypedKeys {
  const kept = useRef({ presentation, typed: '', wrong: '' });
  const [shown, show] = useState(kept.current);
  const keep = useCallback(
    (typed: string, wrong = '') => {
      kept.current = { presentation, typed, wrong };
      show(kept.current);
    },
    [presentation],
  );
  // Both keys may be pressed before the page is drawn again.
  const read = useCallback(
    () => (kept.current.presentation === presentation ? kept.current.typed : ''),
    [presentation],
  );
  const press = useCallback(
    (options: Options, pressed: PressedKey & { repeat: boolean }) => {
      const effect = keyEffect(options, pressed, read());
      if (effect === undefined) {
        if (isWrongKey(options, pressed, read())) keep(read(), pressed.key);
        return undefined;
      }
      if (pressed.repeat) return null;
      keep('typed' in effect ? effect.typed : '');
      return 'choice' in effect ? effect.choice : null;
    },
    [keep, read],
  );
  const clear = useCallback(() => {
    const had = read() !== '';
    if (had) keep('');
    return had;
  }, [keep, read]);
  const { typed, wrong } = shown.presentation === presentation ? shown : { typed: '', wrong: '' };
  return { typed, wrong, press, clear };
}

function isTyped({ target }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest('input, textarea, select') !== null;
}
