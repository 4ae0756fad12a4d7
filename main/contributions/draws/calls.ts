import { jobStarted, ofStudy } from '../../contract/wire/index.ts';
import { call } from '../../services/api/index.ts';
import { findStudy } from '../../services/workbench/index.ts';
import { drawsResultSchema } from './contract/result.ts';
import { drawsOf } from './opened.ts';
import { drawRequestSchema } from './contract/request.ts';
import type { DrawsQuestions } from './results.ts';

const calls = {
  /** Draws anchors again and again, and has the study's networks label the images of each draw. Gives the job. */
  start: call
    .input(ofStudy.extend({ request: drawRequestSchema }))
    .output(jobStarted)
    .handler(async ({ input: { study, request }, context: { lab } }) => {
      const job = (await drawsOf(lab)).start(findStudy(lab.workbench, study), request);
      lab.changes.publish('stimuli');
      lab.changes.publish('studies');
      return { job };
    }),
  /** Measures over draws of anchors. */
  result: call
    .input(ofStudy)
    .output(drawsResultSchema)
    .handler(({ input, context: { lab }, signal }) =>
      lab.analysis.askOf<DrawsQuestions, 'result'>('draws', 'result', input, signal),
    ),
};
export default calls;
export type DrawsCalls = typeof calls;
