import { z } from 'zod';

/** Pages send values as JSON only: the decoder behind must not be made to parse forms. */
const headersSchema = z
  .record(z.string(), z.union([z.string(), z.array(z.string())]))
  .refine((headers) => Object.keys(headers).every((name) => name.toLowerCase() !== 'content-type'));

/** A call, or the page's wish that a call ends: what oRPC's client writes for the calls of the contract. */
const messageSchema = z.union([
  z.looseObject({
    i: z.string().max(64),
    t: z.literal(1).optional(),
    p: z.looseObject({ u: z.string().startsWith('/'), h: headersSchema.optional() }),
  }),
  z.looseObject({ i: z.string().max(64), t: z.literal(4) }),
]);

/** As oRPC's client begins every message. */
const beginning = /^\{"i":"([^"\\]{1,64})",("t":4\b)?/;

/**
 * Whose call a message is or ends, without parsing it. Null: a page of ours did not write it, and `isMessage` tells
 * whether it is a message nevertheless.
 */
export function glance(text: string): { id: string; ends: boolean } | null {
  const [, id, ends] = beginning.exec(text) ?? [];
  return id === undefined ? null : { id, ends: ends !== undefined };
}

/** Whether a text could be a message of a page; what is in it is checked call by call. */
export function isMessage(text: string): boolean {
  try {
    return messageSchema.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}
