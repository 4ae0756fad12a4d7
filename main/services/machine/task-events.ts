import { z } from 'zod';
import { progressSchema } from '../../contract/api/data-sets.ts';
import { UserError } from '../../contract/errors.ts';

/** `line`: a line to keep. */
export const taskEventSchema = z.discriminatedUnion('type', [
  progressSchema,
  z.strictObject({ type: z.literal('line'), text: z.string() }),
]);
export type TaskEvent = z.infer<typeof taskEventSchema>;

export const refused = (reason: string): UserError =>
  new UserError('machine.refused', reason, 'this machine', 'Nothing was changed.');
