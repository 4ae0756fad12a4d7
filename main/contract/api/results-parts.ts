import { z } from 'zod';
import { studyName } from '../base.ts';

/** Images of the largest study that is foreseen, and a margin. */
export const maxImages = 100_000;

/** Images of one answer with pixels. */
export const picturesPage = 1000;

/** Which models of a study are compared as one group. `chosen`: any snapshots, by the keys that `results.overview` lists. */
export const groupSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('diverse'), target: z.number() }),
  z.strictObject({
    kind: z.literal('seeds'),
    architecture: z.string().max(64),
    target: z.number(),
    repeat: z.int().min(0),
  }),
  z.strictObject({ kind: z.literal('chosen'), models: z.array(z.string().max(300)).min(1).max(2000) }),
]);
export type Group = z.infer<typeof groupSchema>;

/** Which labelers count: ids as `results.overview` lists them; null: all of the study. */
const labelersSchema = z.array(z.int().min(1)).max(10_000).nullable();

/** People of a study. */
export const peopleInput = z.strictObject({ study: studyName, labelers: labelersSchema });
export type PeopleInput = z.infer<typeof peopleInput>;

/** People and one group of models of a study. */
export const viewInput = z.strictObject({ study: studyName, labelers: labelersSchema, group: groupSchema });
export type ViewInput = z.infer<typeof viewInput>;

/** People, and one group of models of a study; null: people alone. */
export const optionalGroupInput = z.strictObject({ ...viewInput.shape, group: groupSchema.nullable() });
export type OptionalGroupInput = z.infer<typeof optionalGroupInput>;

/** What the paper says of it. */
export const paperSchema = z.strictObject({ mean: z.number(), std: z.number().nullable() });

/** A 95 % bootstrap interval, corrected for few units. */
export const intervalSchema = z.strictObject({
  /** Null with fewer than two units, or where the number is undefined. */
  lo: z.number().nullable(),
  hi: z.number().nullable(),
  /** How many were drawn: pairs, images or raters. */
  units: z.int(),
  /** Resamples in which the number is undefined, left out. */
  nNull: z.int(),
});
export type ApiInterval = z.infer<typeof intervalSchema>;

/** What a number counts or is a mean over. */
const quantityUnits = [
  ...['images', 'models', 'labelers', 'values', 'repeats'],
  ...['pairs of models', 'pairs of people', 'pairs of people and models', 'pairs of classes'],
] as const;

/** One number of a result, with all that belongs beside it. */
export const quantitySchema = z.strictObject({
  /** Null: undefined; `undefined` says why. */
  value: z.number().nullable(),
  /** Population standard deviation of what `value` is a mean of; null where it is none. */
  std: z.number().nullable(),
  /** Of how many (images, models, pairs, repeats: `of`) it is a share or a mean. */
  n: z.int(),
  of: z.enum(quantityUnits),
  /** By what was drawn. Quote `pair`: images of a pair are not independent. Null where there is none. */
  interval: z.strictObject({ image: intervalSchema.nullable(), pair: intervalSchema.nullable() }).nullable(),
  paper: paperSchema.nullable(),
  /** "because ...", a few words; null where the value is defined. */
  undefined: z.string().nullable(),
});
export type Quantity = z.infer<typeof quantitySchema>;

/** Ids of images. */
export const imageIds = z.array(z.int()).max(maxImages);

export const typeNames = ['type_a', 'both_disagree', 'both_agree', 'type_c'] as const;
export const typeSchema = z.enum(typeNames);
export type TypeName = z.infer<typeof typeSchema>;

/** A count of each class, class index 0 first. */
export const countsSchema = z.array(z.number()).max(1000);

/** What stands on top of every result: whose labels these are. */
export const aboutPeople = {
  /** True when any labeler is simulated: whatever shows it must say so. */
  rehearsal: z.boolean(),
  labelers: z.int(),
};
