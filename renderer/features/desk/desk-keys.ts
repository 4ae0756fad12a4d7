import { useLayoutEffect } from 'react';

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
