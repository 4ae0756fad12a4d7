import type { Executor } from '../../executors/index.ts';
import { workersFor, workUntilIdle } from '../../services/queue/index.ts';
import { errorText, type JobHandle, type Tools } from '../../services/tools/index.ts';
import type { RunRecord } from '../../storage/runs/index.ts';
import type { StudyRecord } from '../../storage/index.ts';
import { queueDraws } from './queue-draws.ts';
import type { DrawRequest } from './contract/request.ts';

type DrawTools = Pick<Tools, 'workbench' | 'changes' | 'jobs' | 'settings' | 'launcher'>;

/** Anchor draws that a person starts on a page. Each is a run in its own process, beside trainings. */
export class DrawJobs {
  readonly #tools: DrawTools;
  readonly #drawing = new Map<number, { job: JobHandle; abort: AbortController; ended: Promise<void> }>();

  constructor(tools: DrawTools) {
    this.#tools = tools;
  }

  /** Draws anchors; gives the job's id. Stopped, it resumes when it is started again. @throws UserError `stimuli.*` */
  start(study: StudyRecord, request: DrawRequest): string {
    const { workbench, jobs, changes } = this.#tools;
    const { role, run, label } = queueDraws(workbench, study, request);
    const known = this.#drawing.get(run.id);
    if (known) return known.job.id;
    const abort = new AbortController();
    const link = `/studies/${encodeURIComponent(study.name)}/results/draws`;
    const job = jobs.add({
      kind: 'study',
      title: `${label}: ${study.spec.title}`,
      study: study.name,
      link,
      stop: () => abort.abort(),
    });
    const executor = workersFor(this.#tools, study.id, role);
    executor.onChange(({ run: changed, event }) => {
      if (event?.type === 'progress') job.update({ share: event.done / event.total, note: event.note });
      changes.publish('runs', [changed.id]);
    });
    const ended = this.#draw(executor, run, job, abort.signal).finally(() => this.#drawing.delete(run.id));
    this.#drawing.set(run.id, { job, abort, ended });
    return job.id;
  }

  async #draw(executor: Executor, queued: RunRecord, job: JobHandle, signal: AbortSignal): Promise<void> {
    try {
      await workUntilIdle(executor, signal);
      const { state, failure } = this.#tools.workbench.storage.runs.get(queued.id) ?? queued;
      if (state === 'done') job.end('done');
      else if (state === 'failed') job.end('failed', failure?.message);
      else job.end('stopped', 'Start it again to resume it.');
    } catch (error) {
      job.end('failed', errorText(error));
    } finally {
      this.#tools.changes.publish('predictions');
    }
  }

  /** Ends all draws; they resume when they are started again. */
  async close(): Promise<void> {
    for (const { abort } of this.#drawing.values()) abort.abort();
    await Promise.all([...this.#drawing.values()].map(({ ended }) => ended));
  }
}
