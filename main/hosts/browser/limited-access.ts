import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { UserError } from '../../contract/wire/errors.ts';
import type { Lab } from '../../services/lab/lab.ts';
import { answerHeaders } from '../page/headers.ts';
import { plain, refused } from '../page/respond.ts';
import type { Access, Grant, LimitMemory } from './access.ts';
import { howToEnter } from './entrance.ts';

/** Bytes. */
const maxBody = 1000;

const requestSchema = z.strictObject({ page: z.string().max(100) });

/** Milliseconds after its release in which a page can leave its limits. */
const releaseTime = 30_000;

/** The browsers whose limits may end, because a call of their page has released them. */
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
 * Answers the two requests that change what a browser has access to: `POST /limit` limits it to one page of a
 * contribution, and `POST /limit/end` gives it everything again once that page has been released. Both replace its keys.
 */
export async function changeAccess(
  request: IncomingMessage,
  grant: Grant,
  { access, lab, releases }: { access: Access; lab: Pick<Lab, 'workbench'>; releases: Releases },
): Promise<Response> {
  const { limitedPages: pages, storage } = lab.workbench;
  if (!pages) return plain(404, 'Nothing here has such pages');
  if (request.url === '/limit/end') {
    const mayLeave = grant.page !== null && releases.has(grant);
    return mayLeave
      ? keysAnswer(access, access.endLimit(grant))
      : plain(403, `${pages.words.whatEndsIt} ${howToEnter}`);
  }
  if (grant.page !== null) return plain(403, 'This browser is limited to a page already');
  if (!(Number(request.headers['content-length']) <= maxBody)) return plain(413, 'Too large');
  const asked = requestSchema.safeParse(parseJson(await text(request).catch(() => '')));
  if (!asked.success || !pages.token.test(asked.data.page)) return plain(400, 'This is not the token of a page');
  // Another tab of the browser was faster.
  if (!access.isValid(grant)) return plain(403, 'The access of this browser has changed');
  try {
    const { page } = asked.data;
    const study = pages.studyOf(storage, page);
    return study === null ? refused(pages.unknown()) : keysAnswer(access, access.limit(grant, page, study));
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

/** Keeps limits with the data folder. A full disk keeps no page from opening. */
export function limitMemory(
  { workbench: { storage, now, limitedPages: pages } }: Pick<Lab, 'workbench'>,
  log: (error: unknown) => void,
): LimitMemory {
  return {
    load: () => pages?.kept(storage, now()) ?? [],
    save: (limits) => {
      try {
        pages?.keep(storage, limits, now());
      } catch (error) {
        log(error);
      }
    },
  };
}
