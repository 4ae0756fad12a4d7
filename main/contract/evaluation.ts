import { z } from 'zod';
import { hashSchema } from './recipes.ts';
import { dataSetSchema } from './study.ts';

/** Mistakes that an examination keeps, the most confident ones. */
export const keptMistakes = 60;

/** One test image that a snapshot takes for another class. */
export const mistakeSchema = z.strictObject({
  /** Index among the test images. */
  image: z.int().min(0),
  actual: z.int().min(0),
  predicted: z.int().min(0),
  /** Softmax of the class that was predicted, and of the right one. */
  confidence: z.number().min(0).max(1),
  ofActual: z.number().min(0).max(1),
  /** Base64 of uint8 [height, width]. */
  pixels: z.string(),
});

/** What one snapshot makes of all test images of a data set. */
export const examinationSchema = z.strictObject({
  classes: z.array(z.string()).min(2),
  testCount: z.int().min(1),
  errors: z.int().min(0),
  width: z.int().min(1),
  height: z.int().min(1),
  /** How often images of one class were taken for one; pairs that never happened are left out. */
  confusion: z.array(z.strictObject({ actual: z.int().min(0), predicted: z.int().min(0), count: z.int().min(1) })),
  mistakes: z.array(mistakeSchema).max(keptMistakes),
});
export type Examination = z.infer<typeof examinationSchema>;

/** What a worker needs in order to examine a snapshot. */
export const examinationTaskSchema = z.strictObject({
  snapshot: hashSchema,
  dataSet: dataSetSchema,
  dataSetHash: hashSchema,
});
export type ExaminationTask = z.infer<typeof examinationTaskSchema>;

/** A worker's answer to `examine`, by the number that it was asked under. */
export const examinationMessageSchema = z.strictObject({
  examination: z.int(),
  outcome: z.discriminatedUnion('ok', [
    z.strictObject({ ok: z.literal(true), result: examinationSchema }),
    z.strictObject({ ok: z.literal(false), message: z.string(), detail: z.string() }),
  ]),
});
export type ExaminationMessage = z.infer<typeof examinationMessageSchema>;
