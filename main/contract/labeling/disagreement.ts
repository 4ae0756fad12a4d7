import { z } from 'zod';
import { kindsOfLabels } from '../stimuli.ts';
import { peopleReadingSchema } from './panels.ts';

/** People's answers about the test images of a data set. */
export const peoplesAnswersSchema = z.strictObject({
  /** Name of the file or the study. */
  name: z.string(),
  /** Hash, see `by.answers` of the choice of test images. */
  answers: z.string(),
  kind: z.enum(kindsOfLabels),
  /** What the answers are, and what of a file could not be matched with test images. */
  reading: peopleReadingSchema,
  /** Entropy of the labels of each image that has some, in bits: `[position, entropy]`, by position. */
  entropies: z.custom<[number, number][]>((value) => Array.isArray(value)),
});
export type PeoplesAnswers = z.infer<typeof peoplesAnswersSchema>;

/** Answers in the data folder that can choose test images. `panel`: null are the labels of the study's labelers. */
export const answeredSchema = z.strictObject({
  study: z.string(),
  panel: z.int().min(1).nullable(),
  text: z.string(),
});
export type Answered = z.infer<typeof answeredSchema>;
