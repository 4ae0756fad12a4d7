import { type FormEvent, useEffect, useMemo, useState } from 'react';
import type { KitPayload } from '../../main/contract/labeling/kit.ts';
import { DeskView } from '../features/desk/desk-view.tsx';
import '../features/desk/desk.css';
import { Sheet } from '../features/desk/intro.tsx';
import { Ruler, pixelsPerMm } from '../features/desk/screen-size.tsx';
import { saveFile } from '../client/files.ts';
import './kit.css';
import { kitPort, type KitSession, resultFile } from './kit-port.ts';
import { KitStore } from './kit-store.ts';

/** A labeling session from a file: the same page, with the browser's storage. */
export function KitApp({ kit }: { kit: KitPayload | null }) {
  const [session, setSession] = useState(() => kit && findSession(kit, window.location.hash.slice(1)));
  const [isMeasured, setMeasured] = useState(pixelsPerMm() !== null);
  const other = (): void => {
    window.history.replaceState(null, '', '#');
    setSession(null);
  };
  if (!kit) {
    return (
      <Alone title="Please call the researcher">
        <p className="desk-text">This file is incomplete. Copy it to this computer again.</p>
      </Alone>
    );
  }
  if (!session) return <Code kit={kit} onSession={setSession} />;
  if (session.view.size.unit === 'mm' && !isMeasured) return <Measure onDone={() => setMeasured(true)} />;
  return <Session key={session.token} {...{ kit, session }} onOther={kit.sessions.length > 1 ? other : undefined} />;
}

/** The only session, or the one with this code; null: none. */
function findSession({ sessions }: KitPayload, code: string): KitSession | null {
  if (sessions.length === 1) return sessions[0] ?? null;
  return sessions.find((session) => session.code === code.trim().toUpperCase()) ?? null;
}

function Alone({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <main className="desk">
      <Sheet title={title}>{children}</Sheet>
    </main>
  );
}

function Code({ kit, onSession }: { kit: KitPayload; onSession: (session: KitSession) => void }) {
  const [message, setMessage] = useState('');
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const session = findSession(kit, String(new FormData(event.currentTarget).get('code') ?? ''));
    if (!session) return setMessage('This code is wrong. Please check it, or ask the researcher.');
    // After a reload, the page continues with the same person.
    window.location.hash = session.code;
    onSession(session);
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
            maxLength={12}
            required
          />
        </label>
        <button type="submit" className="desk-main-button">
          Continue
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
  const store = useMemo(() => new KitStore(kit.kit, kit.sessions.length > 1), [kit]);
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
        <button type="button" onClick={() => void save()}>
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
