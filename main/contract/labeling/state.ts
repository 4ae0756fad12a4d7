import { z } from 'zod';
import { channelsSchema } from '../recipes/images.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);

export const sessionStates = ['planned', 'active', 'finished', 'declined'] as const;

export const lockSchema = z.strictObject({
  /** SHA-256 over all labels of all counted people: see docs/data-formats.md. */
  hash,
  lockedAt: z.iso.datetime(),
  sessions: z.int().min(0),
  labels: z.int().min(0),
  /** Who locked: the researcher, or the program again after a withdrawal. */
  reason: z.enum(['researcher', 'withdrawal']),
});
export type Lock = z.infer<typeof lockSchema>;

const labelingStimuliSchema = z.strictObject({
  hash,
  images: z.int().min(1),
  width: z.int().min(1),
  height: z.int().min(1),
  channels: channelsSchema,
  classes: z.array(z.string()),
  /** Clear images (alpha 0 or 1), used for practice and attention trials. */
  clear: z.int().min(0),
});
export type LabelingStimuli = z.infer<typeof labelingStimuliSchema>;

/** Whose labels a study has, without the labels. */
export const labelingStateSchema = z.strictObject({
  stimuli: labelingStimuliSchema.nullable(),
  /** Whether a plan of sessions is saved. */
  hasPlan: z.boolean(),
  /** Sessions so far; those that are neither finished nor in progress were not started or declined. */
  sessions: z.strictObject({ all: z.int().min(0), active: z.int().min(0), finished: z.int().min(0) }),
  lock: lockSchema.nullable(),
  /** Number of people whose labels figures use, from sessions or files, without simulated ones. A lock covers them. */
  people: z.int().min(0),
  /** `named`: people with the name of their table, which may be a real one. */
  otherLabelers: z.strictObject({ people: z.int().min(0), simulated: z.int().min(0), named: z.int().min(0) }),
});
export type LabelingState = z.infer<typeof labelingStateSchema>;

/** What a withdrawal leaves: files that still contain some of a person's data. */
export const remainsSchema = z.strictObject({
  remains: z.array(z.strictObject({ path: z.string(), why: z.string() })),
});
