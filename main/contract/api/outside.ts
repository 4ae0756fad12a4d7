import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { idSchema, jobStarted, nothing, oc, ofStudy, studyName } from '../base.ts';
import { filesSchema, modelMappingSchema, outsideCheckSchema } from '../outside.ts';
import {
  addedAnswersSchema,
  answersMappingSchema,
  answersPreviewSchema,
  foundModelSchema,
  outsideKinds,
  outsideTestSchema,
  wantedMappingSchema,
} from '../outside-models.ts';
import { progressSchema } from './data-sets.ts';

const upload = z.string().max(64);

/** Files that a page uploads for one model at most. */
export const maxModelUploads = 20;

/**
 * A file of a model on the machine that runs the program, a .onnx file with its external data where the export wrote them;
 * or uploads of these files, which then count as lying in one folder.
 */
const modelFilesSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('path'), path: z.string().trim().min(1).max(4096) }),
  z.strictObject({ kind: z.literal('uploads'), uploads: z.array(upload).min(1).max(maxModelUploads) }),
]);
export type ModelFiles = z.infer<typeof modelFilesSchema>;

const ofModel = ofStudy.extend({ files: filesSchema(modelFilesSchema) });
const mapped = ofModel.extend({ mapping: modelMappingSchema });

const outsideModelSchema = z.strictObject({
  id: idSchema,
  name: z.string(),
  kind: z.enum(outsideKinds),
  /** SHA-256 of all that decides its answers. */
  identity: z.string(),
  /** How it did on labeled images; null: it was tried on none. */
  tested: outsideTestSchema.nullable(),
  /** What is known of its answers for the study's stimuli; null: it has not answered for these. */
  answers: z.enum(['labels', 'confidence', 'softmax']).nullable(),
  /** Whether it has files here with which it can answer for other stimuli. */
  canPredict: z.boolean(),
  /** ISO 8601. */
  addedAt: z.iso.datetime(),
});

export const outsideListSchema = z.strictObject({
  models: z.array(outsideModelSchema),
  /** Why no table of answers, and no model of a file, can be added now: a sentence; null: one can. */
  missing: z.strictObject({ table: z.string().nullable(), model: z.string().nullable() }),
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
  /** What a model's files hold, read without running them, and the mappings that they suggest. */
  inspect: oc
    .input(ofModel)
    .output(
      eventIterator(
        z.discriminatedUnion('type', [
          progressSchema,
          z.strictObject({ type: z.literal('found'), found: foundModelSchema }),
        ]),
      ),
    ),
  /** How the model does on labeled test images with these mappings. Leaving the stream stops it. Nothing is stored. */
  check: oc
    .input(mapped)
    .output(
      eventIterator(
        z.discriminatedUnion('type', [
          progressSchema,
          z.strictObject({ type: z.literal('checked'), check: outsideCheckSchema }),
        ]),
      ),
    ),
  /**
   * Adds a model that was checked with these mappings, and starts the job that has it answer for the study's stimuli, null
   * without stimuli. `accept`: even if its mapping looks wrong. Its uploads are removed.
   */
  add: oc
    .input(mapped.extend({ name: z.string().max(1000), accept: z.boolean() }))
    .output(z.strictObject({ job: jobStarted.shape.job.nullable() })),
  /** Has the models that have not answered for the study's stimuli do so. Gives the job. */
  predict: oc.input(ofStudy).output(jobStarted),
  /** Takes models out of the study. `restore` brings them back. */
  remove: oc.input(places).output(nothing),
  restore: oc.input(places).output(nothing),
};
