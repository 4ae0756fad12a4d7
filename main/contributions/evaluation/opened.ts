import { kept } from '../../domain/numbers/index.ts';
import type { Lab } from '../../services/lab/index.ts';
import type { EvaluationProcess } from './evaluation-process.ts';
import type { TestAnswerJobs } from './test-answers.ts';

/** What evaluates snapshots of an open data folder. */
interface Opened {
  readonly evaluation: EvaluationProcess;
  readonly testAnswers: TestAnswerJobs;
}

const opened = new WeakMap<Lab, Promise<Opened>>();

/** Loaded and made when it is first needed. */
export const evaluationOf = (lab: Lab): Promise<Opened> => kept(opened, lab, () => open(lab));

async function open({ workbench, launcher, jobs, changes }: Lab): Promise<Opened> {
  const { EvaluationProcess } = await import('./evaluation-process.ts');
  const { TestAnswerJobs } = await import('./test-answers.ts');
  const evaluation = new EvaluationProcess({ launcher, blobs: workbench.storage.blobs.folder });
  return { evaluation, testAnswers: new TestAnswerJobs({ workbench, evaluation, jobs, changes }) };
}

/** Stops jobs, and ends the process. */
export async function closeEvaluation(lab: Lab): Promise<void> {
  const { evaluation, testAnswers } = (await opened.get(lab)) ?? {};
  await Promise.all([testAnswers?.close(), evaluation?.close()]);
}
