import { useEffect, useState } from 'react';
import type { SessionNote } from '../../../main/contract/labeling/volunteer.ts';
import { hasStrayed } from './kept-desk.ts';
import type { Sitting } from './sitting.ts';
import { watchWindows } from './windows.ts';

/** Fills the screen, where the browser lets a page do that after a press. */
export function enterFullScreen(): void {
  if (!document.fullscreenElement) document.documentElement.requestFullscreen?.().catch(() => undefined);
}

/** Writes down when the page loses the focus, is hidden, or no longer fills the screen. */
export function useAttentionLog(sitting: Sitting | null): void {
  useEffect(() => {
    if (!sitting) return undefined;
    const stray = (): void => {
      if (hasStrayed()) note('tried-to-leave')();
    };
    const note = (kind: SessionNote['kind']) => (): void => {
      sitting.note(kind, null).catch(() => undefined);
    };
    // The page may have been loaded anew by it.
    stray();
    const listeners: [EventTarget, string, () => void][] = [
      [window, 'blur', note('focus-lost')],
      [window, 'focus', note('focus-back')],
      [window, 'hashchange', stray],
      [document, 'visibilitychange', () => note(document.hidden ? 'hidden' : 'visible')()],
      [
        document,
        'fullscreenchange',
        () => note(document.fullscreenElement ? 'full-screen-entered' : 'full-screen-left')(),
      ],
    ];
    for (const [target, type, listener] of listeners) target.addEventListener(type, listener);
    return () => {
      for (const [target, type, listener] of listeners) target.removeEventListener(type, listener);
    };
  }, [sitting]);
}

/** Whether another window has the same session open; written down each time that one appears. */
export function useOtherWindows(session: string, sitting: Sitting | null): boolean {
  const [hasOthers, setOthers] = useState(false);
  useEffect(() => watchWindows(session, setOthers), [session]);
  useEffect(() => {
    if (hasOthers) sitting?.note('second-window', null).catch(() => undefined);
  }, [hasOthers, sitting]);
  return hasOthers;
}
