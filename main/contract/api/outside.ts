import { z } from 'zod';
import { idSchema, nothing, oc, ofStudy, studyName } from '../base.ts';
import {
  addedAnswersSchema,
  answersMappingSchema,
  answersPreviewSchema,
  outsideKinds,
  outsideTestSchema,
  wantedMappingSchema,
} from '../outside-models.ts';

const upload = z.string().max(64);

const outsideModelSchema = z.strictObject({
  id: idSchema,
  name: z.string(),
  kind: z.enum(outsideKinds),
  /** SHA-256 of all that decides its answers. */
  identity: z.string(),
  /** How it did on labelled images; null: it was tried on none. */
  tested: outsideTestSchema.nullable(),
  /** What is known of its answers for the study's stimuli; null: it has not answered for these. */
  answers: z.enum(['labels', 'confidence', 'softmax']).nullable(),
  /** ISO 8601. */
  addedAt: z.iso.datetime(),
});

export const outsideListSchema = z.strictObject({
  models: z.array(outsideModelSchema),
  /** Why no table can be added now: a sentence; null: one can. */
  missing: z.string().nullable(),
  /** Classes of the study's stimuli; empty: it has none. */
  classes: z.array(z.string()),
  images: z.int().min(0),
});
export type OutsideList = z.infer<typeof outsideListSchema>;

const places = z.strictObject({ study: studyName, ids: z.array(idSchema).min(1).max(10_000) });

/** Models of a study that were not trained here. */
export const outsideContract = {
  /** By name. */
  list: oc.input(ofStudy).output(outsideListSchema),
  previewAnswers: oc.input(ofStudy.extend({ upload, wanted: wantedMappingSchema })).output(answersPreviewSchema),
  /** Stores the models of a table, all or none. */
  addAnswers: oc.input(ofStudy.extend({ upload, mapping: answersMappingSchema })).output(addedAnswersSchema),
  /** Takes models out of the study. `restore` brings them back. */
  remove: oc.input(places).output(nothing),
  restore: oc.input(places).output(nothing),
};
