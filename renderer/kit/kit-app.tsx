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

/** A labeling session from a file: the same page, with this browser as its store. */
export function KitApp({ kit }: { kit: KitPayload | null }) {
  const [session, setSession] = useState(() => kit && sessionOf(kit, window.location.hash.slice(1)));
  const [isMeasured, setMeasured] = useState(pixelsPerMm() !== null);
  const other = (): void => {
    window.history.replaceState(null, '', '#');
    setSession(null);
  };
  if (!kit) {
    return (
      <Alone title="Please call the researcher">
        <p className="desk-text">This file is not whole. Copy it to this computer again.</p>
      </Alone>
    );
  }
  if (!session) return <Code kit={kit} onSession={setSession} />;
  if (session.view.size.unit === 'mm' && !isMeasured) return <Measure onDone={() => setMeasured(true)} />;
  return <Session key={session.token} {...{ kit, session }} onOther={kit.sessions.length > 1 ? other : undefined} />;
}

/** The only session, or the one of this code; null: none. */
function sessionOf({ sessions }: KitPayload, code: string): KitSession | null {
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
  const [said, setSaid] = useState('');
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const session = sessionOf(kit, String(new FormData(event.currentTarget).get('code') ?? ''));
    if (!session) return setSaid('This code is not known. Look at it again, or ask the researcher.');
    // So that the page, loaded again, goes on with the same person.
    window.location.hash = session.code;
    onSession(session);
  };
  return (
    <Alone title="Welcome">
      <form className="kit-code" onSubmit={submit}>
        <label>
          The code that the researcher gave you
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
          Go on
        </button>
      </form>
      <p role="status">{said}</p>
    </Alone>
  );
}

function Measure({ onDone }: { onDone: () => void }) {
  return (
    <Alone title="The size of this screen">
      <Ruler />
      <div className="desk-buttons">
        <button type="button" className="desk-main-button" onClick={onDone}>
          Go on
        </button>
      </div>
    </Alone>
  );
}

interface SessionProps {
  kit: KitPayload;
  session: KitSession;
  /** Back to the code; undefined: the kit is for one person. */
  onOther: (() => void) | undefined;
}

function Session({ kit, session, onOther }: SessionProps) {
  const [hasEnded, setEnded] = useState(false);
  const [said, setSaid] = useState('');
  const store = useMemo(() => new KitStore(kit.kit, kit.sessions.length > 1), [kit]);
  const port = useMemo(
    () => kitPort({ kit, session, store, sitting: crypto.randomUUID(), onState: setEnded }),
    [kit, session, store],
  );
  useEffect(() => askToKeep(), []);
  const save = async (): Promise<void> => {
    try {
      saveFile(`labels-${session.view.pseudonym}.json`, await resultFile(kit, session, store), 'application/json');
      setSaid('Saved with the downloads of this browser.');
    } catch {
      setSaid('Please call the researcher: the file could not be made. Your answers are safe.');
    }
  };
  return (
    <>
      <DeskView port={port} {...(onOther && { onOther })} />
      <aside className="kit-result" data-ended={hasEnded || undefined} aria-label="Result file">
        {hasEnded && <span>Save the result file, and give it to the researcher.</span>}
        <button type="button" onClick={() => void save()}>
          Save the result file
        </button>
        {hasEnded && onOther && (
          <button type="button" onClick={onOther}>
            Next person
          </button>
        )}
        <span role="status">{said}</span>
      </aside>
    </>
  );
}

/** Asks the browser not to clear the answers away when its disk gets full. It may say no; the answers are stored anyhow. */
function askToKeep(): void {
  navigator.storage?.persist?.().catch(() => undefined);
}
