import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { handed } from '../../contract/wire/bridge.ts';
import { UserError } from '../../contract/wire/errors.ts';
import type { Lab } from '../../services/lab/lab.ts';
import { answerHeaders } from '../page/headers.ts';
import { plain, refused } from '../page/respond.ts';
import { type Access, type Grant, type LimitMemory, openingTime } from './access.ts';
import { howToEnter } from './entrance.ts';

/** Bytes. */
const maxBody = 1000;

const requestSchema = z.strictObject({
  page: z.string().max(100),
  handed: z.string().regex(handed.pattern).optional(),
});

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

/** The requests that `changeAccess` answers. */
export const accessPaths: ReadonlySet<string> = new Set(['/limit', '/limit/end', '/limit/window']);

export interface AccessTools {
  access: Access;
  lab: Pick<Lab, 'workbench'>;
  releases: Releases;
  /** Why windows of their own cannot be opened; null: they can. */
  noWindows: () => UserError | null;
}

/**
 * Answers the requests that change what a browser has access to. `POST /limit` limits it to one page of a contribution,
 * `POST /limit/end` gives it everything again once that page has been released: both replace its keys. `POST /limit/window`
 * gives an address that lets a window in to one page, and leaves this browser as it is.
 */
export async function changeAccess(
  request: IncomingMessage,
  grant: Grant,
  { access, lab, releases, noWindows }: AccessTools,
): Promise<Response> {
  const { limitedPages: pages, storage } = lab.workbench;
  if (!pages) return plain(404, 'Nothing here has such pages');
  if (request.url === '/limit/end') {
    const mayLeave = grant.page !== null && releases.has(grant);
    if (!mayLeave) return plain(403, `${pages.words.whatEndsIt} ${howToEnter}`);
    const keys = access.endLimit(grant);
    return keys ? keysAnswer(access, keys) : Response.json({ secret: '' }, { headers: json });
  }
  if (grant.page !== null) return plain(403, 'This browser is limited to a page already');
  if (!(Number(request.headers['content-length']) <= maxBody)) return plain(413, 'Too large');
  const asked = requestSchema.safeParse(parseJson(await text(request).catch(() => '')));
  if (!asked.success || !pages.token.test(asked.data.page)) return plain(400, 'This is not the token of a page');
  // Another tab of the browser was faster.
  if (!access.isValid(grant)) return plain(403, 'The access of this browser has changed');
  try {
    const { page, handed: given = '' } = asked.data;
    const study = pages.studyOf(storage, page);
    if (study === null) return refused(pages.unknown());
    if (request.url === '/limit') return keysAnswer(access, access.limit(grant, page, study));
    const none = noWindows();
    if (none) return refused(none);
    const { address } = access.inviteWindow({ page, study, handed: given }, openingTime);
    return Response.json({ address }, { headers: json });
  } catch (error) {
    if (error instanceof UserError) return refused(error);
    throw error;
  }
}

const json = answerHeaders('application/json; charset=utf-8');

function keysAnswer(access: Access, keys: { cookie: string; secret: string }): Response {
  const headers = { ...json, 'Set-Cookie': access.cookieHeader(keys) };
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
