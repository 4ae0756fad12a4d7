import { z } from 'zod';
import { problemSchema } from '../../../contract/wire/index.ts';
import { disagreedChoiceSchema, kindsOfLabels } from '../../../contract/stimuli/index.ts';
import { nameSchema } from '../../../contract/studies/index.ts';
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

/** People's answers: a table that was uploaded, or those of a study, of a panel or (null) of its labelers. */
export const peoplesAnswersOf = z.union([
  z.strictObject({ upload: z.string().min(1).max(200) }),
  z.strictObject({ study: nameSchema, panel: z.int().min(1).nullable() }),
]);

export const disagreementPreviewSchema = z.strictObject({
  ...peoplesAnswersSchema.pick({ name: true, kind: true, reading: true }).shape,
  /** Test images with labels, all test images, and those on which people disagree. */
  images: z.int().min(0),
  total: z.int().min(0),
  disagreed: z.int().min(0),
  /** Highest entropy of an image's labels, in bits. */
  highest: z.number().min(0),
  /** Null: why there is none is in `problem`. */
  choose: disagreedChoiceSchema.nullable(),
  problem: problemSchema.nullable(),
});
export type DisagreementPreview = z.infer<typeof disagreementPreviewSchema>;
