import { z } from 'zod';
import { sessionTokenSchema } from '../sessions/contract/volunteer.ts';
import { refusals } from '../../services/labels/index.ts';
import type { LimitedPages } from '../../services/workbench/index.ts';

/** Largest number of labeling desks that are kept. */
const maxDesks = 50;

/** Milliseconds for which a desk is kept over restarts of the host. */
const maxAge = 7 * 24 * 3_600_000;

const key = 'labeling-desks';
const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);
const desksSchema = z.array(
  z.strictObject({
    cookie: hashSchema,
    secret: hashSchema,
    desk: hashSchema,
    // Earlier versions did not keep these.
    study: z.int().nullable().default(null),
    since: z.number().nullable().default(null),
    isWindow: z.boolean().default(false),
  }),
);

/** Where volunteers sit: pages of sessions, which they leave by the researcher's PIN. */
export const limitedPages: LimitedPages = {
  address: '#/desk/',
  token: /^[A-Za-z0-9_-]{22}$/,
  studyOf: ({ labeling }, token) =>
    sessionTokenSchema.safeParse(token).success ? (labeling.sessions.byToken(token)?.studyId ?? null) : null,
  unknown: () => refusals.noSession('this address or file'),
  kept: ({ settings }, now) =>
    (settings.get(key, desksSchema) ?? [])
      .map(({ desk, since, ...kept }) => ({ ...kept, page: desk, since: since ?? now }))
      .filter(({ since }) => now - since < maxAge),
  keep: ({ settings }, limits, now) => {
    const desks = limits.map(({ page, ...kept }) => ({ ...kept, desk: page }));
    settings.set(key, desks.slice(-maxDesks), now);
  },
  words: {
    title: 'Labeling',
    whatEndsIt: 'Only the PIN of the researcher ends this. Without a PIN:',
    inBrowser: {
      title: 'A labeling session is in progress in this browser',
      text: 'Ending it opens the workbench here. Stored answers are kept, and the session can continue later.',
      stay: 'Continue the session',
      end: 'End it and open the workbench',
    },
    otherWindow: {
      title: 'This browser has a window for another session',
      text: 'Leave that session there first, or open this address in another browser.',
      stay: 'Continue that session',
    },
    inWindow: {
      message: 'A labeling session is on this screen',
      detail: 'To leave it, the researcher uses “Researcher” at the bottom right.',
    },
  },
};
