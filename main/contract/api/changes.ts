import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { oc } from '../wire/base.ts';

/**
 * What can change, as coarse as a page needs it to know what to ask for again: the areas of the contract.
 * `predictions`: models have predicted stimuli. `clusters`: what is wrong with one, or their profiles. `app`: a notice.
 */
export const topics = [
  ...(['studies', 'runs', 'jobs', 'stimuli', 'predictions', 'generator'] as const),
  ...(['machine', 'settings', 'labeling', 'clusters', 'app'] as const),
] as const;
export type Topic = (typeof topics)[number];

/** A change names at most this number of ids; with more, anything of the topic may have changed. */
export const maxIds = 200;

const changeSchema = z.strictObject({
  /** Grows by one with each change; a page that reconnects sends the last one it received. */
  seq: z.int().min(0),
  topic: z.enum(topics),
  /** Ids of what changed (runs by id); null: anything. */
  ids: z.array(z.int()).max(maxIds).nullable(),
});
export type Change = z.infer<typeof changeSchema>;

/**
 * `hello` comes first: which life of the program this is, and whether changes since `after` were missed, so that a page
 * must ask for everything again.
 */
const changeEventSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello'), life: z.string(), seq: z.int().min(0), missed: z.boolean() }),
  z.strictObject({ type: z.literal('changes'), changes: z.array(changeSchema).max(1000) }),
]);
export type ChangeEvent = z.infer<typeof changeEventSchema>;

/** Where a page stopped listening; null: it is new. */
const since = z.strictObject({ life: z.string().max(64), seq: z.int().min(0) }).nullable();

export const changesContract = {
  /** Everything that changes from now on, and what did since `after`, until the page stops listening. */
  listen: oc.input(z.strictObject({ after: since })).output(eventIterator(changeEventSchema)),
};
