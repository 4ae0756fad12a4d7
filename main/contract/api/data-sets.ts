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

/** A data set, known by the hash of its bytes. `mean` and `std` of the training pixels in [0, 1], for each channel. */
export const dataSetRecordSchema = imageSizeSchema.extend({
  hash: z.string(),
  name: z.string(),
  classes: z.array(z.string()),
  mean: numbers,
  std: numbers,
  trainCount: z.int(),
  testCount: z.int(),
  source: dataSetSchema,
});
export type DataSetRecord = z.infer<typeof dataSetRecordSchema>;
