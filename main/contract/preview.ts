import { z } from 'zod';
import { hashSchema } from './recipes.ts';
import { engineNames } from './run.ts';

/** Images that one question may be about, and models that one may ask. */
export const maxInspected = 1001;
export const maxAsked = 64;

/** Bytes as base64; so many characters at most. */
const bytes = z.base64().max(24 * 2 ** 20);

/**
 * What a page wants to see at once: images of latent points, or given ones, and what models say to them.
 * `z`: float32 [count, latent], little-endian; `pixels`: uint8 [count, height, width].
 */
export const questionSchema = z.strictObject({
  images: z.discriminatedUnion('from', [
    z.strictObject({ from: z.literal('latents'), generator: hashSchema, z: bytes }),
    z.strictObject({ from: z.literal('pixels'), width: z.int().min(1), height: z.int().min(1), pixels: bytes }),
  ]),
  /** Hashes of the weights of classifiers. */
  models: z.array(hashSchema).max(maxAsked),
});
export type Question = z.infer<typeof questionSchema>;

/** What one model says: softmax float32 [count, classes], labels uint16 [count]; little-endian, base64. */
export const votesSchema = z.strictObject({
  model: hashSchema,
  classes: z.int().min(2),
  softmax: z.base64(),
  labels: z.base64(),
});

/** `pixels`: the images as they were made or given, uint8 [count, height, width]; `votes` in the order of the models. */
export const inspectionSchema = z.strictObject({
  width: z.int(),
  height: z.int(),
  count: z.int(),
  pixels: z.base64(),
  votes: z.array(votesSchema),
});
export type Inspection = z.infer<typeof inspectionSchema>;

/** What the parent tells the inspector. `forget`: nobody waits for this answer any more. */
export const inspectorCommandSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('ask'),
    id: z.int(),
    engine: z.enum(engineNames),
    /** Folder of the blob store. */
    blobs: z.string(),
    question: questionSchema,
  }),
  z.strictObject({ type: z.literal('forget'), id: z.int() }),
]);
export type InspectorCommand = z.infer<typeof inspectorCommandSchema>;

/** What the inspector tells its parent, once for each question that was not forgotten. */
export const inspectorMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('answer'), id: z.int(), inspection: inspectionSchema }),
  /** The parts of a UserError. */
  z.strictObject({
    type: z.literal('refused'),
    id: z.int(),
    code: z.string(),
    what: z.string(),
    where: z.string(),
    remedy: z.string(),
  }),
  z.strictObject({ type: z.literal('failed'), id: z.int().nullable(), detail: z.string() }),
]);
export type InspectorMessage = z.infer<typeof inspectorMessageSchema>;
