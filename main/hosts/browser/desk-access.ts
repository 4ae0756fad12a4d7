import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { UserError } from '../../contract/wire/errors.ts';
import { sessionTokenSchema } from '../../contract/labeling/volunteer.ts';
import { refusals } from '../../services/labels/refusals.ts';
import type { Lab } from '../../services/lab/lab.ts';
import { answerHeaders } from '../page/headers.ts';
import { plain, refused } from '../page/respond.ts';
import type { Access, DeskMemory, Grant } from './access.ts';
import { howToEnter } from './entrance.ts';

/** Bytes. */
const maxBody = 1000;

const requestSchema = z.strictObject({ session: sessionTokenSchema });

/** Milliseconds after a correct PIN in which the page can leave the desk. */
const releaseTime = 30_000;

/** The desks that may be left, after the researcher's PIN. */
export class Releases {
  readonly #until = new WeakMap<Grant, number>();

  add(grant: Grant): void {
    this.#until.set(grant, performance.now() + releaseTime);
  }

  has(grant: Grant): boolean {
    return performance.now() < (this.#until.get(grant) ?? 0);
  }
}

/**
 * Answers the two requests that change what a browser has access to: `POST /desk` limits it to one labeling session, and
 * `POST /desk/leave` gives it everything again once the session has released it. Both replace its keys.
 */
export async function changeAccess(
  request: IncomingMessage,
  grant: Grant,
  { access, lab, releases }: { access: Access; lab: Pick<Lab, 'workbench'>; releases: Releases },
): Promise<Response> {
  if (request.url === '/desk/leave') {
    const mayLeave = grant.desk !== null && releases.has(grant);
    return mayLeave
      ? keysAnswer(access, access.leaveDesk(grant))
      : plain(403, `Only the PIN of the researcher ends this. Without a PIN: ${howToEnter}`);
  }
  if (grant.desk !== null) return plain(403, 'This browser is at a labeling desk');
  if (!(Number(request.headers['content-length']) <= maxBody)) return plain(413, 'Too large');
  const asked = requestSchema.safeParse(parseJson(await text(request).catch(() => '')));
  if (!asked.success) return plain(400, 'This is not a labeling session');
  // Another tab of the browser was faster.
  if (!access.isValid(grant)) return plain(403, 'The access of this browser has changed');
  try {
    const session = lab.workbench.storage.labeling.sessions.byToken(asked.data.session);
    if (!session) throw refusals.noSession('this address or file');
    return keysAnswer(access, access.openDesk(grant, session.token, session.studyId));
  } catch (error) {
    if (error instanceof UserError) return refused(error);
    throw error;
  }
}

function keysAnswer(access: Access, keys: { cookie: string; secret: string }): Response {
  const headers = { ...answerHeaders('application/json; charset=utf-8'), 'Set-Cookie': access.cookieHeader(keys) };
  return Response.json({ secret: keys.secret }, { headers });
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Largest number of labeling desks that are kept. */
const maxDesks = 50;

/** Milliseconds for which a desk is kept over restarts of the host. */
const maxAge = 7 * 24 * 3_600_000;

const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);
const desksSchema = z.array(
  z.strictObject({
    cookie: hashSchema,
    secret: hashSchema,
    desk: hashSchema,
    // Earlier versions did not keep these two.
    study: z.int().nullable().default(null),
    since: z.number().nullable().default(null),
  }),
);

/** Keeps desks as a setting of the data folder. A full disk keeps no desk from opening. */
export function deskMemory(
  { workbench: { storage, now } }: Pick<Lab, 'workbench'>,
  log: (error: unknown) => void,
): DeskMemory {
  return {
    load: () =>
      (storage.settings.get('labeling-desks', desksSchema) ?? [])
        .map((desk) => ({ ...desk, since: desk.since ?? now() }))
        .filter(({ since }) => now() - since < maxAge),
    save: (desks) => {
      try {
        storage.settings.set('labeling-desks', desks.slice(-maxDesks), now());
      } catch (error) {
        log(error);
      }
    },
  };
}
