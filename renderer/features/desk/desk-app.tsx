import { useMemo } from 'react';
import type { Connection, WorkbenchClient } from '../../client/client.ts';
import { toRefusal } from '../../client/context.tsx';
import { DeskView } from './desk-view.tsx';
import { leaveDesk } from './kept-desk.ts';
import type { Screen, VolunteerView } from '../../../main/contract/labeling/volunteer.ts';
import { decodePixels } from '../../ui/pixel-image.tsx';
import type { DeskPort } from './desk-port.ts';
import { Sitting } from './sitting.ts';

/**
 * The page of a labeling session on this screen. It stands alone: no navigation, no change feed, and no access to studies.
 */
export function DeskApp({ connection, token }: { connection: Connection; token: string }) {
  const port = useMemo(() => callPort(connection.client, token, crypto.randomUUID()), [connection, token]);
  return <DeskView port={port} onLeave={leave} isMissing={isMissing} />;
}

const isMissing = (error: unknown): boolean => toRefusal(error).code === 'labeling.no-session';

function leave(): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  leaveDesk();
}

/** A session on this screen: everything is sent to the program. */
function callPort(client: WorkbenchClient, token: string, sitting: string): DeskPort {
  const calls = client.labeling.volunteer;
  const page = { token, sitting };
  let shownOn: Screen | null = null;
  const open = (screen: Screen): Promise<VolunteerView> => {
    shownOn = screen;
    return calls.open({ ...page, screen, openedMs: Sitting.now() });
  };
  return {
    session: token,
    open,
    images: async (from, count) => decodePixels((await calls.images({ token, from, count })).pixels),
    consent: async (agrees) => {
      await calls.consent({ ...page, agrees });
      // Without consent, opening did not begin a sitting.
      if (agrees && shownOn) await open(shownOn);
    },
    addEvents: async (events) => void (await calls.addEvents({ ...page, events: [...events] })),
    addNotes: async (notes) => void (await calls.addNotes({ ...page, notes: [...notes] })),
    finish: async (leaveBlank) => void (await calls.finish({ ...page, leaveBlank })),
    timeUp: async () => void (await calls.timeUp(page)),
    checkPin: (pin) => calls.checkPin({ ...page, pin }),
  };
}
