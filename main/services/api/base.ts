import { mapEventIterator } from '@orpc/client';
import { implement, ORPCError, os, ValidationError } from '@orpc/server';
import { z } from 'zod';
import { contract } from '../../contract/api/contract.ts';
import { type CallMeta, refusals } from '../../contract/wire/base.ts';
import { UserError } from '../../contract/wire/errors.ts';
import type { Lab } from '../lab/lab.ts';

/** What a limited page of a contribution may do (`LimitedPages`). */
export interface PageLimits {
  /** Whether a token is its own. */
  isOwn(token: string): boolean;
  /** Id of the study of the page when it was opened; null: there was no such page. */
  readonly study: number | null;
  /**
   * Called when the page may leave its limits. `checked`: somebody proved to be allowed to. `orphaned`: there was nothing
   * to check, because neither the page nor its study exists. The host decides whether that is enough.
   */
  release(after: 'checked' | 'orphaned'): void;
}

/** The page that makes a call. */
interface CallingPage {
  /** Null: the page may make every call. */
  readonly limits: PageLimits | null;
  /** Aborts when the connection of the page closes. */
  readonly closed: AbortSignal;
}

export interface ApiContext {
  readonly lab: Lab;
  readonly log: (error: unknown) => void;
  /** Absent: the call comes from this process. */
  readonly page?: CallingPage;
}

/** What the parts around every handler are built with. */
const around = os.$meta<CallMeta>({}).$context<ApiContext>().errors(refusals);

/**
 * A UserError reaches the page as `REFUSED`; a defect is logged and reaches it as one sentence without details. What
 * a limited page may not call is refused before the input is read.
 */
const answering = around.middleware(async ({ next, context, errors, path, procedure, signal }) => {
  const isLimited = Boolean(context.page?.limits);
  if (isLimited && !procedure['~orpc'].meta.limited) throw notItsOwn;
  const toAnswer = (error: unknown): unknown => {
    if (error instanceof UserError) {
      const { code, message: what, where, remedy, nearest } = error;
      const data = { code, what, where, remedy, ...(nearest.length > 0 && { nearest: [...nearest] }) };
      return errors.REFUSED({ message: what, data });
    }
    if (error instanceof ORPCError && !(error.cause instanceof ValidationError && isOutput(error))) return error;
    // The page gave up on the answer, so this is no defect.
    if (signal?.aborted || context.page?.closed.aborted) return error;
    context.log(error);
    return new ORPCError('INTERNAL_SERVER_ERROR', {
      message: `Something went wrong in the program (${path.join('.')})`,
    });
  };
  try {
    const result = await next();
    const { output } = result;
    if (!isStream(output)) return result;
    // A stream fails while the page reads it.
    return {
      ...result,
      output: mapEventIterator(output, { value: (value) => value, error: async (error) => toAnswer(error) }),
    };
  } catch (error) {
    throw toAnswer(error);
  }
});

/** A limited page may only make calls with its own token. */
const ofOwnPage = around.middleware(({ next, context: { page } }, input) => {
  if (page?.limits && !isOwnToken(page.limits, input)) throw notItsOwn;
  // Calls may wait while their connection closes, and nobody would hear the answer.
  if (page?.closed.aborted) throw new ORPCError('CLIENT_CLOSED_REQUEST', { message: 'The page disconnected' });
  return next();
});

/** The builder of handlers of the core's calls. Inputs and outputs are checked by the contract's schemas. */
export const api = implement(contract)
  // The second `use` gets inputs that are checked.
  .$config({ initialInputValidationIndex: -1 })
  .$context<ApiContext>()
  .use(answering)
  .use(ofOwnPage);

/** The builder of a contribution's calls, with schemas and handler in one place: `call.input(...).output(...).handler(...)`. */
export const call = around.$config({ initialInputValidationIndex: -1 }).use(answering).use(ofOwnPage);

/** One for all: a new one would cost more than the rest of the refusal, and nobody reads its stack. */
const notItsOwn = new ORPCError('FORBIDDEN', { message: 'This page may only make calls about itself' });

const withToken = z.looseObject({ token: z.string() });

function isOwnToken(limits: PageLimits, input: unknown): boolean {
  const parsed = withToken.safeParse(input);
  return parsed.success && limits.isOwn(parsed.data.token);
}

/** An answer of ours that its own schema refuses is a defect; an input that is refused is the page's fault. */
const isOutput = (error: ORPCError<string, unknown>): boolean => error.code === 'INTERNAL_SERVER_ERROR';

const isStream = (output: unknown): output is AsyncIterator<unknown> =>
  typeof output === 'object' && output !== null && Symbol.asyncIterator in output;

/** The empty answer of a handler that only does something. */
export const done = (_: unknown): Record<string, never> => ({});
