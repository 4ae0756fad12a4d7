import { z } from 'zod';
import { idSchema } from '../../contract/wire/index.ts';
import {
  momentSchema,
  noteSchema,
  screenSchema,
  sessionTokenSchema,
  sittingKeySchema,
  trialEventSchema,
} from '../sessions/contract/volunteer.ts';
import { volunteerViewSchema } from '../desk/contract/view.ts';

const kitSessionSchema = z.strictObject({
  token: sessionTokenSchema,
  /** Key of the signature of this session's result file, 32 bytes in base64. */
  key: z.string().max(64),
  view: volunteerViewSchema,
  /**
   * Sittings that the workbench knew when it created the kit: milliseconds that count for the time limit; null: none,
   * because the session was reopened. Empty without a limit.
   */
  clock: z.array(z.strictObject({ sitting: sittingKeySchema, ms: z.number().min(0).nullable() })).max(10_000),
  /** Index into the kit's images, by trial. */
  images: z.array(z.int().min(0)).max(200_000),
});
export type KitSession = z.infer<typeof kitSessionSchema>;

/**
 * The sessions of several people: each can be read only with that person's code, so nobody can sign for another. The key
 * is the code's PBKDF2-HMAC-SHA256, 32 bytes.
 */
const lockedSessionsSchema = z.strictObject({
  /** 16 bytes in base64. */
  salt: z.string().max(64),
  iterations: z.int().min(1),
  /**
   * A `KitSession` as JSON each, encrypted with AES-256-GCM: 12 bytes of nonce, ciphertext, 16 bytes of tag; in base64.
   */
  sealed: z.array(z.string().max(20_000_000)).min(2).max(1000),
});
export type LockedSessions = z.infer<typeof lockedSessionsSchema>;

export const kitPayloadSchema = z.strictObject({
  /** In version 1 kits held the keys of all sessions in clear. Each kit has a page of its own version. */
  schema: z.literal('boundary-workbench/labeling-kit/2'),
  kit: z.uuid(),
  createdAt: z.iso.datetime(),
  /** The session of a kit for one person; null: it is for several. */
  session: kitSessionSchema.nullable(),
  locked: lockedSessionsSchema.nullable(),
  /** Key of the images, 32 bytes in base64. It keeps the images out of sight in the file, not secret. */
  imageKey: z.string().max(64),
  /**
   * uint8 [height, width, channels] of each image, encrypted with AES-256-CTR behind the 16 bytes of its counter, in base64, in
   * random order. An image that a session shows twice is stored twice.
   */
  images: z.array(z.string().max(4_200_000)).max(400_000),
});
export type KitPayload = z.infer<typeof kitPayloadSchema>;

/** A kit, and the code of each person in it. Nothing keeps the codes. Empty in a kit for one person. */
export const madeKitSchema = z.strictObject({
  kit: kitPayloadSchema,
  codes: z.array(z.strictObject({ pseudonym: z.string(), code: z.string() })),
});
export type MadeKit = z.infer<typeof madeKitSchema>;

export const kitResultPayloadSchema = z.strictObject({
  kit: z.uuid(),
  session: sessionTokenSchema,
  pseudonym: z.string().max(40),
  /** Whether it has ended, by the labeler or the time limit. */
  finished: z.boolean(),
  /** Whether the time limit ended it. Missing in kits of earlier versions. */
  timeUp: z.boolean().default(false),
  consented: z.boolean(),
  /** When consent was given, by the clock of that computer; null: not given, or a kit of an earlier version. */
  consentedAt: z.iso.datetime().nullable().default(null),
  /** Whether the labeler declined to take part. The file then contains nothing else. Missing in kits of earlier versions. */
  declined: z.boolean().default(false),
  /** When it was finished; null: not finished, or a kit of an earlier version. */
  finishedAt: z.iso.datetime().nullable().default(null),
  sittings: z
    .array(
      z.strictObject({
        key: sittingKeySchema,
        openedAt: z.iso.datetime(),
        /** The sitting's clock at that time, in milliseconds; null: a kit of an earlier version. */
        openedMs: momentSchema.nullable().default(null),
        screen: screenSchema,
        events: z.array(trialEventSchema).max(200_000),
        notes: z.array(noteSchema).max(100_000),
      }),
    )
    .max(20_000),
});
export type KitResultPayload = z.infer<typeof kitResultPayloadSchema>;

/** A sitting of a result, or the next of its events and notes. */
export type SittingPart = KitResultPayload['sittings'][number];

/**
 * A result file. `signature` is the HMAC-SHA256 of the bytes of `payload` (UTF-8) under the session's key, in lower-case
 * hexadecimal. It does not match an edited file, or the file of another labeler.
 */
export const kitResultFileSchema = z.strictObject({
  /** Version 1 lacks `declined`, `consentedAt` and `finishedAt`. */
  schema: z.enum(['boundary-workbench/labeling-kit-result/2', 'boundary-workbench/labeling-kit-result/1']),
  payload: z.string().max(200_000_000),
  signature: z.string().regex(/^[0-9a-f]{64}$/),
});
export type KitResultFile = z.infer<typeof kitResultFileSchema>;

export const kitResultPreviewSchema = z.strictObject({
  pseudonym: z.string(),
  session: idSchema,
  finished: z.boolean(),
  /** Whether the time limit ended it. */
  timeUp: z.boolean(),
  declined: z.boolean(),
  /** Start of the newest sitting in the study and in the file (by the clock of that computer), without wrong dates; null: none. */
  newestHere: z.iso.datetime().nullable(),
  newestInFile: z.iso.datetime().nullable(),
  events: z.int().min(0),
  newEvents: z.int().min(0),
  /** New events after the time limit of their image or session. They are stored but do not count. */
  late: z.int().min(0),
  /**
   * New sittings whose date cannot be right: in the future, or before the session's first kit. Up to a day ahead they
   * count as of the import; others replace no answers. Their number, and the dates of the first ten.
   */
  misdatedCount: z.int().min(0),
  misdated: z.array(z.iso.datetime()).max(10),
  /** Trials that get their first answer. */
  added: z.int().min(0),
  /** Trials that get a different answer or lose theirs: their number, and the first thousand. */
  changedCount: z.int().min(0),
  changed: z.array(z.strictObject({ trial: z.int(), from: z.int().nullable(), to: z.int().nullable() })).max(1000),
  /** Names of the answers in the session's plan; `cannotTell` null: not offered. */
  names: z.array(z.string()),
  cannotTell: z.string().nullable(),
});
export type KitResultPreview = z.infer<typeof kitResultPreviewSchema>;
