import { type SnapshotEvaluation, snapshotEvaluationSchema } from '../../contract/results/index.ts';
import { type EvaluationCounts, evaluationCountsSchema, type EvaluationTask } from './contract.ts';
import { UserError } from '../../contract/wire/index.ts';
import type { EngineName } from '../../contract/runs/index.ts';
import { entryModule } from '../../files/index.ts';
import { type AskOptions, type Launcher, ProcessClient } from '../../processes/index.ts';
import type { EvaluationHandlers } from './serve-evaluations.ts';

interface EvaluationProcessOptions {
  launcher: Launcher;
  /** Folder of the blob store. */
  blobs: string;
  /** Milliseconds without a request after which the process ends. Default 30,000. */
  idleFor?: number;
  /** Milliseconds that one evaluation may take. Default 300,000. */
  patience?: number;
}

/** Evaluates snapshots in a process beside the workers, with one engine at a time. */
export class EvaluationProcess {
  readonly #client: ProcessClient<EvaluationHandlers>;
  #engine: EngineName = 'wasm';
  #last: Promise<unknown> = Promise.resolve();

  constructor({ launcher, blobs, idleFor = 30_000, patience = 300_000 }: EvaluationProcessOptions) {
    this.#client = new ProcessClient<EvaluationHandlers>({
      checks: { evaluate: { output: snapshotEvaluationSchema, event: evaluationCountsSchema } },
      launcher,
      idleFor,
      patience,
      tries: 1,
      entry: entryModule('contributions/evaluation/evaluation-child'),
      args: () => [this.#engine, blobs],
      died: (why) => failed(`the evaluation process has ended: ${why}`, ''),
      failed,
    });
  }

  /** One evaluation after another. @throws UserError `examination.failed`; the signal's reason */
  evaluate(
    task: EvaluationTask,
    engine: EngineName,
    asking: AskOptions<EvaluationCounts> = {},
  ): Promise<SnapshotEvaluation> {
    const evaluation = this.#last.then(() => this.#evaluate(task, engine, asking));
    this.#last = evaluation.catch(() => undefined);
    return evaluation;
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #evaluate(
    task: EvaluationTask,
    engine: EngineName,
    asking: AskOptions<EvaluationCounts>,
  ): Promise<SnapshotEvaluation> {
    asking.signal?.throwIfAborted();
    if (engine !== this.#engine) this.#client.restart();
    this.#engine = engine;
    try {
      return await this.#client.ask('evaluate', task, asking);
    } catch (error) {
      if (error instanceof UserError && error.code !== failedCode) throw failed(error.format(), '');
      throw error;
    }
  }
}

const failedCode = 'examination.failed';

const failed = (message: string, detail: string): UserError =>
  new UserError(
    failedCode,
    `The snapshot could not be evaluated on the test images: ${message.replace(/\s*\n\s*/g, '; ')}`,
    detail.trim().split('\n').at(-1)?.slice(0, 300) || 'the evaluation process',
    'Try again. If files are missing, start the study again: it trains what is missing.',
  );
