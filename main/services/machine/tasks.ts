import { z } from 'zod';
import { diskSchema, tensorflowVariants } from '../../contract/api/machine.ts';

/** What the machine's own process is asked to do, once: it has one task and ends. */
export const machineTaskSchema = z.discriminatedUnion('kind', [
  /** Looks at what lies on disk. */
  z.strictObject({ kind: z.literal('disk'), dataFolder: z.string(), cacheFolder: z.string() }),
  /** Removes what `disk` would call removable by then. */
  z.strictObject({ kind: z.literal('clean-up'), dataFolder: z.string(), cacheFolder: z.string() }),
  z.strictObject({ kind: z.literal('back-up'), dataFolder: z.string() }),
  z.strictObject({ kind: z.literal('install'), variant: z.enum(tensorflowVariants) }),
]);
export type MachineTask = z.infer<typeof machineTaskSchema>;

export const removedSchema = z.strictObject({ files: z.int(), bytes: z.number() });

/** What it says. `done` comes last. */
export const machineMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('progress'), share: z.number().min(0).max(1).nullable(), note: z.string() }),
  /** A line to keep. */
  z.strictObject({ type: z.literal('line'), text: z.string() }),
  /** Asks its parent, which knows how, to start a process beside it. */
  z.strictObject({
    type: z.literal('launch'),
    id: z.int(),
    entry: z.string(),
    args: z.array(z.string()),
    environment: z.record(z.string(), z.string()),
  }),
  z.strictObject({ type: z.literal('kill'), id: z.int() }),
  z.strictObject({ type: z.literal('disk'), disk: diskSchema }),
  z.strictObject({ type: z.literal('removed'), removed: removedSchema }),
  z.strictObject({ type: z.literal('done') }),
  /** What could not be done, in a sentence that says what would help. */
  z.strictObject({ type: z.literal('refused'), reason: z.string() }),
]);
export type MachineMessage = z.infer<typeof machineMessageSchema>;

/** What its parent tells it of a process that it asked for. */
export const launchedSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('output'), id: z.int(), text: z.string() }),
  z.strictObject({ type: z.literal('exit'), id: z.int(), code: z.int().nullable(), signal: z.string().nullable() }),
]);
export type Launched = z.infer<typeof launchedSchema>;
