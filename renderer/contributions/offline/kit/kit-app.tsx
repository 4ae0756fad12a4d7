import { type FormEvent, useCallback, useEffect, useMemo, useState } from 'react';
import type { KitPayload, KitSession, LockedSessions } from '../../../../main/contributions/offline/kit-format.ts';
import { DeskView } from '../../desk/page/desk-view.tsx';
import '../../desk/page/desk.css';
import '../../desk/page/answers.css';
import { Alone } from '../../desk/page/intro.tsx';
import { Ruler, pixelsPerMm } from '../../desk/page/screen-size.tsx';
import { saveFile } from '../../../client/index.ts';
import './kit.css';
import { kitPort, resultFile } from './kit-port.ts';
import { KitStore } from './kit-store.ts';
import { storeCode, storedCode, unlock } from './unlock.ts';
import { detach } from '../../../../main/contract/wire/index.ts';

/** A labeling session from a file: the same page, with the browser's storage. */
export function KitApp({ kit }: { kit: KitPayload | null }) {
  const [session, setSession] = useState(kit?.session ?? null);
  const [isMeasured, setMeasured] = useState(pixelsPerMm() !== null);
  if (!kit) {
    return (
      <Alone title="Please call the researcher">
        <p className="alone-text">This file is incomplete. Copy it to this computer again.</p>
      </Alone>
    );
  }
  const other = (): void => {
    storeCode(kit, null);
    setSession(null);
  };
  if (!session) return kit.locked && <Code kit={kit} locked={kit.locked} onSession={setSession} />;
  if (session.view.size.unit === 'mm' && !isMeasured) return <Measure onDone={() => setMeasured(true)} />;
  return <Session key={session.token} kit={kit} session={session} onOther={kit.locked ? other : undefined} />;
}

interface CodeProps {
  kit: KitPayload;
  locked: LockedSessions;
  onSession: (session: KitSession) => void;
}

function Code({ kit, locked, onSession }: CodeProps) {
  const [before] = useState(() => storedCode(kit));
  const [isChecking, setChecking] = useState(before !== null);
  const [message, setMessage] = useState('');
  const check = useCallback(
    async (code: string): Promise<void> => {
      setChecking(true);
      setMessage('');
      try {
        const session = await unlock(locked, code);
        if (session) {
          storeCode(kit, code);
          return onSession(session);
        }
        setMessage('This code is wrong. Please check it, or ask the researcher.');
      } catch {
        setMessage('Please call the researcher. The code could not be checked.');
      }
      setChecking(false);
    },
    [kit, locked, onSession],
  );
  useEffect(() => {
    if (before !== null) detach(check(before));
  }, [before, check]);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    detach(check(String(new FormData(event.currentTarget).get('code') ?? '')));
  };
  return (
    <Alone title="Welcome">
      <form className="kit-code" onSubmit={submit}>
        <label>
          The code from the researcher
          <input
            name="code"
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            maxLength={24}
            required
          />
        </label>
        <button type="submit" className="desk-main-button" disabled={isChecking}>
          {isChecking ? 'Please wait' : 'Continue'}
        </button>
      </form>
      <p role="status">{message}</p>
    </Alone>
  );
}

function Measure({ onDone }: { onDone: () => void }) {
  return (
    <Alone title="How big is this screen?">
      <Ruler />
      <div className="desk-buttons">
        <button type="button" className="desk-main-button" onClick={onDone}>
          Continue
        </button>
      </div>
    </Alone>
  );
}

interface SessionProps {
  kit: KitPayload;
  session: KitSession;
  /** Returns to the code page; undefined: the kit is for one person. */
  onOther: (() => void) | undefined;
}

function Session({ kit, session, onOther }: SessionProps) {
  const [hasEnded, setEnded] = useState(false);
  const [message, setMessage] = useState('');
  const store = useMemo(() => new KitStore(kit.kit, kit.locked !== null), [kit]);
  const port = useMemo(
    () => kitPort({ kit, session, store, sitting: crypto.randomUUID(), onState: setEnded }),
    [kit, session, store],
  );
  useEffect(() => askToKeep(), []);
  const save = async (): Promise<void> => {
    try {
      saveFile(`labels-${session.view.pseudonym}.json`, await resultFile(kit, session, store), 'application/json');
      setMessage('Saved in the downloads folder.');
    } catch {
      setMessage('Please call the researcher. The file could not be saved. Your answers are safe.');
    }
  };
  return (
    <>
      <DeskView port={port} {...(onOther && { onOther })} />
      <aside className="kit-result" data-ended={hasEnded || undefined} aria-label="Result file">
        {hasEnded && <span>Save the result file. Then give it to the researcher.</span>}
        <button type="button" onClick={() => detach(save())}>
          Save the result file
        </button>
        {hasEnded && onOther && (
          <button type="button" onClick={onOther}>
            Next person
          </button>
        )}
        <span role="status">{message}</span>
      </aside>
    </>
  );
}

/** Asks the browser not to delete the answers when its disk is full. It may refuse; the answers are stored anyway. */
function askToKeep(): void {
  navigator.storage?.persist?.().catch(() => undefined);
}
