import { z } from 'zod';

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

/** What the analysis process can be asked. `input` was checked by the call's own schema where it came in. */
export const analysisCalls = {
  result: {
    input: z.strictObject({ call: z.enum(resultCalls), input: z.unknown() }),
    output: z.unknown(),
  },
};
