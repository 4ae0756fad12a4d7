import { z } from 'zod';
import { dataSetSchema } from '../studies/study.ts';
import { imageSizeSchema } from '../recipes/images.ts';

/** How far reading images, or a probe, is. */
export const progressSchema = z.strictObject({
  type: z.literal('progress'),
  /** 0 to 1; null: not known. */
  share: z.number().min(0).max(1).nullable(),
  note: z.string(),
});
export type Progress = Omit<z.infer<typeof progressSchema>, 'type'>;

const numbers = z.array(z.number()).readonly();
const counts = z.array(z.int().min(0)).readonly();

/** Images of each class, by label, in both parts of a data set. */
export const classCountsSchema = z.strictObject({ train: counts, test: counts });
export type ClassCounts = z.infer<typeof classCountsSchema>;

/** A data set, known by the hash of its bytes. `mean` and `std` of the training pixels in [0, 1], for each channel. */
export const dataSetRecordSchema = imageSizeSchema.extend({
  hash: z.string(),
  name: z.string(),
  classes: z.array(z.string()),
  mean: numbers,
  std: numbers,
  trainCount: z.int(),
  testCount: z.int(),
  /** Absent: it is a stored set, whose labels can be counted, or was read by an earlier version. */
  classCounts: classCountsSchema.optional(),
  source: dataSetSchema,
});
export type DataSetRecord = z.infer<typeof dataSetRecordSchema>;
