import { z } from 'zod';

const messageSchema = z.looseObject({ i: z.string().max(64), t: z.int().optional() });

/** Whether a text could be a message of a page; what is in it is checked call by call. */
export function isMessage(text: unknown): text is string {
  if (typeof text !== 'string') return false;
  try {
    return messageSchema.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}
