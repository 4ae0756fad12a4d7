import { useEffect } from 'react';
import type { RefObject } from 'react';

const steps: Record<string, number> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

/** j/k and arrows walk along the links of a list; / goes to its filter, Escape back. */
export function useListKeys(list: RefObject<HTMLElement | null>, filter: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const links = [...(list.current?.querySelectorAll<HTMLElement>('[data-study-link]') ?? [])];
      if (event.target === filter.current) {
        if (event.key !== 'Escape' && event.key !== 'ArrowDown') return;
        links[0]?.focus();
      } else if (isTyping(event.target)) {
        return;
      } else if (event.key === '/') {
        filter.current?.focus();
      } else {
        const step = steps[event.key];
        if (step === undefined || isElsewhere(event.target, list.current)) return;
        const at = links.indexOf(document.activeElement as HTMLElement);
        links[at < 0 ? 0 : Math.max(0, Math.min(links.length - 1, at + step))]?.focus();
      }
      event.preventDefault();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [list, filter]);
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Menus and dialogs have keys of their own. */
const isElsewhere = (target: EventTarget | null, list: HTMLElement | null): boolean =>
  target instanceof HTMLElement && target !== document.body && target.id !== 'content' && !list?.contains(target);
