import { eventIterator } from '@orpc/server';
import { snapshotOfRunSchema } from '../../contract/api/index.ts';
import { jobStarted, ofStudy } from '../../contract/wire/index.ts';
import { call } from '../../services/api/index.ts';
import { evaluatedSchema, testAnswersPlanSchema } from './contract.ts';
import { evaluateRun } from './evaluate.ts';
import { evaluationOf } from './opened.ts';
import type { EvaluationQuestions } from './results.ts';

const calls = {
  /**
   * Confusion matrix and most confident mistakes of a snapshot; computed once, which takes seconds, and kept. Gives what
   * is known at once, then more and more counts, and at last all. One that nobody follows any more is not completed.
   */
  snapshot: call
    .input(snapshotOfRunSchema)
    .output(eventIterator(evaluatedSchema))
    .handler(async ({ input, context: { lab }, signal }) => {
      const { evaluation } = await evaluationOf(lab);
      return evaluateRun({ workbench: lab.workbench, evaluation }, input, signal);
    }),
  /** Networks of a study without answers to the test images. */
  plan: call
    .input(ofStudy)
    .output(testAnswersPlanSchema)
    .handler(({ input, context: { lab }, signal }) =>
      lab.analysis.askOf<EvaluationQuestions, 'plan'>('evaluation', 'plan', input, signal),
    ),
  /** Has them answer, in a job. */
  answer: call
    .input(ofStudy)
    .output(jobStarted)
    .handler(async ({ input, context: { lab } }) => {
      const { testAnswers } = await evaluationOf(lab);
      return { job: testAnswers.start(input.study) };
    }),
};
export default calls;
export type EvaluationCalls = typeof calls;
