import { z } from 'zod';

const count = z.int().min(0);
/** What an image is called: its path in the folder or zip, or its place in the file (`test image 12`). */
const imageName = z.string().max(1000);

/** At most this many examples are kept of each kind. */
export const maxExamples = 5;

const pairsSchema = z.strictObject({
  count,
  examples: z.array(z.strictObject({ first: imageName, second: imageName })).max(maxExamples),
});

/** What was found while the images of a data set were read (docs/data-formats.md, Data sets). */
export const findingsSchema = z.strictObject({
  classes: z.array(z.strictObject({ name: z.string(), train: count, test: count })).max(256),
  /** What was not taken, by reason: a clause such as `its name is not that of an image`. */
  leftOut: z
    .array(z.strictObject({ reason: z.string(), count, examples: z.array(imageName).max(maxExamples) }))
    .max(100),
  /** Test images that are a training image, pixel by pixel, and those that nearly are. `first`: the training image. */
  sameInTest: pairsSchema,
  nearInTest: pairsSchema,
  /** Images that are in two classes, pixel by pixel. */
  inTwoClasses: pairsSchema,
  /** False: there were too many pairs to compare all, so `nearInTest` may lack some. */
  comparedAll: z.boolean(),
  /** What else a person should know, a sentence each. */
  notes: z.array(z.string()).max(20),
});
export type Findings = z.infer<typeof findingsSchema>;
