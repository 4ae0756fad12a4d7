import type { Task } from '../../contract/runs/index.ts';
import { detach, UserError } from '../../contract/wire/index.ts';
import type { Executor } from '../../executors/index.ts';
import type { RunRecord } from '../../storage/runs/index.ts';
import type { StudyRecord } from '../../storage/index.ts';
import { errorText, type JobHandle, type Tools } from '../../services/tools/index.ts';
import { furtherSearches } from '../../services/declaration/index.ts';
import { enqueue, workersFor } from '../../services/queue/index.ts';
import {
  findReference,
  neededGenerator,
  noReference,
  provideWeights,
  referenceImages,
} from '../../services/stimuli/index.ts';
import type { FurtherSearch } from './contract.ts';

type SearchTools = Pick<Tools, 'workbench' | 'changes' | 'jobs' | 'settings' | 'launcher'>;

/** Above everything else in the queue: a person waits for it. */
const priority = 3000;

/** Further searches, each a run in its own process, beside trainings. */
export class FurtherSearches {
  readonly #tools: SearchTools;
  readonly #executors = new Set<Executor>();

  constructor(tools: SearchTools) {
    this.#tools = tools;
  }

  /** Gives the job's id. @throws UserError `stimuli.no-generator`, `stimuli.no-reference` */
  start(study: StudyRecord, request: FurtherSearch): string {
    const { jobs, changes } = this.#tools;
    const { role, run } = this.#enqueue(study, request);
    const executor = workersFor(this.#tools, study.id, role);
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

  /** Ends all searches; they resume when they are started again. */
  async close(): Promise<void> {
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

  #enqueue(study: StudyRecord, request: FurtherSearch): { role: string; run: RunRecord } {
    const { seed, samples, perClass } = request;
    const role = `${furtherSearches}${seed}-${samples}-${perClass}`;
    const task = this.#task(study, request);
    const planned = { role, label: `candidates, seed ${seed}`, task, priority, model: null };
    const { workbench } = this.#tools;
    return { role, run: enqueue(workbench, study, planned, { askedAt: workbench.now() }).run };
  }

  #task(study: StudyRecord, request: FurtherSearch): Task {
    const { workbench } = this.#tools;
    if (study.spec.stimuli.source !== 'generated') throw noSearch(study);
    const generator = neededGenerator(workbench, study);
    const reference = findReference(workbench, study);
    if (reference === null) throw noReference(study);
    provideWeights(workbench, study, generator);
    return {
      kind: 'candidates',
      generator: generator.weights,
      reference,
      ...request,
      real: referenceImages(workbench, study),
    };
  }
}

const noSearch = ({ name }: StudyRecord): UserError =>
  new UserError(
    'stimuli.no-generator',
    'No generator makes these stimuli, so there are no other samples to search',
    `study ${name}`,
    'Choose among the candidates there are, or name other test images in the study file.',
  );
