import { z } from 'zod';
import { nothing, oc, studyName } from './base.ts';
import {
  agreementMeasures,
  agreementSchema,
  alongSchema,
  calibrationSchema,
  certaintySchema,
  rarefactionSchema,
  softmaxSchema,
} from './results-charts.ts';
import { compareInput, compareSchema, imageDetailSchema, imageInput, selfTestSchema } from './results-compare.ts';
import { labelsSchema, peopleAloneSchema } from './results-people.ts';
import { groupSchema } from '../exhibit.ts';
import { imageIds, maxImages, optionalGroupInput, peopleInput, picturesPage, viewInput } from './results-parts.ts';
import { imagesSchema } from './stimuli.ts';
import { whichInput, whichResultSchema } from './results-parts.ts';
import { imagesResultSchema, resultsOverviewSchema, tablesSchema, typesSchema } from './results-tables.ts';

/**
 * What people and networks did on the stimuli of a study. Worked out in a process of its own, and kept by the hash of
 * what went in. Refused with `results.no-stimuli`, `results.unknown-group`, `results.unknown-labeler`.
 */
export const resultsContract = {
  /** What can be chosen. Without stimuli it says so in `missing` and is empty. */
  overview: oc.input(z.strictObject({ study: studyName })).output(resultsOverviewSchema),
  /** What people alone say of all images. */
  people: oc.input(peopleInput).output(peopleAloneSchema),
  types: oc.input(viewInput).output(typesSchema),
  /** Tables 2 to 5 and Figure 2, all targets. */
  tables: oc.input(peopleInput).output(tablesSchema),
  /** Every image under one group. */
  images: oc.input(viewInput).output(imagesResultSchema),
  /** Every image with the labels that people gave. */
  labels: oc.input(peopleInput).output(labelsSchema),
  softmax: oc.input(viewInput).output(softmaxSchema),
  calibration: oc.input(viewInput).output(calibrationSchema),
  certainty: oc.input(viewInput).output(certaintySchema),
  /** Along alpha, pair by pair; without a group: people alone. */
  along: oc.input(z.strictObject({ ...peopleInput.shape, groups: z.array(groupSchema).max(8) })).output(alongSchema),
  /** Who agrees with whom; without a group: people among themselves. */
  agreement: oc
    .input(z.strictObject({ ...optionalGroupInput.shape, measure: z.enum(agreementMeasures) }))
    .output(agreementSchema),
  /** How statistics change with the number of labelers and, with a group, of models. */
  rarefaction: oc.input(optionalGroupInput).output(rarefactionSchema),
  compare: oc.input(compareInput).output(compareSchema),
  /** The images behind a number. Refused also with `results.unknown-rater`, and `results.no-models` without a group. */
  which: oc.input(whichInput).output(whichResultSchema),
  /** The stimuli as networks see them, `picturesPage` a page, by id. Answered by the host itself. */
  pictures: oc
    .input(
      z.strictObject({
        study: studyName,
        page: z
          .int()
          .min(0)
          .max(maxImages / picturesPage),
      }),
    )
    .output(z.strictObject({ total: z.int(), ids: imageIds, images: imagesSchema.nullable() })),
  /** One stimulus as people see it; null where that is what networks see. Answered by the host itself. */
  picture: oc
    .input(z.strictObject({ study: studyName, image: z.int().min(0) }))
    .output(z.strictObject({ seen: imagesSchema.nullable() })),
  image: oc.input(imageInput).output(imageDetailSchema),
  /** Published values, worked out on this machine. */
  selfTest: oc.input(nothing).output(selfTestSchema),
};
