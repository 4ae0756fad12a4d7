import type { KitPayload, KitResultFile, KitResultPayload } from '../../main/contract/labeling/kit.ts';
import { bytesOf } from '../ui/pixel-image.tsx';
import { inOrder } from './kit-log.ts';
import type { KitSession } from './kit-port.ts';
import type { KitStore } from './kit-store.ts';

/** All that was answered so far, signed with the key of the session. */
export async function resultFile(kit: KitPayload, session: KitSession, store: KitStore): Promise<string> {
  const payload = JSON.stringify(await resultOf(kit, session, store));
  const file: KitResultFile = {
    schema: 'boundary-workbench/labeling-kit-result/2',
    payload,
    signature: await signatureOf(payload, session.key),
  };
  return JSON.stringify(file);
}

async function resultOf({ kit }: KitPayload, session: KitSession, store: KitStore): Promise<KitResultPayload> {
  const { token, view } = session;
  const { consented, consentedAt, finishedAt, state } = await store.state(token);
  const sittings = await store.sittings(token);
  const entries = inOrder(sittings, await store.entries(token));
  const told = new Set(entries.map(({ sitting }) => sitting));
  return {
    ...{ kit, session: token, pseudonym: view.pseudonym, consented },
    ...{ finished: state === 'finished' || state === 'time-up', timeUp: state === 'time-up' },
    ...{ consentedAt, finishedAt, declined: state === 'declined' },
    // A page that was opened and left says nothing; somebody who opens it a thousand times must not spoil the file.
    sittings: sittings
      .filter(({ key }) => told.has(key))
      .map(({ key, openedAt, openedMs = null, screen }) => {
        const own = entries.filter(({ sitting }) => sitting === key);
        return {
          ...{ key, openedAt, openedMs, screen },
          events: own.flatMap((entry) => ('event' in entry ? [entry.event] : [])),
          notes: own.flatMap((entry) => ('note' in entry ? [entry.note] : [])),
        };
      }),
  };
}

/** HMAC-SHA256 in hexadecimal. @param key in base64 */
async function signatureOf(text: string, key: string): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const imported = await crypto.subtle.importKey('raw', Uint8Array.from(bytesOf(key)), algorithm, false, ['sign']);
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', imported, new TextEncoder().encode(text)));
  return Array.from(signature, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
