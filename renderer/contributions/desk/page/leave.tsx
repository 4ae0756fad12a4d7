import { type FormEvent, type KeyboardEvent, useState } from 'react';
import { detach, UserError } from '../../../../main/contract/wire/index.ts';
import type { DeskPort } from './desk-port.ts';
import type { Sitting } from './sitting.ts';

interface LeaveProps {
  port: DeskPort;
  /** Where leaving is recorded; null: nothing may be stored. */
  sitting: Sitting | null;
  /** null: unknown, because the session is not open. */
  hasPin: boolean | null;
  /** Whether the PIN form is open. The page accepts no answers meanwhile. */
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
  /** `study`: the session's; null: unknown. */
  onLeave: (study: string | null) => Promise<void>;
}

export function Leave({ isOpen, onOpen, ...rest }: LeaveProps) {
  if (isOpen) return <LeaveForm {...rest} onBack={() => onOpen(false)} />;
  return (
    <button type="button" className="desk-leave" onClick={() => onOpen(true)}>
      Researcher
    </button>
  );
}

/** Why a PIN was refused. @param waitSeconds until the next one may be tried; 0: at once */
export const refusalText = (waitSeconds: number): string =>
  waitSeconds > 0 ? `Wait ${Math.ceil(waitSeconds)} seconds.` : 'This PIN is wrong.';

type LeaveFormProps = Omit<LeaveProps, 'isOpen' | 'onOpen'> & { onBack: () => void };

function LeaveForm({ port, sitting, hasPin, onBack, onLeave }: LeaveFormProps) {
  const [message, setMessage] = useState('');
  const leave = async (study: string | null): Promise<void> => {
    const stored = sitting?.note('left', null).catch(() => undefined);
    // Stored before the page closes, without waiting for a program that does not answer.
    await Promise.race([stored, new Promise((resolve) => setTimeout(resolve, 1000))]);
    await onLeave(study);
  };
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const pin = String(new FormData(event.currentTarget).get('pin') ?? '');
    try {
      const { ok, waitSeconds, study } = await port.checkPin(pin);
      if (ok) return await leave(study);
      setMessage(refusalText(waitSeconds));
      await sitting?.note('wrong-pin', null);
    } catch (error) {
      setMessage(error instanceof UserError ? error.remedy : 'The program does not answer. Please try again.');
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // Keys typed here must not reach the page.
    event.stopPropagation();
    if (event.key === 'Escape') onBack();
  };
  return (
    <form className="desk-leave-form" onSubmit={(event) => detach(submit(event))} onKeyDown={onKeyDown}>
      {hasPin === false ? (
        <span>For the researcher: leave this session?</span>
      ) : (
        <label>
          PIN of the researcher{hasPin === null && ' (empty if there is none)'}
          <input
            ref={focusField}
            name="pin"
            type="password"
            inputMode="numeric"
            // Keeps browsers from offering to save the PIN.
            autoComplete="one-time-code"
            maxLength={64}
            required={hasPin === true}
          />
        </label>
      )}
      <button type="submit">Leave</button>
      <button type="button" onClick={onBack}>
        Back
      </button>
      <span role="status">{message}</span>
    </form>
  );
}

const focusField = (field: HTMLElement | null): void => field?.focus();
