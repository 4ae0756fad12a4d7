import { implement, ORPCError, ValidationError } from '@orpc/server';
import { contract } from '../../contract/api/index.ts';
import { UserError } from '../../contract/errors.ts';
import type { Lab } from '../lab/lab.ts';

export interface ApiContext {
  readonly lab: Lab;
  readonly log: (error: unknown) => void;
}

/**
 * The builder of handlers. Inputs and outputs are checked by the contract's schemas. A UserError reaches the page
 * as `REFUSED`; a defect is logged and reaches it as one sentence without details.
 */
export const api = implement(contract)
  .$context<ApiContext>()
  .use(async ({ next, context, errors, path, signal }) => {
    try {
      return await next();
    } catch (error) {
      if (error instanceof UserError) {
        const { code, message: what, where, remedy } = error;
        throw errors.REFUSED({ message: what, data: { code, what, where, remedy } });
      }
      if (error instanceof ORPCError && !(error.cause instanceof ValidationError && isOutput(error))) throw error;
      // The page gave up on the answer, so this is no defect.
      if (signal?.aborted) throw error;
      context.log(error);
      throw new ORPCError('INTERNAL_SERVER_ERROR', {
        message: `Something went wrong in the program (${path.join('.')})`,
      });
    }
  });

/** An answer of ours that its own schema refuses is a defect; an input that is refused is the page's fault. */
const isOutput = (error: ORPCError<string, unknown>): boolean => error.code === 'INTERNAL_SERVER_ERROR';

/** The empty answer of a handler that only does something. */
export const done = (_: unknown): Record<string, never> => ({});
