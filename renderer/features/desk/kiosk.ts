import { useEffect, useState } from 'react';
import type { SessionNote } from '../../../main/contract/labeling/volunteer.ts';
import { hasStrayed } from './kept-desk.ts';
import type { Sitting } from './sitting.ts';

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

/** What windows with the same session say to each other. */
interface Word {
  from: string;
  says: 'who is there' | 'i am' | 'gone';
}

/** Milliseconds between two looks whether another window is still there, and for its answer: a busy computer takes some. */
const askEvery = 3000;
const answerWithin = 2000;

/**
 * Hears of other windows of this browser that have the same session open, and lets them hear of this one.
 * @param name of the session @param onOthers told whether there are any, whenever that may have changed
 */
export function watchWindows(name: string, onOthers: (hasOthers: boolean) => void): () => void {
  const [channel, own, others] = [new BroadcastChannel(`labeling ${name}`), crypto.randomUUID(), new Set<string>()];
  const say = (says: Word['says']): void => channel.postMessage({ from: own, says } satisfies Word);
  channel.onmessage = ({ data: { from, says } }: MessageEvent<Word>) => {
    if (says === 'gone') others.delete(from);
    else others.add(from);
    if (says === 'who is there') say('i am');
    onOthers(others.size > 0);
  };
  // A window that crashed says nothing.
  const timer = setInterval(() => {
    if (others.size === 0) return;
    others.clear();
    say('who is there');
    setTimeout(() => onOthers(others.size > 0), answerWithin);
  }, askEvery);
  const leave = (): void => say('gone');
  window.addEventListener('pagehide', leave);
  say('who is there');
  return () => {
    clearInterval(timer);
    window.removeEventListener('pagehide', leave);
    leave();
    channel.close();
  };
}
