import { responseKinds } from '../stimuli/responses.ts';
import { z } from 'zod';
import { claimChoiceSchema, groupSchema } from './exhibit.ts';
import { ofStudy } from '../wire/base.ts';

/** Images of the largest study that is foreseen, and a margin. */
export const maxImages = 100_000;

/** Images in one response with pixels. */
export const picturesPage = 1000;

/** Which labelers count: ids as `results.overview` lists them; null: all of the study. */
const labelersSchema = z.array(z.int().min(1)).max(10_000).nullable();

/** For whom the intervals of the answer hold; absent: `default`. */
const claimSchema = claimChoiceSchema.optional();

export const peopleInput = ofStudy.extend({ labelers: labelersSchema, claim: claimSchema });
export type PeopleInput = z.infer<typeof peopleInput>;

export const viewInput = peopleInput.extend({ group: groupSchema });
export type ViewInput = z.infer<typeof viewInput>;

/** People, and one group of models of a study; null: people alone. */
export const optionalGroupInput = z.strictObject({ ...viewInput.shape, group: groupSchema.nullable() });
export type OptionalGroupInput = z.infer<typeof optionalGroupInput>;

export const imageIds = z.array(z.int()).max(maxImages);

/** A count of each class, class index 0 first. */
export const countsSchema = z.array(z.number()).max(1000);

/** Shown with every result: who gave the labels. */
export const aboutPeople = {
  /** True when any labeler is simulated: whatever shows the result must mark it. */
  rehearsal: z.boolean(),
  /** The kind of people's answers. */
  response: z.enum(responseKinds),
  /** Where nobody knows who gave which answer: the most answers about an image; at least as many people answered. */
  labelers: z.int(),
  /** Fewest and most answers about an image that has any, where nobody knows who gave which; null: it is known. */
  counted: z.strictObject({ least: z.int(), most: z.int() }).nullable(),
};
