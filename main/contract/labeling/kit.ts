import { z } from 'zod';
import {
  momentSchema,
  noteSchema,
  screenSchema,
  sessionTokenSchema,
  sittingKeySchema,
  trialEventSchema,
  volunteerViewSchema,
} from './volunteer.ts';

/** One labeler's part of a kit. */
export const kitSessionSchema = z.strictObject({
  token: sessionTokenSchema,
  /** What the labeler types where a kit serves several people; six letters and digits. */
  code: z.string().regex(/^[A-Z2-9]{6}$/),
  /** Key of the signature of this session's result file, 32 bytes in base64. */
  key: z.string().max(64),
  view: volunteerViewSchema,
  /**
   * Sittings that the workbench knew of when it made the kit: milliseconds of each that count for the time limit, or null
   * where it does not count any more. Empty without a limit.
   */
  clock: z.array(z.strictObject({ sitting: sittingKeySchema, ms: z.number().min(0).nullable() })).max(10_000),
  /** Index into the kit's images, by trial. */
  images: z.array(z.int().min(0)).max(200_000),
});

/** All that a kit's page needs: it is put into the one file. */
export const kitPayloadSchema = z.strictObject({
  schema: z.literal('boundary-workbench/labeling-kit/1'),
  kit: z.uuid(),
  createdAt: z.iso.datetime(),
  sessions: z.array(kitSessionSchema).min(1).max(1000),
  /** Key of the images, 32 bytes in base64. It hides nothing from who wants to know; it keeps a look at the file from telling. */
  imageKey: z.string().max(64),
  /**
   * uint8 [height, width] of each image under AES-256-CTR, behind the 16 bytes of its counter, in base64; in an order of the
   * kit's own. No image comes twice in a session: what is shown again is there again.
   */
  images: z.array(z.string().max(2_000_000)).max(400_000),
});
export type KitPayload = z.infer<typeof kitPayloadSchema>;

/** What a labeler did with a kit. */
export const kitResultPayloadSchema = z.strictObject({
  kit: z.uuid(),
  session: sessionTokenSchema,
  pseudonym: z.string().max(40),
  /** Whether it has ended: the labeler said so, or the time was up. */
  finished: z.boolean(),
  /** Whether it was the time limit that ended it. Kits of earlier versions do not say. */
  timeUp: z.boolean().default(false),
  consented: z.boolean(),
  /** When consent was given; null: it was not, or a kit of an earlier version does not say. As `openedAt`, by the clock there. */
  consentedAt: z.iso.datetime().nullable().default(null),
  /** Whether the labeler declined to take part: nothing else is in the file then. Kits of earlier versions do not say. */
  declined: z.boolean().default(false),
  /** When it was finished; null: it is not, or a kit of an earlier version does not say. */
  finishedAt: z.iso.datetime().nullable().default(null),
  sittings: z
    .array(
      z.strictObject({
        key: sittingKeySchema,
        /** By the clock of that computer. */
        openedAt: z.iso.datetime(),
        /** Where the clock of its times stood then; null: a kit of an earlier version does not say. */
        openedMs: momentSchema.nullable().default(null),
        screen: screenSchema,
        events: z.array(trialEventSchema).max(200_000),
        notes: z.array(noteSchema).max(100_000),
      }),
    )
    .max(20_000),
});
export type KitResultPayload = z.infer<typeof kitResultPayloadSchema>;

/**
 * A result file. `signature` is the HMAC-SHA256 of the bytes of `payload` (UTF-8) under the session's key, in lower-case
 * hexadecimal: an edited file, or one of another labeler under this name, does not match.
 */
export const kitResultFileSchema = z.strictObject({
  /** Kits of version 1 do not tell of refusals, nor when consent was given and the session finished. */
  schema: z.enum(['boundary-workbench/labeling-kit-result/2', 'boundary-workbench/labeling-kit-result/1']),
  /** JSON of `kitResultPayloadSchema`. */
  payload: z.string().max(200_000_000),
  signature: z.string().regex(/^[0-9a-f]{64}$/),
});
export type KitResultFile = z.infer<typeof kitResultFileSchema>;
