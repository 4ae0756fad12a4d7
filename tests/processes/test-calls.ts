import { z } from 'zod';

const nothing = z.strictObject({});

/** What the child of these tests can be asked. */
export const testCalls = {
  double: { input: z.number(), output: z.number() },
  pid: { input: nothing, output: z.int() },
  refuse: { input: nothing, output: z.void() },
  fail: { input: nothing, output: z.void() },
  count: { input: z.int(), output: z.int(), event: z.strictObject({ at: z.int() }) },
  /** Dies, unless the file exists; makes it first. */
  dieOnce: { input: z.string(), output: z.string() },
  die: { input: z.string(), output: z.void() },
  hang: { input: nothing, output: z.void() },
  /** Runs until it is cancelled, then makes the file. */
  untilCancelled: { input: z.string(), output: z.void() },
  answerOtherwise: { input: nothing, output: z.string() },
  sendNonsense: { input: nothing, output: z.void() },
  launch: { input: z.string(), output: z.strictObject({ code: z.int().nullable(), output: z.string() }) },
  remember: { input: z.int(), output: z.int() },
};
