import { z } from 'zod';
import { diskSchema, tensorflowVariants } from '../../contract/api/machine.ts';

const foldersSchema = z.strictObject({ dataFolder: z.string(), cacheFolder: z.string() });

/** `progress`: the share that is done, 0 to 1, or null where it is not known. `line`: a line to keep. */
const taskEventSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('progress'), share: z.number().min(0).max(1).nullable(), note: z.string() }),
  z.strictObject({ type: z.literal('line'), text: z.string() }),
]);
export type TaskEvent = z.infer<typeof taskEventSchema>;

/** Tasks that would hold up the host: each is done in a process of its own. */
export const machineCalls = {
  /** What uses the disk. */
  diskUse: { input: foldersSchema, output: diskSchema, event: taskEventSchema },
  /** Removes what `diskUse` calls removable at that time. */
  cleanUp: {
    input: foldersSchema,
    output: z.strictObject({ files: z.int(), bytes: z.number() }),
    event: taskEventSchema,
  },
  backUp: { input: z.strictObject({ dataFolder: z.string() }), output: z.void(), event: taskEventSchema },
  install: {
    input: z.strictObject({ variant: z.enum(tensorflowVariants) }),
    output: z.void(),
    event: taskEventSchema,
  },
};
export type MachineTask = keyof typeof machineCalls;
