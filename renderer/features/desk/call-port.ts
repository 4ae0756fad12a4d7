import type { Screen, VolunteerView } from '../../../main/contract/labeling/volunteer.ts';
import type { WorkbenchClient } from '../../client/client.ts';
import { bytesOf } from '../../ui/pixel-image.tsx';
import type { DeskPort } from './desk-port.ts';
import { Sitting } from './sitting.ts';

/** A session on this screen: everything goes to the program. */
export function callPort(client: WorkbenchClient, token: string, sitting: string): DeskPort {
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
    images: async (from, count) => bytesOf((await calls.images({ token, from, count })).pixels),
    consent: async (agrees) => {
      await calls.consent({ ...page, agrees });
      // Before that, no sitting was begun.
      if (agrees && shownOn) await open(shownOn);
    },
    tell: async (events) => void (await calls.tell({ ...page, events: [...events] })),
    note: async (notes) => void (await calls.note({ ...page, notes: [...notes] })),
    finish: async (leaveBlank) => void (await calls.finish({ ...page, leaveBlank })),
    timeUp: async () => void (await calls.timeUp(page)),
    leave: (pin) => calls.leave({ ...page, pin }),
  };
}
