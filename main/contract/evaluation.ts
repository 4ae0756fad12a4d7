import { z } from 'zod';
import { channelsSchema } from './images.ts';
import { hashSchema } from './recipes.ts';
import { dataSetSchema } from './study.ts';

/** Mistakes that an evaluation keeps: the most confident ones. */
export const keptMistakes = 60;

/** One test image that a snapshot takes for another class. */
const mistakeSchema = z.strictObject({
  image: z.int().min(0),
  actual: z.int().min(0),
  predicted: z.int().min(0),
  /** Softmax of the predicted class, and of the right one. */
  confidence: z.number().min(0).max(1),
  ofActual: z.number().min(0).max(1),
  /** Base64 of uint8 [height, width, channels]. */
  pixels: z.string(),
});

export const snapshotEvaluationSchema = z.strictObject({
  classes: z.array(z.string()).min(2),
  testCount: z.int().min(1),
  errors: z.int().min(0),
  width: z.int().min(1),
  height: z.int().min(1),
  /** Absent in evaluations of earlier versions. */
  channels: channelsSchema.default(1),
  /** How often images of one class were taken for one; pairs that never happened are left out. */
  confusion: z.array(z.strictObject({ actual: z.int().min(0), predicted: z.int().min(0), count: z.int().min(1) })),
  mistakes: z.array(mistakeSchema).max(keptMistakes),
});
export type SnapshotEvaluation = z.infer<typeof snapshotEvaluationSchema>;

/** What an evaluation has counted before it is complete. */
const evaluationCountsSchema = z.strictObject({
  /** Test images that were classified so far, the first ones of the data set. */
  evaluated: z.int().min(0),
  ...snapshotEvaluationSchema.pick({ errors: true, confusion: true }).shape,
});
export type EvaluationCounts = z.infer<typeof evaluationCountsSchema>;

/** A snapshot, by the hash of its weights, and the data set whose test images it classifies. */
const evaluationTaskSchema = z.strictObject({
  snapshot: hashSchema,
  dataSet: dataSetSchema,
  dataSetHash: hashSchema,
});
export type EvaluationTask = z.infer<typeof evaluationTaskSchema>;

export const evaluationCalls = {
  evaluate: { input: evaluationTaskSchema, output: snapshotEvaluationSchema, event: evaluationCountsSchema },
};
