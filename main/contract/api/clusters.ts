import { z } from 'zod';
import { oc, ofStudy, studyName } from '../wire/base.ts';
import { nameSchema } from '../studies/study.ts';

const count = z.int().min(0);

/** A cluster that trainings may go to; null: this computer. */
export const placeSchema = nameSchema.nullable();

const studyPlaceSchema = z.strictObject({
  /** Where trainings of the study go. */
  place: z.string().nullable(),
  /** Clusters to choose from. `obstacle`: why this study cannot use it; null: it can. */
  clusters: z.array(z.strictObject({ name: z.string(), obstacle: z.string().nullable() })),
});
export type StudyPlace = z.infer<typeof studyPlaceSchema>;

/**
 * What came of a change: trainings that go to the new place, those on a cluster after they have saved a checkpoint there,
 * and those that are at work on this computer and stay here.
 */
export const placedSchema = z.strictObject({ moved: count, staying: count });
export type Placed = z.infer<typeof placedSchema>;

export const clustersContract = {
  /** Where trainings of a study go, and where they could. */
  ofStudy: oc.input(z.strictObject({ study: studyName })).output(studyPlaceSchema),
  /** Says where the trainings of a study go from now on, also while it is at work. */
  placeStudy: oc.input(ofStudy.extend({ place: placeSchema })).output(placedSchema),
};
