import { z } from 'zod';
import { idSchema, ofStudy } from '../../contract/wire/index.ts';
import { fileSchema, filesSchema, modelMappingSchema } from './contract/outside.ts';
import { outsideKinds, outsideTestSchema } from '../answers/contract/outside-models.ts';

/** Names an uploaded file. */
export const uploadSchema = z.string().max(64);

/** Files that a page uploads for one model at most. */
export const maxModelUploads = 20;

/**
 * A file of a model on the machine that runs the program, a .onnx file with its external data where the export wrote them;
 * or uploads of these files, which then count as lying in one folder.
 */
const modelFilesSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('path'), path: z.string().trim().min(1).max(4096) }),
  z.strictObject({ kind: z.literal('uploads'), uploads: z.array(uploadSchema).min(1).max(maxModelUploads) }),
]);
export type ModelFiles = z.infer<typeof modelFilesSchema>;

/** A model of files, for a study. */
export const ofModel = ofStudy.extend({ files: filesSchema(modelFilesSchema) });
/** It, and how it would be used. */
export const mappedModel = ofModel.extend({ mapping: modelMappingSchema });

const outsideModelSchema = z.strictObject({
  id: idSchema,
  name: z.string(),
  kind: z.enum(outsideKinds),
  /** Its files, each with the SHA-256 of its bytes; none: its answers came as a table. */
  files: z.array(fileSchema.omit({ bytes: true })),
  /** SHA-256 of a description of all that decides its answers: its files by their hashes, and how they are used. */
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
