import { join } from 'node:path';
import { UserError } from '../../contract/errors.ts';
import type { Task } from '../../contract/run.ts';
import { runKey } from '../../domain/identity.ts';
import type { RunQueue } from '../../executors/executor.ts';
import { LocalExecutor } from '../../executors/local-executor.ts';
import type { Launcher } from '../../processes/launcher.ts';
import { entryModule } from '../../files/places.ts';
import type { RunRecord, StudyRecord } from '../../storage/index.ts';
import { availableEngines } from '../tools/engines.ts';
import type { ChangeFeed } from '../tools/change-feed.ts';
import { errorText, type JobHandle, type Jobs } from '../tools/jobs.ts';
import type { Settings } from '../tools/settings.ts';
import { furtherSearches } from '../declaration/plan.ts';
import type { Workbench } from '../tools/workbench.ts';
import { neededGenerator, provideWeights, referenceOf } from './sources.ts';

export interface SearchParts {
  bench: Workbench;
  changes: ChangeFeed;
  jobs: Jobs;
  settings: Settings;
  launcher: Launcher;
}

export interface SearchRequest {
  seed: number;
  /** z to draw, and candidates to keep of each class. */
  samples: number;
  perClass: number;
}

/** Of whatever else waits, a person looks at this one's end. */
const priority = 3000;

/**
 * Searches for candidates that a person asks for while choosing anchors: each is a run like any other, in a process of
 * its own beside the study's, so that nobody waits for a training to end.
 */
export class CandidateSearches {
  readonly #parts: SearchParts;
  readonly #executors = new Set<LocalExecutor>();

  constructor(parts: SearchParts) {
    this.#parts = parts;
  }

  /**
   * Begins a search; gives the id of its job. The same search again finds what is there.
   * @throws UserError `stimuli.no-generator`, `stimuli.no-reference`
   */
  start(study: StudyRecord, request: SearchRequest): string {
    const { jobs, changes } = this.#parts;
    const { role, run } = this.#queue(study, request);
    const executor = this.#executor(study.id, role);
    let stopped = false;
    const stop = (): void => {
      stopped = true;
      executor.cancel(run.id);
    };
    const link = `/studies/${encodeURIComponent(study.name)}/stimuli`;
    const title = `Find more candidates (seed ${request.seed}): ${study.spec.title}`;
    const job = jobs.add({ kind: 'study', title, study: study.name, link, stop });
    executor.onChange(({ run: changed }) => changes.tell('runs', [changed.id]));
    void this.#work(executor, run, job, () => stopped);
    return job.id;
  }

  /** Ends all searches; they go on when they are asked for again. */
  async close(): Promise<void> {
    await Promise.all([...this.#executors].map((executor) => executor.stop()));
  }

  async #work(executor: LocalExecutor, run: RunRecord, job: JobHandle, isStopped: () => boolean): Promise<void> {
    const { bench, changes } = this.#parts;
    this.#executors.add(executor);
    job.tell({ note: 'drawing, and asking the reference classifier' });
    try {
      executor.start();
      await executor.idle();
      const { state, failure } = bench.storage.runs.get(run.id) ?? run;
      if (state === 'done') job.end('done');
      else if (state === 'failed') job.end('failed', failure?.message);
      else job.end('stopped', isStopped() ? undefined : 'It goes on when it is asked for again.');
    } catch (error) {
      job.end('failed', errorText(error));
    } finally {
      await executor.stop();
      this.#executors.delete(executor);
      changes.tell('stimuli');
    }
  }

  #queue(study: StudyRecord, { seed, samples, perClass }: SearchRequest): { role: string; run: RunRecord } {
    const { storage, now } = this.#parts.bench;
    const task = this.#task(study, { seed, samples, perClass });
    const engine = study.spec.engine === 'auto' ? null : study.spec.engine;
    const role = `${furtherSearches}${seed}-${samples}-${perClass}`;
    const label = `candidates, seed ${seed}`;
    const run = storage.transaction(() => {
      const key = runKey(task, engine);
      const queued = storage.runs.ensure({ key, kind: task.kind, label, task, seed, priority, engine }, now());
      storage.studyRuns.link(study.id, role, queued.id, null, now());
      if (queued.state === 'failed' || queued.state === 'cancelled') storage.runs.retry(queued.id, now());
      return queued;
    });
    return { role, run };
  }

  #task(study: StudyRecord, request: SearchRequest): Task {
    const { bench } = this.#parts;
    const generator = neededGenerator(bench, study);
    const reference = referenceOf(bench, study);
    if (reference === null) throw noReference(study);
    provideWeights(bench, study, generator);
    return {
      ...{ kind: 'candidates', generator: generator.weights, reference, ...request },
      real: this.#real(study),
    };
  }

  /** The data set as the reference was trained on it: it is known by now. */
  #real({ id }: StudyRecord): Extract<Task, { kind: 'candidates' }>['real'] {
    const { storage } = this.#parts.bench;
    const link = storage.studyRuns.get(id, 'reference');
    const task = link && storage.runs.get(link.runId)?.task;
    return task?.kind === 'classifier' ? { dataSet: task.dataSet, dataSetHash: task.dataSetHash } : null;
  }

  #executor(studyId: number, role: string): LocalExecutor {
    const { bench, launcher, settings } = this.#parts;
    const { storage, environment, now } = bench;
    const { runs } = storage;
    const { engine } = settings.get();
    const queue: RunQueue = {
      claimNext: (names, where, at) => runs.claimNext(names, where, at, studyId, [role]),
      claimLike: () => null,
      applyEvent: (run, event, at) => runs.applyEvent(run, event, at),
      interrupt: (run, note, at) => runs.interrupt(run, note, at),
      crashed: (run, death, retries, at) => runs.crashed(run, death, retries, at),
      cancel: (run, at) => runs.cancel(run, at),
      onClaimable: (tell) => runs.onClaimable(tell),
    };
    return new LocalExecutor({
      ...{ queue, launcher, environment, now, workers: 1 },
      workerEntry: entryModule('training/worker/worker'),
      blobs: storage.blobs.folder,
      logs: join(storage.folder, 'logs'),
      engines: engine === 'auto' ? availableEngines().names : [engine],
    });
  }
}

const noReference = ({ name }: StudyRecord): UserError =>
  new UserError({
    code: 'stimuli.no-reference',
    what: 'There is no trained reference classifier yet, which proposes candidates',
    where: `study ${name}`,
    remedy: 'Find the first candidates; that trains it.',
  });
