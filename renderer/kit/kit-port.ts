import type { KitPayload } from '../../main/contract/labeling/kit.ts';
import type { Screen } from '../../main/contract/labeling/volunteer.ts';
import type { DeskPort } from '../features/desk/desk-port.ts';
import { Sitting } from '../features/desk/sitting.ts';
import { KitImages } from './kit-images.ts';
import { inOrder, kitTimeLeft, nextTrial, replay } from './kit-log.ts';
import type { KitStore, StoredSitting } from './kit-store.ts';

export type KitSession = KitPayload['sessions'][number];

export interface KitPortParts {
  kit: KitPayload;
  session: KitSession;
  store: KitStore;
  /** This sitting's name, a UUID. */
  sitting: string;
  /** Told whether the session has ended. */
  onState: (hasEnded: boolean) => void;
}

/** A labeling page's port to this browser's own store: what the program does for a session on its screen. */
export function kitPort({ kit, session, store, sitting, onState }: KitPortParts): DeskPort {
  const { token, view } = session;
  const key = { token, sitting, kit: kit.kit };
  const images = new KitImages(kit);
  const end = async (state: 'finished' | 'time-up'): Promise<void> => {
    const before = await store.state(token);
    // What ended it first is its end.
    if (before.state === 'open') await store.putState({ ...before, finishedAt: new Date().toISOString(), state });
    onState(true);
  };
  let shownOn: Screen | null = null;
  const beginOnce = async (): Promise<void> => {
    const { consented, state } = await store.state(token);
    const mayStore = view.consent === null || view.consented || consented;
    if (shownOn && mayStore && state === 'open')
      await begin(store, { token, kit: kit.kit, key: sitting, screen: shownOn });
  };
  return {
    session: token,
    open: async (screen) => {
      shownOn = screen;
      await beginOnce();
      const sittings = await store.sittings(token);
      const ordered = inOrder(sittings, await store.entries(token));
      const timeLeft = kitTimeLeft(session, sittings, ordered);
      // The page was lost in the moment in which it would have said so.
      if (timeLeft === 0 && (await store.state(token)).state === 'open') await end('time-up');
      const { consented, state } = await store.state(token);
      const place = replay(view, ordered);
      onState(state !== 'open');
      return {
        ...view,
        ...{ answers: place.answers, timedOut: [...place.timedOut], leftMs: timeLeft, hasPin: false },
        next: place.last === null ? view.next : nextTrial(place),
        consented: view.consented || consented,
        state: state !== 'open' ? state : ordered.length > 0 ? 'active' : view.state,
      };
    },
    images: async (from, count) => {
      const own = session.images.slice(from, from + count);
      const parts = await Promise.all(own.map((image) => images.open(image)));
      return new Uint8Array(await new Blob(parts).arrayBuffer());
    },
    consent: async (agrees) => {
      const consentedAt = agrees ? new Date().toISOString() : null;
      const state = agrees ? 'open' : 'declined';
      await store.putState({ token, kit: kit.kit, consented: agrees, consentedAt, finishedAt: null, state });
      if (agrees) await beginOnce();
      else await store.forget(token);
      onState(!agrees);
    },
    tell: (events) => store.putEntries(events.map((event) => ({ ...key, seq: event.seq, event }))),
    note: (notes) => store.putEntries(notes.map((note) => ({ ...key, seq: note.seq, note }))),
    finish: () => end('finished'),
    timeUp: () => end('time-up'),
    // A kit has no way out but to close it.
    leave: async () => ({ ok: false, waitSeconds: 0 }),
  };
}

/** Writes down that a sitting began, once. A clock that was put back does not bring it before an earlier one. */
async function begin(store: KitStore, sitting: Omit<StoredSitting, 'openedAt' | 'openedMs'>): Promise<void> {
  const known = await store.sittings(sitting.token);
  if (known.some(({ key }) => key === sitting.key)) return;
  const latest = Math.max(0, ...known.map(({ openedAt }) => Date.parse(openedAt) + 1));
  await store.putSitting({
    ...sitting,
    openedAt: new Date(Math.max(Date.now(), latest)).toISOString(),
    openedMs: Sitting.now(),
  });
}
