import { useEffect, useState } from 'react';
import type { FormEvent } from 'react';
import type { SessionNote } from '../../../main/contract/labeling/volunteer.ts';
import type { DeskPort } from './desk-port.ts';
import type { Sitting } from './sitting.ts';

/** Fills the screen, where the browser lets a page do that after a press. */
export function enterFullScreen(): void {
  if (!document.fullscreenElement) document.documentElement.requestFullscreen?.().catch(() => undefined);
}

/** Writes down when the page loses the focus, is hidden, or no longer fills the screen. */
export function useAttentionLog(sitting: Sitting | null): void {
  useEffect(() => {
    if (!sitting) return undefined;
    const note = (kind: SessionNote['kind']) => (): void => {
      sitting.note(kind, null).catch(() => undefined);
    };
    const listeners: [EventTarget, string, () => void][] = [
      [window, 'blur', note('focus-lost')],
      [window, 'focus', note('focus-back')],
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

export interface LeaveProps {
  port: DeskPort;
  sitting: Sitting;
  hasPin: boolean;
  onLeave: () => void;
}

/** The researcher's way out: with the PIN, where there is one. */
export function Leave({ port, sitting, hasPin, onLeave }: LeaveProps) {
  const [isOpen, setOpen] = useState(false);
  const [said, setSaid] = useState('');
  const leave = (): void => {
    void sitting.note('left', null).catch(() => undefined);
    onLeave();
  };
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const pin = String(new FormData(event.currentTarget).get('pin') ?? '');
    try {
      const { ok, waitSeconds } = await port.leave(pin);
      if (ok) return leave();
      setSaid(waitSeconds > 0 ? `Wait ${Math.ceil(waitSeconds)} seconds.` : 'That is not the PIN.');
      await sitting.note('wrong-pin', null);
    } catch {
      setSaid('The program does not answer.');
    }
  };
  if (!isOpen) {
    return (
      <button type="button" className="desk-leave" onClick={() => (hasPin ? setOpen(true) : leave())}>
        Researcher
      </button>
    );
  }
  return (
    <form className="desk-leave-form" onSubmit={(event) => void submit(event)}>
      <label>
        PIN of the researcher
        <input name="pin" type="password" inputMode="numeric" autoComplete="off" maxLength={64} required />
      </label>
      <button type="submit">Leave</button>
      <button type="button" onClick={() => setOpen(false)}>
        Back
      </button>
      <span role="status">{said}</span>
    </form>
  );
}
