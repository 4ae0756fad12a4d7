import { z } from 'zod';
import { oc, ofStudy } from '../wire/base.ts';
import { imageDetailSchema, imageInput } from './results-image.ts';
import {
  aboutPeople,
  imageIds,
  maxImages,
  optionalGroupInput,
  peopleInput,
  picturesPage,
  viewInput,
} from '../results/results-parts.ts';
import { exhibitSchema, groupSchema, whichSchema } from '../results/exhibit.ts';
import { findingSchema } from '../results/finding.ts';
import {
  imageRowSchema,
  imagesResultSchema,
  leaveOneOutSchema,
  resultsOverviewSchema,
  tablesInput,
  tablesSchema,
} from './results-tables.ts';
import { imagesSchema } from './stimuli.ts';

/** Without a group: the lists of people alone, `people-disagree`, `human-certainty` and `raters-differ` of two labelers. */
const whichInput = z.strictObject({ ...optionalGroupInput.shape, which: whichSchema });
export type WhichInput = z.infer<typeof whichInput>;

const whichResultSchema = z.strictObject({ images: imageIds });

const peopleAloneSchema = z.strictObject({
  ...aboutPeople,
  /** Images on which all gave the same label; on which they did not; with fewer than two labels. */
  agree: imageIds,
  disagree: imageIds,
  undetermined: imageIds,
  /** One row: shares of disagreement, coefficients of agreement, entropy. */
  measures: exhibitSchema,
  /** Tables of contributions. */
  further: z.array(exhibitSchema),
  leaveOneOut: leaveOneOutSchema,
});
export type PeopleAlone = z.infer<typeof peopleAloneSchema>;

/** Without `group`: the first that the study compares, or people alone where it compares none. */
const findingInput = peopleInput.extend({ group: groupSchema.nullable().optional() });
export type FindingInput = z.infer<typeof findingInput>;

const findingResultSchema = z.strictObject({
  ...aboutPeople,
  ...findingSchema.shape,
  /** Images by type (Table 1), one row; null: without networks, or people, no image has a type. */
  types: exhibitSchema.nullable(),
});
export type Finding = z.infer<typeof findingResultSchema>;

/** One image with the labels that people gave: a cell of the map. */
const labelRowSchema = imageRowSchema.pick({
  id: true,
  i: true,
  j: true,
  alpha: true,
  truth: true,
  people: true,
  peopleEntropy: true,
});
export type LabelRow = z.infer<typeof labelRowSchema>;

const labelsSchema = z.strictObject({ ...aboutPeople, rows: z.array(labelRowSchema) });

/**
 * Computed in the analysis process and cached by the hash of its input. Refused with `results.no-stimuli`,
 * `results.unknown-group`, `results.unknown-labeler`; tables with `results.unknown-part`, where no contribution has it.
 */
export const resultsContract = {
  /** What can be chosen. Empty without stimuli, with the reason in `missing`. */
  overview: oc.input(ofStudy).output(resultsOverviewSchema),
  /** Measures of people alone, over all images. */
  people: oc.input(peopleInput).output(peopleAloneSchema),
  /** What was found, in one sentence, and the table of types behind it. */
  finding: oc.input(findingInput).output(findingResultSchema),
  /** Tables and figures. */
  tables: oc.input(tablesInput).output(tablesSchema),
  images: oc.input(viewInput).output(imagesResultSchema),
  labels: oc.input(peopleInput).output(labelsSchema),
  /** The images behind a number. Refused also with `results.unknown-rater`, and `results.no-models` without a group. */
  which: oc.input(whichInput).output(whichResultSchema),
  /** The stimuli as networks see them, `picturesPage` a page, by id. Answered by the host itself. */
  pictures: oc
    .input(
      ofStudy.extend({
        page: z
          .int()
          .min(0)
          .max(maxImages / picturesPage),
      }),
    )
    .output(z.strictObject({ total: z.int(), ids: imageIds, images: imagesSchema.nullable() })),
  /** One stimulus as people see it; null where that is what networks see. Answered by the host itself. */
  picture: oc
    .input(ofStudy.extend({ image: z.int().min(0) }))
    .output(z.strictObject({ seen: imagesSchema.nullable() })),
  image: oc.input(imageInput).output(imageDetailSchema),
  /** Published values, computed on this machine. */
};
