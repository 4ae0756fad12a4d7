import { z } from 'zod';
import { progressSchema } from '../../contract/api/data-sets.ts';
import { UserError } from '../../contract/wire/errors.ts';
import { fileError } from '../../files/file-errors.ts';

/** `line`: a line to keep. */
export const taskEventSchema = z.discriminatedUnion('type', [
  progressSchema,
  z.strictObject({ type: z.literal('line'), text: z.string() }),
]);
export type TaskEvent = z.infer<typeof taskEventSchema>;

export const refused = (reason: string): UserError =>
  new UserError('machine.refused', reason, 'this machine', 'Nothing was changed.');

/** What cannot be done is reported in one sentence that says what would help. @throws UserError `machine.refused` */
export async function refusing<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const explained = fileError(error, 'this machine');
    if (!(explained instanceof UserError) || explained.code === 'machine.refused') throw explained;
    throw refused(`${explained.message} (${explained.where}). ${explained.remedy}`);
  }
}
