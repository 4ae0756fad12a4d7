import { useEffect, useState } from 'react';
import type { SessionNote } from '../../../../main/contributions/sessions/contract/volunteer.ts';
import type { Sitting } from './sitting.ts';

const strayedKey = 'labeling-session-strayed';

/** Remembers that somebody tried to leave the session by an address, also if the page is loaded again. */
export const markStrayed = (): void => sessionStorage.setItem(strayedKey, 'yes');

/** Whether that happened since the last call. */
export function hasStrayed(): boolean {
  const was = sessionStorage.getItem(strayedKey) !== null;
  sessionStorage.removeItem(strayedKey);
  return was;
}

/** Shows the page in full screen, if the browser allows it after a click. */
export function enterFullScreen(): void {
  if (!document.fullscreenElement) document.documentElement.requestFullscreen?.().catch(() => undefined);
}

/** Records when the page loses the focus, is hidden, or leaves full screen. */
export function useAttentionLog(sitting: Sitting | null): void {
  useEffect(() => {
    if (!sitting) return undefined;
    const stray = (): void => {
      if (hasStrayed()) note('tried-to-leave')();
    };
    const note = (kind: SessionNote['kind']) => (): void => {
      sitting.note(kind, null).catch(() => undefined);
    };
    // The attempt to leave may have reloaded the page.
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

/** Whether another window has the same session open. Each such window is recorded. */
export function useOtherWindows(session: string, sitting: Sitting | null): boolean {
  const [hasOtherWindows, setOthers] = useState(false);
  useEffect(() => watchWindows(session, setOthers), [session]);
  useEffect(() => {
    if (hasOtherWindows) sitting?.note('second-window', null).catch(() => undefined);
  }, [hasOtherWindows, sitting]);
  return hasOtherWindows;
}

interface WindowMessage {
  from: string;
  type: 'ask' | 'here' | 'closed';
}

/** Milliseconds between two checks for other windows, and the time to answer one on a busy computer. */
const askEvery = 3000;
const answerWithin = 2000;

/**
 * Watches for other windows of this browser that have the same session open, and announces this one.
 * @param name of the session @param onOthers called with whether there are any, whenever that may have changed
 */
export function watchWindows(name: string, onOthers: (hasOtherWindows: boolean) => void): () => void {
  const [channel, own, others] = [new BroadcastChannel(`labeling ${name}`), crypto.randomUUID(), new Set<string>()];
  const send = (type: WindowMessage['type']): void => channel.postMessage({ from: own, type } satisfies WindowMessage);
  channel.onmessage = ({ data: { from, type } }: MessageEvent<WindowMessage>) => {
    if (type === 'closed') others.delete(from);
    else others.add(from);
    if (type === 'ask') send('here');
    onOthers(others.size > 0);
  };
  // A window that crashed does not announce that it closed.
  const timer = setInterval(() => {
    if (others.size === 0) return;
    others.clear();
    send('ask');
    setTimeout(() => onOthers(others.size > 0), answerWithin);
  }, askEvery);
  const leave = (): void => send('closed');
  window.addEventListener('pagehide', leave);
  send('ask');
  return () => {
    clearInterval(timer);
    window.removeEventListener('pagehide', leave);
    leave();
    channel.close();
  };
}
