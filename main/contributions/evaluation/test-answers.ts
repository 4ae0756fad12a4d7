import { UserError } from '../../contract/wire/index.ts';
import { formatCount, targetTitle } from '../../domain/numbers/index.ts';
import type { TimeRange } from '../../contract/api/index.ts';
import { type ChangeFeed, findStudy } from '../../services/workbench/index.ts';
import type { Jobs } from '../../services/tools/index.ts';
import { type EvaluationTools, evaluateAndStore } from './evaluate.ts';
import { evaluationsOf } from './open-evaluations.ts';

interface Working {
  /** @param share 0..1 @param left null: not known yet */
  report?: (note: string, share: number, left: TimeRange | null) => void;
  signal?: AbortSignal;
}

/**
 * Evaluates the networks of a study's groups of one accuracy that lack answers to the test images, one after another, and
 * stores each; returns how many. One that fails stops no other.
 * @throws UserError `examination.some-failed`, at the end; `study.not-found`; the signal's reason
 */
export async function computeTestAnswers(
  tools: EvaluationTools,
  studyName: string,
  { report, signal }: Working = {},
): Promise<number> {
  const { workbench } = tools;
  const { open } = evaluationsOf(workbench, findStudy(workbench, studyName));
  const failed: string[] = [];
  const started = performance.now();
  for (const [done, { runId, target, weights, modelName, testCount }] of open.entries()) {
    signal?.throwIfAborted();
    const name = `${modelName} at ${targetTitle(target)}`;
    const told = (images: number): void => {
      const share = (done + Math.min(1, images / testCount)) / open.length;
      report?.(name, share, timeLeft(performance.now() - started, share));
    };
    told(0);
    const run = workbench.storage.runs.get(runId);
    if (!run) continue;
    try {
      const asking = { signal, onEvent: ({ evaluated }: { evaluated: number }) => told(evaluated) };
      await evaluateAndStore(tools, { run, target, weights }, asking);
    } catch (error) {
      if (!(error instanceof UserError) || signal?.aborted === true) throw error;
      failed.push(`${name}: ${error.message}`);
    }
  }
  if (failed.length > 0) throw someFailed(studyName, open.length - failed.length, failed);
  return open.length;
}

/** From the time taken so far; null: too little is done. */
function timeLeft(ms: number, share: number): TimeRange | null {
  if (share < 0.02) return null;
  const seconds = (ms / 1000) * (1 / share - 1);
  return { seconds, low: 0.7 * seconds, high: 1.5 * seconds };
}

const listed = 3;

const someFailed = (study: string, done: number, failed: readonly string[]): UserError =>
  new UserError(
    'examination.some-failed',
    `${formatCount(failed.length, 'network')} of ${done + failed.length} could not answer the test images. ${failed.slice(0, listed).join('. ')}`,
    study,
    'Correct what the messages say, and compute the answers again. Those of the others are stored.',
  );

interface JobTools extends EvaluationTools {
  readonly jobs: Jobs;
  readonly changes: ChangeFeed;
}

/** Jobs in which networks answer test images, one for each study. */
export class TestAnswerJobs {
  readonly #tools: JobTools;
  readonly #running = new Map<number, { job: string; ended: Promise<void> }>();

  constructor(tools: JobTools) {
    this.#tools = tools;
  }

  /** Starts the job of a study, or gives the one that runs. @throws UserError `study.not-found` */
  start(studyName: string): string {
    const { workbench, jobs, changes } = this.#tools;
    const { id, spec } = findStudy(workbench, studyName);
    const known = this.#running.get(id);
    if (known) return known.job;
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const about = {
      kind: 'study' as const,
      title: `Answer test images: ${spec.title}`,
      study: studyName,
      link: `/studies/${encodeURIComponent(studyName)}/results/agreement`,
    };
    const job = jobs.run(about, async (handle, signal) => {
      try {
        const done = await computeTestAnswers(this.#tools, studyName, {
          signal,
          report: (note, share, secondsLeft) => handle.update({ note, share, secondsLeft }),
        });
        return `${formatCount(done, 'network')} answered the test images.`;
      } finally {
        this.#running.delete(id);
        changes.publish('predictions');
        end();
      }
    });
    this.#running.set(id, { job, ended });
    return job;
  }

  /** Stops what runs. */
  async close(): Promise<void> {
    const all = [...this.#running.values()];
    for (const { job } of all) this.#tools.jobs.stop(job);
    await Promise.all(all.map(({ ended }) => ended));
  }
}
