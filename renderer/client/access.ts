import { ORPCError } from '@orpc/client';
import { z } from 'zod';
import { refusalSchema } from '../../main/contract/wire/base.ts';
import { UserError } from '../../main/contract/wire/errors.ts';
import { accessKey } from '../../main/contract/wire/bridge.ts';

/** The program's own window needs no secret, and forgets a limited page when it closes. */
export const isOwnWindow = (): boolean => window.location.protocol === 'app:';
const store = (): Storage => (isOwnWindow() ? sessionStorage : localStorage);

/**
 * What this page has access to. `secret`: what the host gave to this origin; calls and uploads send it in addition to the
 * cookie, which browsers also send to other ports of this machine. `limitedTo`: the token of the page that this browser
 * is limited to; null: everything.
 */
export function ownAccess(): { secret: string; limitedTo: string | null } {
  const [secret = '', limitedTo] = (store().getItem(accessKey) ?? '').split(' ', 2);
  return { secret, limitedTo: limitedTo || null };
}

/** Limits this browser to one page of a contribution. Whatever it had access to before ends. @param page its token @throws ORPCError `REFUSED` */
export async function limitAccess(page: string): Promise<void> {
  store().setItem(accessKey, `${await newSecret('/limit', { page })} ${page}`);
}

/**
 * Ends the limits of this browser. The program refuses it until the page is released. @returns whether it has access to
 * everything again: a window of its own has access to nothing @throws ORPCError
 */
export async function endLimit(): Promise<boolean> {
  const secret = await newSecret('/limit/end', {});
  store().setItem(accessKey, secret);
  return isOwnWindow() || secret !== '';
}

/** An address that lets a window of its own, or another browser, in to one page. It works once. @param given to the page (`handedIn`); '': nothing @throws ORPCError `REFUSED` */
export async function windowAddress(page: string, given: string): Promise<string> {
  const asked = JSON.stringify({ page, handed: given || undefined });
  return z.object({ address: z.string() }).parse(await post('/limit/window', asked)).address;
}

/** Calls `listener` when another tab of this browser is limited, or no longer, or enters again. */
export function onAccessChange(listener: () => void): void {
  window.addEventListener('storage', ({ key }) => {
    if (key === accessKey || key === null) listener();
  });
}

async function newSecret(address: string, body: unknown): Promise<string> {
  if (isOwnWindow()) return '';
  return z.object({ secret: z.string() }).parse(await post(address, JSON.stringify(body))).secret;
}

/** Sends something to the program. Returns its answer. @throws ORPCError `REFUSED`, UserError `client.refused` */
export async function post(address: string, body: BodyInit, signal?: AbortSignal): Promise<unknown> {
  const answer = await fetch(address, {
    method: 'POST',
    headers: { Authorization: `Bearer ${ownAccess().secret}` },
    body,
    ...(signal && { signal }),
  });
  const text = await answer.text();
  const answered = parseJson(text);
  if (answer.ok) return answered;
  const refusal = refusalSchema.safeParse(answered);
  if (refusal.success) {
    throw new ORPCError('REFUSED', { defined: true, message: refusal.data.what, data: refusal.data, status: 422 });
  }
  const isPlain = answer.headers.get('Content-Type')?.startsWith('text/plain') === true;
  throw new UserError(
    'client.refused',
    'The program did not accept this request',
    'the access of this browser',
    isPlain && text !== '' ? text : 'Reload the page, and try again.',
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
