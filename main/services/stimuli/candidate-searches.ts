import type { DrawRequest } from '../../contract/api/draws.ts';
import { UserError } from '../../contract/errors.ts';
import type { CandidatesTask, Task } from '../../contract/run.ts';
import type { Executor } from '../../executors/executor.ts';
import type { RunRecord, StudyRecord } from '../../storage/index.ts';
import { availableEngines } from '../tools/engines.ts';
import { findRunInPlace } from '../tools/find.ts';
import { errorText, type JobHandle } from '../tools/jobs.ts';
import type { Tools } from '../tools/tools.ts';
import { furtherSearches } from '../declaration/plan.ts';
import { enqueue } from '../queue/queue.ts';
import { recoverRuns, studyWorkers } from '../queue/workers.ts';
import { queueDraws, workUntilIdle } from './anchor-draws.ts';
import { findReference, neededGenerator, noReference, provideWeights } from './sources.ts';
import { detach } from '../../contract/detach.ts';

type SearchTools = Pick<Tools, 'workbench' | 'changes' | 'jobs' | 'settings' | 'launcher'>;

interface SearchRequest {
  seed: number;
  samples: number;
  perClass: number;
}

/** Above everything else in the queue: a person waits for it. */
const priority = 3000;

/** Searches and anchor draws that a person starts. Each is a run in its own process, beside trainings. */
export class CandidateSearches {
  readonly #tools: SearchTools;
  readonly #executors = new Set<Executor>();
  readonly #drawing = new Map<number, { job: JobHandle; abort: AbortController; ended: Promise<void> }>();

  constructor(tools: SearchTools) {
    this.#tools = tools;
  }

  /** Gives the job's id. @throws UserError `stimuli.no-generator`, `stimuli.no-reference` */
  start(study: StudyRecord, request: SearchRequest): string {
    const { jobs, changes } = this.#tools;
    const { role, run } = this.#enqueue(study, request);
    const executor = this.#workers(study.id, role);
    let stopped = false;
    const stop = (): void => {
      stopped = true;
      executor.cancel(run.id);
    };
    const link = `/studies/${encodeURIComponent(study.name)}/stimuli`;
    const title = `Find more candidates (seed ${request.seed}): ${study.spec.title}`;
    const job = jobs.add({ kind: 'study', title, study: study.name, link, stop });
    executor.onChange(({ run: changed }) => changes.publish('runs', [changed.id]));
    detach(this.#work(executor, run, job, () => stopped));
    return job.id;
  }

  /** Draws anchors; gives the job's id. Stopped, it resumes when it is started again. @throws UserError `stimuli.*` */
  draw(study: StudyRecord, request: DrawRequest): string {
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
    const executor = this.#workers(study.id, role);
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

  /** Ends all searches; they resume when they are started again. */
  async close(): Promise<void> {
    for (const { abort } of this.#drawing.values()) abort.abort();
    await Promise.all([...this.#drawing.values()].map(({ ended }) => ended));
    await Promise.all([...this.#executors].map((executor) => executor.stop()));
  }

  async #work(executor: Executor, run: RunRecord, job: JobHandle, isStopped: () => boolean): Promise<void> {
    const { workbench, changes } = this.#tools;
    this.#executors.add(executor);
    job.update({ note: 'drawing samples and classifying them' });
    try {
      executor.start();
      await executor.idle();
      const { state, failure } = workbench.storage.runs.get(run.id) ?? run;
      if (state === 'done') job.end('done');
      else if (state === 'failed') job.end('failed', failure?.message);
      else job.end('stopped', isStopped() ? undefined : 'Start it again to resume it.');
    } catch (error) {
      job.end('failed', errorText(error));
    } finally {
      await executor.stop();
      this.#executors.delete(executor);
      changes.publish('stimuli');
    }
  }

  #enqueue(study: StudyRecord, request: SearchRequest): { role: string; run: RunRecord } {
    const { seed, samples, perClass } = request;
    const role = `${furtherSearches}${seed}-${samples}-${perClass}`;
    const task = this.#task(study, request);
    const planned = { role, label: `candidates, seed ${seed}`, task, priority, model: null };
    const { workbench } = this.#tools;
    return { role, run: enqueue(workbench, study, planned, { askedAt: workbench.now() }).run };
  }

  #task(study: StudyRecord, request: SearchRequest): Task {
    const { workbench } = this.#tools;
    if (study.spec.stimuli.source !== 'generated') throw noSearch(study);
    const generator = neededGenerator(workbench, study);
    const reference = findReference(workbench, study);
    if (reference === null) throw noReference(study);
    provideWeights(workbench, study, generator);
    return { kind: 'candidates', generator: generator.weights, reference, ...request, real: this.#real(study) };
  }

  #real({ id }: StudyRecord): CandidatesTask['real'] {
    const task = findRunInPlace(this.#tools.workbench, id, 'reference')?.task;
    return task?.kind === 'classifier' ? { dataSet: task.dataSet, dataSetHash: task.dataSetHash } : null;
  }

  #workers(studyId: number, role: string): Executor {
    const { workbench, launcher, settings } = this.#tools;
    recoverRuns(workbench);
    const { engine } = settings.get();
    const engines = engine === 'auto' ? availableEngines().names : [engine];
    return studyWorkers(workbench, { studyId, roles: [role], engines, workers: 1, launcher });
  }
}

const noSearch = ({ name }: StudyRecord): UserError =>
  new UserError(
    'stimuli.no-generator',
    'No generator makes these stimuli, so there are no other samples to search',
    `study ${name}`,
    'Choose among the candidates there are, or name other test images in the study file.',
  );
