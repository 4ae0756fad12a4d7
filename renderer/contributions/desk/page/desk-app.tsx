import { useMemo, useState } from 'react';
import { callsOf, type Connection, ownAccess, toRefusal, type WorkbenchClient } from '../../../client/index.ts';
import type { DeskCalls } from '../../../../main/contributions/desk/calls.ts';
import { DeskView } from './desk-view.tsx';
import { Alone } from './intro.tsx';
import { enterDesk, leaveDesk } from './kept-desk.ts';
import type { Screen } from '../../../../main/contributions/sessions/contract/volunteer.ts';
import type { VolunteerView } from '../../../../main/contributions/desk/contract/view.ts';
import { decodePixels } from '../../../ui/images/index.ts';
import type { DeskPort } from './desk-port.ts';
import { Sitting } from './sitting.ts';
import { detach } from '../../../../main/contract/wire/index.ts';

interface DeskAppProps {
  token: string;
  /** Connects to the program. */
  connect: () => Connection;
}

/**
 * The page of a labeling session on this screen. It stands alone: no navigation, no change feed, and no access to studies.
 * It connects once the browser is limited to this session.
 */
export function DeskApp({ token, connect }: DeskAppProps) {
  const [isLost, setLost] = useState(false);
  const [isLeft, setLeft] = useState(false);
  const port = useMemo(() => {
    let connected: Promise<WorkbenchClient> | undefined;
    const open = (): WorkbenchClient => {
      const connection = connect();
      connection.onState((state) => setLost(state === 'lost'));
      return connection.client;
    };
    const client = (): Promise<WorkbenchClient> => (connected ??= enterDesk(token).then(open));
    return callPort(client, token, crypto.randomUUID());
  }, [connect, token]);
  if (isLeft) return <LeftWindow />;
  const onLeave = async (study: string | null): Promise<void> => setLeft(!(await leave(study)));
  return <DeskView port={port} isMissing={isMissing} isLost={isLost} onLeave={onLeave} />;
}

/** A window of its own that its browser did not close. */
const LeftWindow = () => (
  <Alone title="You have left the session">
    <p className="alone-text">You can close this window.</p>
  </Alone>
);

const hasNoSession = (error: unknown): boolean => toRefusal(error).code === 'labeling.no-session';
const isMissing = (error: unknown): boolean => hasNoSession(error) && ownAccess().limitedTo === null;

/** @returns false: this window shows nothing any more */
async function leave(study: string | null): Promise<boolean> {
  const goesOn = await leaveDesk(study);
  if (document.fullscreenElement) detach(document.exitFullscreen());
  return goesOn;
}

/** A session on this screen: everything is sent to the program. */
function callPort(client: () => Promise<WorkbenchClient>, token: string, sitting: string): DeskPort {
  const calls = async () => callsOf<DeskCalls>(await client(), 'desk').volunteer;
  const page = { token, sitting };
  let shownOn: Screen | null = null;
  const open = async (screen: Screen): Promise<VolunteerView> => {
    shownOn = screen;
    return (await calls()).open({ ...page, screen, openedMs: Sitting.now() });
  };
  return {
    session: token,
    open,
    images: async (from, count) => decodePixels((await (await calls()).images({ token, from, count })).pixels),
    consent: async (agrees) => {
      await (await calls()).consent({ ...page, agrees });
      // Without consent, opening did not begin a sitting.
      if (agrees && shownOn) await open(shownOn);
    },
    addEvents: async (events) => {
      await (await calls()).addEvents({ ...page, events: [...events] });
    },
    addNotes: async (notes) => {
      await (await calls()).addNotes({ ...page, notes: [...notes] });
    },
    finish: async (leaveBlank) => {
      await (await calls()).finish({ ...page, leaveBlank });
    },
    timeUp: async () => {
      await (await calls()).timeUp(page);
    },
    checkPin: async (pin) => {
      try {
        return await (await calls()).checkPin({ ...page, pin });
      } catch (error) {
        // There is no PIN to check: whether the page may leave is decided when it leaves.
        if (hasNoSession(error)) return { ok: true, waitSeconds: 0, study: null };
        throw error;
      }
    },
  };
}
