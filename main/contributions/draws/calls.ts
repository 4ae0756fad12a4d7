import { ofStudy } from '../../contract/base.ts';
import { call } from '../../services/api/base.ts';
import { drawsResultSchema } from './contract.ts';
import type { DrawsQuestions } from './results.ts';

const calls = {
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
