import { useEffect, useState } from 'react';
import type { FormEvent } from 'react';
import type { SessionNote } from '../../../main/contract/labeling/volunteer.ts';
import type { DeskPort } from './desk-port.ts';
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

export interface LeaveProps {
  port: DeskPort;
  /** Where leaving is written down; null: nothing may be. */
  sitting: Sitting | null;
  hasPin: boolean;
  onLeave: () => void;
}

/** The researcher's way out: with the PIN, where there is one. */
export function Leave({ port, sitting, hasPin, onLeave }: LeaveProps) {
  const [isOpen, setOpen] = useState(false);
  const [said, setSaid] = useState('');
  const leave = async (): Promise<void> => {
    const noted = sitting?.note('left', null).catch(() => undefined);
    // Written down before the page goes, but nobody waits for a program that does not answer.
    await Promise.race([noted, new Promise((resolve) => setTimeout(resolve, 1000))]);
    onLeave();
  };
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const pin = String(new FormData(event.currentTarget).get('pin') ?? '');
    try {
      const { ok, waitSeconds } = await port.leave(pin);
      if (ok) return await leave();
      setSaid(waitSeconds > 0 ? `Wait ${Math.ceil(waitSeconds)} seconds.` : 'That is not the PIN.');
      await sitting?.note('wrong-pin', null);
    } catch {
      setSaid('The program does not answer.');
    }
  };
  if (!isOpen) {
    return (
      <button type="button" className="desk-leave" onClick={() => setOpen(true)}>
        Researcher
      </button>
    );
  }
  return (
    <form className="desk-leave-form" onSubmit={(event) => void submit(event)}>
      {hasPin ? (
        <label>
          PIN of the researcher
          <input name="pin" type="password" inputMode="numeric" autoComplete="off" maxLength={64} required />
        </label>
      ) : (
        <span>This is for the researcher. Leave the session?</span>
      )}
      <button type="submit">Leave</button>
      <button type="button" onClick={() => setOpen(false)}>
        Back
      </button>
      <span role="status">{said}</span>
    </form>
  );
}
