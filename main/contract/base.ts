import { oc as plain } from '@orpc/contract';
import { z } from 'zod';

/** The parts of a UserError as they cross to a page. No stack, no cause. */
export const refusalSchema = z.strictObject({
  /** Stable, machine-readable, e.g. `stimuli.frozen`. */
  code: z.string(),
  what: z.string(),
  where: z.string(),
  remedy: z.string(),
});
export type Refusal = z.infer<typeof refusalSchema>;

/**
 * Every call of the contract is built from this. It may answer `REFUSED`: an error that the user can fix.
 * Everything else that goes wrong is a defect of the program and crosses as `INTERNAL_SERVER_ERROR` without details.
 */
export const oc = plain.errors({ REFUSED: { status: 422, data: refusalSchema } });

/** Nothing goes in. */
export const nothing = z.strictObject({});

/** A study as addresses name it. */
export const studyName = z.string().min(1).max(64);

/** A row of the database. */
export const idSchema = z.int().min(1);
