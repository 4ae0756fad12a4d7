import { createCipheriv, pbkdf2Sync, randomBytes, randomUUID } from 'node:crypto';
import type { KitPayload, KitSession, LockedSessions } from '../../../../main/contributions/offline/kit-format.ts';
import type { VolunteerView } from '../../../../main/contributions/desk/contract/view.ts';
import { viewOf } from '../../desk/page/view-of.ts';

/** When a kit was made. */
export const start = Date.UTC(2026, 2, 1, 9, 0, 0);

/** The gray of all pixels of a trial's image. */
export const grayOf = (trial: number): number => 2 * trial + 1;

/** A kit for one person, with a session of this view. */
export function kitOf(view: VolunteerView, clock: KitSession['clock'] = []): KitPayload & { session: KitSession } {
  const imageKey = randomBytes(32);
  const { width, height, channels } = view.image;
  // Behind the others, in reverse: a trial's image is the one that the session names.
  const images = Array.from({ length: view.trials }, (_, index) => {
    const counter = randomBytes(16);
    const cipher = createCipheriv('aes-256-ctr', imageKey, counter);
    const pixels = Buffer.alloc(width * height * channels, grayOf(view.trials - 1 - index));
    return Buffer.concat([counter, cipher.update(pixels), cipher.final()]).toString('base64');
  });
  const token = randomBytes(16).toString('base64url');
  const own = Array.from({ length: view.trials }, (_, trial) => view.trials - 1 - trial);
  return {
    schema: 'boundary-workbench/labeling-kit/2',
    kit: randomUUID(),
    createdAt: new Date(start).toISOString(),
    session: { token, key: randomBytes(32).toString('base64'), view, clock, images: own },
    locked: null,
    imageKey: imageKey.toString('base64'),
    images,
  };
}

/** A kit of a session for each code, sealed with it, as docs/data-formats.md states. */
export function lockedKit(...codes: string[]): { kit: KitPayload; locked: LockedSessions; tokens: string[] } {
  const [kit, salt] = [kitOf(viewOf()), randomBytes(16)];
  const sessions = codes.map(() => kitOf(viewOf()).session);
  const sealed = sessions.map((own, index) => {
    const [nonce, key] = [randomBytes(12), pbkdf2Sync(codes[index] ?? '', salt, 1000, 32, 'sha256')];
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    const text = Buffer.concat([cipher.update(JSON.stringify(own)), cipher.final()]);
    return Buffer.concat([nonce, text, cipher.getAuthTag()]).toString('base64');
  });
  const locked = { salt: salt.toString('base64'), iterations: 1000, sealed };
  return { kit: { ...kit, session: null, locked }, locked, tokens: sessions.map(({ token }) => token) };
}
