import { z } from 'zod';
import { UserError } from '../../contract/errors.ts';

/** `progress`: the share that is done, 0 to 1, or null where it is not known. `line`: a line to keep. */
export const taskEventSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('progress'), share: z.number().min(0).max(1).nullable(), note: z.string() }),
  z.strictObject({ type: z.literal('line'), text: z.string() }),
]);
export type TaskEvent = z.infer<typeof taskEventSchema>;

export const refused = (reason: string): UserError =>
  new UserError('machine.refused', reason, 'this machine', 'Nothing was changed.');
