import { z } from 'zod';
import { quantitySchema } from '../exhibit.ts';
import { aboutPeople, imageIds } from './results-parts.ts';
import { imageRowSchema, leaveOneOutSchema } from './results-tables.ts';

/** What people alone say, which needs no network. */
export const peopleAloneSchema = z.strictObject({
  ...aboutPeople,
  /** Images on which all gave the same label; on which they did not; with fewer than two labels. */
  agree: imageIds,
  disagree: imageIds,
  undetermined: imageIds,
  /** Share of images with two labels or more, percent. */
  peopleDisagree: quantitySchema,
  /** Two people, percent of the images that both labelled. */
  pairwise: quantitySchema,
  krippendorff: quantitySchema,
  fleiss: quantitySchema,
  /** Cohen's kappa of pairs of people. */
  cohen: quantitySchema,
  /** Of an image's labels, bits; over images with two labels or more. */
  entropy: quantitySchema,
  leaveOneOut: leaveOneOutSchema,
});
export type PeopleAlone = z.infer<typeof peopleAloneSchema>;

/** One image with the labels that people gave: a cell of the map. */
export const labelRowSchema = imageRowSchema.pick({ id: true, i: true, j: true, alpha: true, people: true });
export type LabelRow = z.infer<typeof labelRowSchema>;

export const labelsSchema = z.strictObject({ ...aboutPeople, rows: z.array(labelRowSchema) });
