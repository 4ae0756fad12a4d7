import { z } from 'zod';
import { refusalSchema } from '../contract/wire/base.ts';

/** What a handler gets besides its question. `Event`: what it may report while it works on it. */
export interface CallContext<Event = never> {
  /** Aborted when nobody waits for the answer any more. Only handlers that await between pieces of work notice it. */
  readonly signal: AbortSignal;
  readonly emit: (event: Event) => void;
}

/**
 * What a process answers: a function for each kind of question, which gives the answer or a promise of it. Questions, answers
 * and events are plain JSON. The parent imports only the type, and takes all types of its questions from it.
 */
export type Handlers = Readonly<Record<string, (question: never, context: never) => unknown>>;

export type Input<Handler> = Handler extends (question: infer Question, context: never) => unknown ? Question : never;
export type Output<Handler> = Handler extends (question: never, context: never) => infer Answer
  ? Awaited<Answer>
  : never;
export type Event<Handler> = Handler extends (question: never, context: CallContext<infer Reported>) => unknown
  ? Reported
  : never;

/**
 * Schemas of what a process sends that reads files of others: they may have made it say anything. Other processes are
 * believed, since they run the same version of this program. A question that is here without `event` may report nothing.
 */
export type Checks<H extends Handlers> = {
  readonly [Name in keyof H]?: { output: z.ZodType<Output<H[Name]>>; event?: z.ZodType<Event<H[Name]>> };
};

const id = z.int();

/** What a parent sends. `cancel`: nobody waits for the answer any more. */
export const parentMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ask'), id, call: z.string(), input: z.unknown().optional() }),
  z.strictObject({ type: z.literal('cancel'), id }),
  /** Output and exit of a process that the child had its parent launch. */
  z.strictObject({ type: z.literal('output'), id, text: z.string() }),
  z.strictObject({ type: z.literal('exit'), id, code: z.int().nullable(), signal: z.string().nullable() }),
]);
export type ParentMessage = z.infer<typeof parentMessageSchema>;

/** What a child sends: `event`s, then `answer`, `refused` (a UserError) or `failed` (a defect), once a question. */
export const childMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('answer'), id, output: z.unknown().optional() }),
  z.strictObject({ type: z.literal('refused'), id, ...refusalSchema.shape }),
  z.strictObject({ type: z.literal('failed'), id, message: z.string(), detail: z.string() }),
  z.strictObject({ type: z.literal('event'), id, event: z.unknown() }),
  /** Asks the parent to launch a process: in the desktop program only the main process can. */
  z.strictObject({
    type: z.literal('launch'),
    id,
    entry: z.string(),
    args: z.array(z.string()),
    environment: z.record(z.string(), z.string()).nullable(),
  }),
  z.strictObject({ type: z.literal('kill'), id }),
]);
export type ChildMessage = z.infer<typeof childMessageSchema>;
