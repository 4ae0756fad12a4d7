import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { type Progress, progressSchema } from '../../contract/api/index.ts';
import { folderChoiceSchema, inspectionSchema } from '../formats/contract/inspection.ts';
import { dataSetSchema } from '../../contract/studies/index.ts';
import { call } from '../../services/api/index.ts';
import { follow, type Followed } from '../../services/tools/index.ts';
import { newStudyPlanSchema, probedSchema, proposalSchema, readySchema } from './contract.ts';
import { inspectDataSet } from './inspect.ts';
import { createFromImages, probeTarget, proposeStudy, readyImages } from './new-study.ts';

/** Images on the machine that runs the program, or an uploaded zip or .npz file. */
const fromSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('path'), path: z.string().trim().min(1).max(4096) }),
  z.strictObject({ kind: z.literal('upload'), upload: z.string().max(64) }),
]);

const foundSchema = z.strictObject({ type: z.literal('found'), found: inspectionSchema });

const made = z.strictObject({ name: z.string() });

/** From images to a study: each call takes what the one before gave, as the person changed it. */
const calls = {
  /** Looks at some of the images, and proposes a declaration. Takes seconds. */
  inspect: call
    .input(z.strictObject({ from: fromSchema, choice: folderChoiceSchema.default({}) }))
    .output(eventIterator(z.discriminatedUnion('type', [progressSchema, foundSchema])))
    .handler(({ input, context: { lab }, signal }) => inspectDataSet(lab, input, signal)),
  /**
   * Reads all images, and keeps them in the data folder, so that studies need the originals no more. Where the files have not
   * changed since they were read, what is stored is given at once, unless they are to be read `again`. Leaving the stream
   * stops it, and nothing is stored.
   */
  prepare: call
    .input(z.strictObject({ source: dataSetSchema, again: z.boolean().default(false) }))
    .output(eventIterator(z.discriminatedUnion('type', [progressSchema, readySchema])))
    .handler(({ input, context: { lab }, signal }) => parts((followed) => readyImages(lab, input, followed), signal)),
  /** Trains a network of each architecture briefly on images that were read. Leaving the stream stops it. */
  probe: call
    .input(z.strictObject({ source: dataSetSchema }))
    .output(eventIterator(z.discriminatedUnion('type', [progressSchema, probedSchema])))
    .handler(({ input: { source }, context: { lab }, signal }) =>
      parts((followed) => probeTarget(lab, source, followed), signal),
    ),
  /** What the study would have, and take; nothing is stored. */
  propose: call
    .input(newStudyPlanSchema)
    .output(proposalSchema)
    .handler(({ input, context: { lab } }) => proposeStudy(lab, input)),
  /** Stores the study; nothing runs yet. */
  create: call
    .input(newStudyPlanSchema)
    .output(made)
    .handler(({ input, context: { lab } }) => ({ name: createFromImages(lab, input) })),
};
export default calls;
export type ImagesCalls = typeof calls;

/** What some work reports, and then its outcome, as parts of an answer. */
async function* parts<Outcome>(
  work: (followed: Followed<Progress>) => Promise<Outcome>,
  signal: AbortSignal | undefined,
): AsyncGenerator<({ type: 'progress' } & Progress) | Outcome> {
  for await (const part of follow(work, signal)) {
    yield 'event' in part ? { type: 'progress', ...part.event } : part.outcome;
  }
}
