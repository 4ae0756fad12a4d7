import { createDecipheriv, createHmac, pbkdf2Sync, randomUUID } from 'node:crypto';
import {
  kitPayloadSchema,
  type KitPayload,
  type KitResultPayload,
  type KitSession,
  type LockedSessions,
  type MadeKit,
} from '../../../main/contributions/offline/kit-format.ts';
import type { SessionNote, TrialEvent } from '../../../main/contributions/sessions/contract/volunteer.ts';
import { screen } from '../../services/labeling/labeling-helper.ts';

/** What opens the sessions of a kit, by the format that docs/data-formats.md states. */
export function kitKey({ salt, iterations }: LockedSessions, code: string): Buffer {
  return pbkdf2Sync(code, Buffer.from(salt, 'base64'), iterations, 32, 'sha256');
}

/** @throws Error if the key belongs to another session */
export function openSealed(sealed: string, key: Buffer): KitSession {
  const bytes = Buffer.from(sealed, 'base64');
  const cipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
  cipher.setAuthTag(bytes.subarray(-16));
  return JSON.parse(Buffer.concat([cipher.update(bytes.subarray(12, -16)), cipher.final()]).toString('utf8'));
}

/** A kit, and its sessions as its page knows them once each person typed their code. */
export type OpenedKit = KitPayload & { sessions: KitSession[] };

export function openedKit({ kit, codes }: MadeKit): OpenedKit {
  const { session, locked } = kitPayloadSchema.parse(kit);
  const several = locked?.sealed.map((sealed, index) => openSealed(sealed, kitKey(locked, codes[index]?.code ?? '')));
  return { ...kit, sessions: session ? [session] : (several ?? []) };
}

/** Pixels of one of a kit's images, decrypted. */
export function kitImage({ images, imageKey }: Pick<KitPayload, 'images' | 'imageKey'>, index: number): Buffer {
  const bytes = Buffer.from(images[index] ?? '', 'base64');
  const cipher = createDecipheriv('aes-256-ctr', Buffer.from(imageKey, 'base64'), bytes.subarray(0, 16));
  return Buffer.concat([cipher.update(bytes.subarray(16)), cipher.final()]);
}

/** What a kit's page writes; without `change`, what one of the first version tells. */
export function resultFile(
  kit: Pick<KitPayload, 'kit'>,
  session: KitSession,
  change: Partial<KitResultPayload> = {},
  version: 1 | 2 = 2,
): string {
  const result = {
    kit: kit.kit,
    session: session.token,
    pseudonym: session.view.pseudonym,
    finished: false,
    consented: false,
    sittings: [],
    ...change,
  };
  const payload = JSON.stringify(result);
  const signature = createHmac('sha256', Buffer.from(session.key, 'base64')).update(payload).digest('hex');
  return JSON.stringify({ schema: `boundary-workbench/labeling-kit-result/${version}`, payload, signature });
}

const start = Date.now() - 12 * 3_600_000;

/** A time of the last twelve hours, by which a kit made now may have been opened. @param hour 0 to 12 */
export const hour = (hour: number): string => new Date(start + hour * 3_600_000).toISOString();

/** One sitting of a result. */
export const sitting = (
  events: TrialEvent[],
  key = randomUUID(),
  openedAt = hour(1),
  notes: SessionNote[] = [],
  openedMs: number | null = null,
) => ({ key, openedAt, openedMs, screen, events, notes });
