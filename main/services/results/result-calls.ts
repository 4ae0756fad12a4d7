import { z } from 'zod';
import { refusalSchema } from '../../contract/base.ts';

/** Questions about the results of studies, as the calls of `resultsContract` name them. */
export const resultCalls = [
  'overview',
  'people',
  'types',
  'tables',
  'images',
  'labels',
  'softmax',
  'calibration',
  'certainty',
  'along',
  'agreement',
  'rarefaction',
  'compare',
  'which',
  'image',
  'selfTest',
] as const;
export type ResultCall = (typeof resultCalls)[number];

/** What the parent asks the analyst. The input was checked by the call's schema. */
export const analystCommandSchema = z.strictObject({
  type: z.literal('ask'),
  id: z.int(),
  call: z.enum(resultCalls),
  input: z.unknown(),
});
export type AnalystCommand = z.infer<typeof analystCommandSchema>;

/** What the analyst tells its parent: one message a question. `failed`: a defect. */
export const analystMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('answer'), id: z.int(), output: z.unknown() }),
  z.strictObject({ type: z.literal('refused'), id: z.int(), ...refusalSchema.shape }),
  z.strictObject({ type: z.literal('failed'), id: z.int(), detail: z.string() }),
]);
export type AnalystMessage = z.infer<typeof analystMessageSchema>;
