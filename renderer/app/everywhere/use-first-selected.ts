import { useLayoutEffect, useRef } from 'react';

/**
 * Has the palette's first line selected, so that Enter takes it: whenever the words changed, and when lines that came
 * later took the place of the selected one. The palette itself selects before the new lines are there.
 */
export function useFirstSelected(query: string): void {
  const before = useRef(query);
  useLayoutEffect(() => {
    const changed = before.current !== query;
    before.current = query;
    const list = document.querySelector('.mantine-Spotlight-actionsList');
    const selected = list?.querySelector('[data-selected]');
    if (!list || (selected && !changed)) return;
    selected?.removeAttribute('data-selected');
    list.querySelector('[data-action]')?.setAttribute('data-selected', 'true');
  });
}
