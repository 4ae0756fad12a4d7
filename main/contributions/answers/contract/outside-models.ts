import { z } from 'zod';
import { hashSchema } from '../../../contract/recipes/index.ts';

/** Formats of tables with answers. */
export const tableFormats = ['csv', 'json', 'npy', 'npz', 'parquet'] as const;

/** Models that were not trained here: what a study knows of them, and how tables of their answers are read. */

/** `table`: what a model answered, without the model. */
export const outsideKinds = ['table', 'onnx', 'image-text'] as const;
export type OutsideKind = (typeof outsideKinds)[number];

/** What stands in place of an architecture. */
export const outsideKindNames: Record<OutsideKind, string> = {
  table: 'Table of answers',
  onnx: 'ONNX',
  'image-text': 'Image-text',
};

/** How a model did on labeled images. */
export const outsideTestSchema = z.strictObject({
  images: z.int().min(1),
  errors: z.int().min(0),
  /** Percent of `images`. */
  accuracy: z.number().min(0).max(100),
});
export type OutsideTest = z.infer<typeof outsideTestSchema>;

/** A spelling of a class in a table, and the class that it means. */
const spellingsSchema = z.record(z.string().max(200), z.int().min(0).max(999));

const column = z.string().max(200);

/** How a table of answers is read. Columns are those of a CSV or Parquet file; an array has none of them. */
export const answersMappingSchema = z.strictObject({
  /** With the id of an image, or a file name with the id as its only number; null: an array, images in the order of ids. */
  image: column.nullable(),
  /** With the name of the model; null: all rows are of the model `name`, or the models of an array are `name 1`, ... */
  model: column.nullable(),
  name: z.string().min(1).max(100),
  /** Names in that column whose rows are set aside, such as those of people. Absent: none. */
  aside: z.array(z.string().max(200)).max(2000).optional(),
  /** With labels; null: the class of the largest softmax is the label. */
  label: column.nullable(),
  /** The class of each spelling in the column of labels. */
  classes: spellingsSchema,
  /** With the probability of the label; null: there is none, or all of softmax. */
  confidence: column.nullable(),
  /** With the softmax of each class, in the order of the study's classes; null: labels only. */
  softmax: z.array(column).min(2).max(1000).nullable(),
  /** Divides the values of an image by their sum, where that is not 1. Otherwise such a table is refused. */
  normalise: z.boolean(),
});
export type AnswersMapping = z.infer<typeof answersMappingSchema>;

/** What a person chose in place of a guess. */
export const wantedMappingSchema = answersMappingSchema.partial();
export type WantedMapping = z.infer<typeof wantedMappingSchema>;

/** What a table of answers holds, and how it would be read. Nothing is stored. */
export const answersPreviewSchema = z.strictObject({
  name: z.string(),
  format: z.enum(tableFormats),
  /** Columns of a CSV or Parquet file; empty: an array. */
  columns: z.array(z.string()),
  sample: z.array(z.array(z.string())),
  /** Lengths of the dimensions of an array; null: it is none. */
  shape: z.array(z.int()).nullable(),
  rows: z.int().min(0),
  guess: answersMappingSchema,
  /** Names of models, the first thousand. */
  models: z.array(z.string()),
  /** Names in the column with models whose rows are set aside, the first thousand. */
  aside: z.array(z.string()),
  /** Spellings in the column of labels, the first thousand, with the classes that they probably mean. */
  labels: z.array(z.strictObject({ text: z.string(), count: z.int().min(1), guess: z.int().min(0).nullable() })),
  /** Rows of images that the study does not have: how many, and some of their names. */
  unknown: z.strictObject({ rows: z.int().min(0), examples: z.array(z.string()) }),
  /** Rows whose softmax does not add up to 1. */
  notOne: z.int().min(0),
});
export type AnswersPreview = z.infer<typeof answersPreviewSchema>;

/** What of a table was stored. */
export const addedAnswersSchema = z.strictObject({
  models: z.array(z.string()),
  /** Number of these models that the study had already. */
  known: z.int().min(0),
  unknown: answersPreviewSchema.shape.unknown,
  /** What a person should know, a sentence each. */
  notes: z.array(z.string()),
});
export type AddedAnswers = z.infer<typeof addedAnswersSchema>;

/** All that decides the answers of a table's model; its canonical JSON is hashed to the model's identity. */
export const answersSpecSchema = z.strictObject({
  kind: z.literal('table'),
  name: z.string(),
  /** Hash of the stimulus set. */
  set: hashSchema,
  /** Hashes of blobs: `OtherPrediction`. */
  labels: hashSchema,
  softmax: hashSchema.optional(),
  confidence: hashSchema.optional(),
});
export type AnswersSpec = z.infer<typeof answersSpecSchema>;
