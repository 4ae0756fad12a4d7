import { at } from '../../../../main/domain/numbers/index.ts';
import type {
  KitPayload,
  KitResultFile,
  KitResultPayload,
  KitSession,
} from '../../../../main/contributions/offline/kit-format.ts';
import type { Screen } from '../../../../main/contributions/sessions/contract/volunteer.ts';
import type { DeskPort } from '../../desk/page/desk-port.ts';
import { Sitting } from '../../desk/page/sitting.ts';
import { sortEntries, kitRemainingMs, nextTrial, replay } from './kit-log.ts';
import type { KitStore, StoredSitting } from './kit-store.ts';
import { decodePixels } from '../../../ui/images/index.ts';

interface KitPortParts {
  kit: KitPayload;
  session: KitSession;
  store: KitStore;
  /** Key of this sitting, a UUID. */
  sitting: string;
  onState: (hasEnded: boolean) => void;
}

/** Stores a session in the browser, as the program does for a session on its screen. */
export function kitPort({ kit, session, store, sitting, onState }: KitPortParts): DeskPort {
  const { token, view } = session;
  const key = { token, sitting, kit: kit.kit };
  const images = new KitImages(kit);
  const end = async (state: 'finished' | 'time-up'): Promise<void> => {
    const before = await store.state(token);
    // The first end counts.
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
      const ordered = sortEntries(sittings, await store.entries(token));
      const remainingMs = kitRemainingMs(session, sittings, ordered);
      // The page closed before it could store that the time was up.
      if (remainingMs === 0 && (await store.state(token)).state === 'open') await end('time-up');
      const { consented, state } = await store.state(token);
      const place = replay(view, ordered);
      onState(state !== 'open');
      return {
        ...view,
        answers: place.answers,
        timedOut: [...place.timedOut],
        leftMs: remainingMs,
        hasPin: false,
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
    addEvents: (events) => store.putEntries(events.map((event) => ({ ...key, seq: event.seq, event }))),
    addNotes: (notes) => store.putEntries(notes.map((note) => ({ ...key, seq: note.seq, note }))),
    finish: () => end('finished'),
    timeUp: () => end('time-up'),
    // A kit is left by closing it.
    checkPin: async () => ({ ok: false, waitSeconds: 0, study: null }),
  };
}

/** Stores once that a sitting began. A clock that was set back does not move it before an earlier sitting. */
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

/** Bytes of the counter before each encrypted image. */
const counterBytes = 16;

export class KitImages {
  readonly #images: readonly string[];
  readonly #key: Promise<CryptoKey>;

  constructor({ images, imageKey }: Pick<KitPayload, 'images' | 'imageKey'>) {
    this.#images = images;
    this.#key = crypto.subtle.importKey('raw', Uint8Array.from(decodePixels(imageKey)), 'AES-CTR', false, ['decrypt']);
    // `open` reports the error.
    this.#key.catch(() => undefined);
  }

  /** uint8 [height, width]. @throws Error if the kit has no image with this index */
  async open(index: number): Promise<ArrayBuffer> {
    const bytes = Uint8Array.from(decodePixels(at(this.#images, index)));
    const algorithm = { name: 'AES-CTR', counter: bytes.subarray(0, counterBytes), length: 128 };
    return crypto.subtle.decrypt(algorithm, await this.#key, bytes.subarray(counterBytes));
  }
}

/** All answers so far as a result file, signed with the key of the session. */
export async function resultFile(kit: KitPayload, session: KitSession, store: KitStore): Promise<string> {
  const payload = JSON.stringify(await resultPayload(kit, session, store));
  const file: KitResultFile = {
    schema: 'boundary-workbench/labeling-kit-result/2',
    payload,
    signature: await sign(payload, session.key),
  };
  return JSON.stringify(file);
}

async function resultPayload({ kit }: KitPayload, session: KitSession, store: KitStore): Promise<KitResultPayload> {
  const { token, view } = session;
  const { consented, consentedAt, finishedAt, state } = await store.state(token);
  const sittings = await store.sittings(token);
  const entries = sortEntries(sittings, await store.entries(token));
  const withEntries = new Set(entries.map(({ sitting }) => sitting));
  return {
    kit,
    session: token,
    pseudonym: view.pseudonym,
    consented,
    finished: state === 'finished' || state === 'time-up',
    timeUp: state === 'time-up',
    consentedAt,
    finishedAt,
    declined: state === 'declined',
    // Sittings without entries are left out: opening the page a thousand times must not make the file too large.
    sittings: sittings
      .filter(({ key }) => withEntries.has(key))
      .map(({ key, openedAt, openedMs = null, screen }) => {
        const own = entries.filter(({ sitting }) => sitting === key);
        return {
          key,
          openedAt,
          openedMs,
          screen,
          events: own.flatMap((entry) => ('event' in entry ? [entry.event] : [])),
          notes: own.flatMap((entry) => ('note' in entry ? [entry.note] : [])),
        };
      }),
  };
}

/** HMAC-SHA256 in hexadecimal. @param key in base64 */
async function sign(text: string, key: string): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const imported = await crypto.subtle.importKey('raw', Uint8Array.from(decodePixels(key)), algorithm, false, ['sign']);
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', imported, new TextEncoder().encode(text)));
  return Array.from(signature, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
