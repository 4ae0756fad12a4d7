import { eventIterator } from '@orpc/server';
import { z } from 'zod';
import { liveImagesSchema, type Progress, progressSchema } from '../../contract/api/index.ts';
import { idSchema, jobStarted, nothing, ofStudy, studyName } from '../../contract/wire/index.ts';
import { outsideCheckSchema, foundModelSchema } from './contract/outside.ts';
import {
  addedAnswersSchema,
  answersMappingSchema,
  answersPreviewSchema,
  wantedMappingSchema,
} from '../answers/contract/outside-models.ts';
import { call, done } from '../../services/api/index.ts';
import { follow, type Followed } from '../../services/tools/index.ts';
import { findStudy } from '../../services/workbench/index.ts';
import { livePartSchema, maxOutsideVoters, outsideVoterSchema } from './contract/live.ts';
import { listOutsideVoters, liveVotes } from './live-votes.ts';
import { outsideOf } from './opened.ts';
import {
  addAnswers,
  listOutsideModels,
  previewAnswers,
  removeOutsideModels,
  restoreOutsideModels,
} from './outside-models.ts';
import { mappedModel, ofModel, outsideListSchema, uploadSchema } from './schemas.ts';

/** What some work reports, and then what `told` makes of its outcome. */
async function* parts<Outcome, Last>(
  work: (followed: Followed<Progress>) => Promise<Outcome>,
  told: (outcome: Outcome) => Last,
  signal: AbortSignal | undefined,
): AsyncGenerator<({ type: 'progress' } & Progress) | Last> {
  for await (const part of follow(work, signal))
    yield 'event' in part ? { type: 'progress', ...part.event } : told(part.outcome);
}

const places = z.strictObject({ study: studyName, ids: z.array(idSchema).min(1).max(10_000) });

/** What is done so far, and at last what came of it. */
const partsSchema = <Last extends z.core.$ZodTypeDiscriminable>(last: Last) =>
  eventIterator(z.discriminatedUnion('type', [progressSchema, last]));

/** Models of a study that were not trained here. */
const calls = {
  /** By name. */
  list: call
    .input(ofStudy)
    .output(outsideListSchema)
    .handler(({ input, context: { lab } }) => listOutsideModels(lab.workbench, input.study)),
  previewAnswers: call
    .input(ofStudy.extend({ upload: uploadSchema, wanted: wantedMappingSchema }))
    .output(answersPreviewSchema)
    .handler(({ input: { study, upload, wanted }, context: { lab } }) => previewAnswers(lab, study, upload, wanted)),
  /** Stores the models of a table, all or none. */
  addAnswers: call
    .input(ofStudy.extend({ upload: uploadSchema, mapping: answersMappingSchema }))
    .output(addedAnswersSchema)
    .handler(({ input: { study, upload, mapping }, context: { lab } }) => addAnswers(lab, study, upload, mapping)),
  /** What a model's files hold, read without running them, and the mappings that they suggest. */
  inspect: call
    .input(ofModel)
    .output(partsSchema(z.strictObject({ type: z.literal('found'), found: foundModelSchema })))
    .handler(({ input: { study, files }, context: { lab }, signal }) =>
      parts(
        async (followed) => (await outsideOf(lab)).files.inspect(study, files, followed),
        (found) => ({ type: 'found' as const, found }),
        signal,
      ),
    ),
  /** How the model does on labeled test images with these mappings. Leaving the stream stops it. Nothing is stored. */
  check: call
    .input(mappedModel)
    .output(partsSchema(z.strictObject({ type: z.literal('checked'), check: outsideCheckSchema })))
    .handler(({ input: { study, files, mapping }, context: { lab }, signal }) =>
      parts(
        async (followed) => (await outsideOf(lab)).files.check(study, files, mapping, followed),
        (check) => ({ type: 'checked' as const, check }),
        signal,
      ),
    ),
  /**
   * Adds a model that was checked with these mappings, and starts the job that has it answer for the study's stimuli, null
   * without stimuli. `accept`: even if its mapping looks wrong. Its uploads are removed.
   */
  add: call
    .input(mappedModel.extend({ name: z.string().max(1000), accept: z.boolean() }))
    .output(z.strictObject({ job: jobStarted.shape.job.nullable() }))
    .handler(async ({ input: { study, files, accept, ...mapped }, context: { lab } }) => {
      const opened = await outsideOf(lab);
      return { job: await opened.files.add(study, files, mapped, accept) };
    }),
  /** Has the models that have not answered for the study's stimuli do so. Gives the job. */
  predict: call
    .input(ofStudy)
    .output(jobStarted)
    .handler(async ({ input, context: { lab } }) => ({ job: (await outsideOf(lab)).files.predict(input.study) })),
  /** Models that a page may ask what they see: by name, the first `maxOutsideVoters`. */
  voters: call
    .input(ofStudy)
    .output(z.array(outsideVoterSchema))
    .handler(({ input, context: { lab } }) => listOutsideVoters(lab.workbench, findStudy(lab.workbench, input.study))),
  /**
   * What models say about images, each as it comes: stored answers, or predicted now. Each of `models` has one part,
   * and one that fails costs no other anything. Leaving the stream stops it.
   */
  liveVotes: call
    .input(ofStudy.extend({ models: z.array(idSchema).min(1).max(maxOutsideVoters), images: liveImagesSchema }))
    .output(eventIterator(livePartSchema))
    .handler(async function* ({ input: { study, ...asked }, context: { lab }, signal }) {
      const { workbench, previews } = lab;
      const context = { workbench, previews, study: findStudy(workbench, study), signal };
      yield* liveVotes(context, (await outsideOf(lab)).live, asked);
    }),
  /** Takes models out of the study. `restore` brings them back. */
  remove: call
    .input(places)
    .output(nothing)
    .handler(({ input, context: { lab } }) => done(removeOutsideModels(lab, input.study, input.ids))),
  restore: call
    .input(places)
    .output(nothing)
    .handler(({ input, context: { lab } }) => done(restoreOutsideModels(lab, input.study, input.ids))),
};

export default calls;
export type OutsideCalls = typeof calls;
