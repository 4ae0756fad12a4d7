import { z } from 'zod';
import { refusalSchema } from '../contract/base.ts';

/** One kind of question that a process answers. `event`: what it reports while it works on one. */
export interface Call {
  input: z.ZodType;
  output: z.ZodType;
  event?: z.ZodType;
}

/** The kinds of questions that a process answers, by name. Parent and process check every message with these schemas. */
export type Calls = Readonly<Record<string, Call>>;

export type Input<C extends Call> = z.output<C['input']>;
export type Output<C extends Call> = z.output<C['output']>;
export type Event<C extends Call> = C['event'] extends z.ZodType ? z.output<C['event']> : never;

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
