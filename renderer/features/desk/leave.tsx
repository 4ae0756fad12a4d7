import { type FormEvent, type KeyboardEvent, useState } from 'react';
import type { DeskPort } from './desk-port.ts';
import type { Sitting } from './sitting.ts';

export interface LeaveProps {
  port: DeskPort;
  /** Where leaving is written down; null: nothing may be. */
  sitting: Sitting | null;
  /** null: not known, as the session is not opened yet, or could not be. */
  hasPin: boolean | null;
  /** Whether the PIN is being asked for; the page takes nothing meanwhile. */
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
  onLeave: () => void;
}

/** The researcher's way out: with the PIN, where there is one. */
export function Leave({ isOpen, onOpen, ...rest }: LeaveProps) {
  if (isOpen) return <LeaveForm {...rest} onBack={() => onOpen(false)} />;
  return (
    <button type="button" className="desk-leave" onClick={() => onOpen(true)}>
      Researcher
    </button>
  );
}

type LeaveFormProps = Omit<LeaveProps, 'isOpen' | 'onOpen'> & { onBack: () => void };

function LeaveForm({ port, sitting, hasPin, onBack, onLeave }: LeaveFormProps) {
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
  const onKeyDown = (event: KeyboardEvent): void => {
    // Nothing that is typed here is for the page.
    event.stopPropagation();
    if (event.key === 'Escape') onBack();
  };
  return (
    <form className="desk-leave-form" onSubmit={(event) => void submit(event)} onKeyDown={onKeyDown}>
      {hasPin === false ? (
        <span>This is for the researcher. Leave the session?</span>
      ) : (
        <label>
          PIN of the researcher{hasPin === null && ', or nothing where none is set'}
          <input
            ref={intoFocus}
            name="pin"
            type="password"
            inputMode="numeric"
            autoComplete="off"
            maxLength={64}
            required={hasPin === true}
          />
        </label>
      )}
      <button type="submit">Leave</button>
      <button type="button" onClick={onBack}>
        Back
      </button>
      <span role="status">{said}</span>
    </form>
  );
}

const intoFocus = (field: HTMLElement | null): void => field?.focus();
