import { z } from 'zod';
import { imagesSchema, latentBytes, sampleSchema } from '../../contract/api/index.ts';
import { jobStarted, nothing, ofStudy } from '../../contract/wire/index.ts';
import { seedSchema } from '../../contract/recipes/index.ts';
import { latentDirections } from '../../domain/anchors/index.ts';
import { call } from '../../services/api/index.ts';
import { neededGenerator, spaceOf, toBase64 } from '../../services/stimuli/index.ts';
import { findStudy } from '../../services/workbench/index.ts';
import { classCandidates } from './candidates.ts';
import { candidateSchema, furtherSearchSchema } from './contract.ts';
import { pin, pinnedOf } from './pins.ts';
import { searchesOf } from './opened.ts';

const ofClass = ofStudy.extend({ classIndex: z.int().min(0).max(999) });

const calls = {
  /** Every candidate of one class, of all searches, each sample once; `images` in the same order; and those that are pinned. */
  candidates: call
    .input(ofClass)
    .output(
      z.strictObject({ candidates: z.array(candidateSchema), images: imagesSchema, pinned: z.array(sampleSchema) }),
    )
    .handler(({ input: { study: name, classIndex }, context: { lab } }) => {
      const study = findStudy(lab.workbench, name);
      return {
        ...classCandidates(lab.workbench, study, classIndex),
        pinned: pinnedOf(lab.workbench, study, classIndex),
      };
    }),
  /** Draws other z with another seed; what it finds is added to the candidates. Gives the job. */
  start: call
    .input(ofStudy.extend(furtherSearchSchema.shape))
    .output(jobStarted)
    .handler(async ({ input: { study, ...request }, context: { lab } }) => {
      const job = (await searchesOf(lab)).start(findStudy(lab.workbench, study), request);
      lab.changes.publish('stimuli');
      lab.changes.publish('studies');
      return { job };
    }),
  pin: call
    .input(ofClass.extend({ ...sampleSchema.shape, pinned: z.boolean() }))
    .output(nothing)
    .handler(({ input: { study, pinned, ...candidate }, context: { lab } }) => {
      pin(lab.workbench, findStudy(lab.workbench, study), candidate, pinned);
      lab.changes.publish('stimuli');
      return {};
    }),
  /** Two directions at right angles to move along from a latent point; the seed decides. Each of length 1. */
  directions: call
    .input(ofStudy.extend({ seed: seedSchema }))
    .output(z.strictObject({ first: latentBytes, second: latentBytes }))
    .handler(({ input: { study, seed }, context: { lab } }) => {
      const generator = neededGenerator(lab.workbench, findStudy(lab.workbench, study));
      const [first, second] = latentDirections(seed, spaceOf(generator));
      return { first: toBase64(first), second: toBase64(second) };
    }),
};
export default calls;
export type SearchCalls = typeof calls;
