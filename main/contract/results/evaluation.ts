import { z } from 'zod';
import { channelsSchema } from '../recipes/images.ts';

/** Mistakes that an evaluation keeps: the most confident ones. */
export const keptMistakes = 60;

/** Test images of which an evaluation keeps every predicted label: about 1.3 MB of text, or twice that with uint16. */
export const keptLabels = 1_000_000;

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

/** What agreement and calibration on test images are computed from. */
export const testAnswersSchema = z.strictObject({
  /**
   * Base64 of the predicted label of every test image: uint8, or little-endian uint16 with more than 256 classes. Null: there
   * are more than `keptLabels` images.
   */
  labels: z
    .string()
    .max(4 * Math.ceil((2 * keptLabels) / 3))
    .nullable(),
  /** Mean of the largest softmax. */
  certainty: z.number().min(0).max(1),
  /** Expected calibration error, 15 bins (metrics.md 6). */
  ece: z.number().min(0).max(1),
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
  /** Absent in evaluations of earlier versions. */
  answers: testAnswersSchema.optional(),
});
export type SnapshotEvaluation = z.infer<typeof snapshotEvaluationSchema>;
