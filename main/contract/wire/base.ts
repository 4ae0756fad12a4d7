import { oc as plain } from '@orpc/contract';
import { z } from 'zod';

const valueSchema = z.union([z.string(), z.number()]).nullable();
const nearestValueSchema = z.strictObject({ path: z.string(), from: valueSchema, to: valueSchema });

/** The parts of a UserError as they cross to a page. No stack, no cause. */
export const refusalSchema = z.strictObject({
  /** Stable, machine-readable, e.g. `stimuli.frozen`. */
  code: z.string(),
  what: z.string(),
  where: z.string(),
  remedy: z.string(),
  nearest: z.array(nearestValueSchema).optional(),
});
export type Refusal = z.infer<typeof refusalSchema>;

/** Every call may refuse in the words of a UserError. */
export const refusals = { REFUSED: { status: 422, data: refusalSchema } };

/** `limited`: a limited page (`LimitedPages`) may make the call, with its own token as `token` of the input. */
export interface CallMeta {
  limited?: boolean;
}

/**
 * The base of every call. `REFUSED`: an error that the user can fix. All other errors are defects of the program and
 * reach the page as `INTERNAL_SERVER_ERROR` without details.
 */
export const oc = plain.$meta<CallMeta>({}).errors(refusals);

export const nothing = z.strictObject({});

/** A study as addresses name it. */
export const studyName = z.string().min(1).max(64);

/** Input of calls about one study. */
export const ofStudy = z.strictObject({ study: studyName });

/** The job that a call started. */
export const jobStarted = z.strictObject({ job: z.string() });

/** To freeze stimuli even if the reference classifier takes an anchor that a person gave for another class. */
export const acceptDoubtful = { acceptDoubtful: z.boolean().default(false) };

/** A row of the database. */
export const idSchema = z.int().min(1);

/** What `problemOf` gives. */
export const problemSchema = z.strictObject({ what: z.string(), where: z.string(), remedy: z.string() });
