import type { Job, JobState } from '../../contract/api/jobs.ts';
import { UserError } from '../../contract/wire/errors.ts';
import type { ChangeFeed } from '../workbench/change-feed.ts';

const keptEnded = 30;

export interface NewJob extends Pick<Job, 'kind' | 'title' | 'study' | 'link'>, Partial<Pick<Job, 'goal'>> {
  /** Ends it early. Absent where it cannot be stopped. */
  stop?: () => void;
}

type JobUpdate = Partial<
  Pick<Job, 'state' | 'share' | 'note' | 'behind' | 'paused' | 'secondsLeft' | 'title' | 'link'>
>;

export interface JobHandle {
  readonly id: string;
  update(change: JobUpdate): void;
  /** Adds a line for the user, kept with the job. */
  log(message: string): void;
  /** @param failedStep the step of a study that failed, if that is known */
  end(state: Extract<JobState, 'done' | 'failed' | 'stopped'>, message?: string, failedStep?: Job['failedStep']): void;
}

/** The text of an error in the list of jobs. */
export const errorText = (error: unknown): string =>
  error instanceof UserError ? `${error.message} (${error.where}). ${error.remedy}` : String(error);

const ended = new Set<JobState>(['done', 'failed', 'stopped']);

export class Jobs {
  readonly #changes: ChangeFeed;
  readonly #now: () => number;
  readonly #jobs = new Map<string, { job: Job; stop: (() => void) | undefined }>();
  #next = 1;

  constructor(changes: ChangeFeed, now: () => number) {
    this.#changes = changes;
    this.#now = now;
  }

  add({ stop, ...about }: NewJob): JobHandle {
    const id = `job-${this.#next++}`;
    const job: Job = {
      id,
      goal: null,
      ...about,
      failedStep: null,
      state: 'running',
      share: null,
      note: '',
      behind: null,
      paused: false,
      secondsLeft: null,
      endedAt: null,
      messages: [],
      startedAt: new Date(this.#now()).toISOString(),
      stoppable: stop !== undefined,
    };
    this.#jobs.set(id, { job, stop });
    this.#changes.publish('jobs');
    return {
      id,
      update: (change) => this.#change(id, change),
      log: (message) => this.#change(id, { messages: [...this.#job(id).messages, message].slice(-50) }),
      end: (state, message, failedStep = null) => this.#end(id, state, message, failedStep),
    };
  }

  /** Gives the job's id. The job ends with the message of `work`, stopped by the user, or failed if `work` rejects. */
  run(about: Omit<NewJob, 'stop'>, work: (job: JobHandle, signal: AbortSignal) => Promise<string | undefined>): string {
    const abort = new AbortController();
    const job = this.add({ ...about, stop: () => abort.abort() });
    work(job, abort.signal).then(
      (message) => job.end('done', message),
      (error: unknown) => {
        if (abort.signal.aborted) job.end('stopped');
        else job.end('failed', errorText(error));
      },
    );
    return job.id;
  }

  /** The jobs that run or are going to run a study, newest first; not searches and draws that a person started. */
  studyJobs(name: string): Job[] {
    return this.#ofStudy(name).filter(({ goal, endedAt }) => goal !== null && endedAt === null);
  }

  /** Whether anything works with runs of a study. */
  isBusy(name: string): boolean {
    return this.#ofStudy(name).some(({ endedAt }) => endedAt === null);
  }

  /** Ends everything that works with runs of a study. */
  stopStudy(name: string): void {
    for (const { id, endedAt } of this.#ofStudy(name)) if (endedAt === null) this.stop(id);
  }

  /** The newest job of a study, if it failed: nothing was tried after it. */
  lastFailure(name: string): Job | undefined {
    const newest = this.#ofStudy(name).find(({ goal }) => goal !== null);
    return newest?.state === 'failed' ? newest : undefined;
  }

  /** All jobs: running ones first, then those that wait, then ended ones; newest first. */
  list(): Job[] {
    const all = [...this.#jobs.values()].map(({ job }) => job).reverse();
    const order = ({ state }: Job): number => (ended.has(state) ? 2 : state === 'waiting' ? 1 : 0);
    return all.sort((a, b) => order(a) - order(b));
  }

  #ofStudy(name: string): Job[] {
    return this.list().filter(({ study, kind }) => study === name && kind === 'study');
  }

  /** @throws UserError `job.not-found`, `job.not-stoppable` */
  stop(id: string): void {
    const { job, stop } = this.#entry(id);
    if (ended.has(job.state)) return;
    if (!stop) throw refusal('job.not-stoppable', 'This job cannot be stopped', job.title, 'Wait for its end.');
    this.#change(id, { state: 'stopping' });
    stop();
  }

  /** Removes an ended job from the list. @throws UserError `job.not-found`, `job.running` */
  dismiss(id: string): void {
    const { job } = this.#entry(id);
    if (!ended.has(job.state)) throw refusal('job.running', 'This job has not ended yet', job.title, 'Stop it first.');
    this.#jobs.delete(id);
    this.#changes.publish('jobs');
  }

  #end(id: string, state: JobState, message: string | undefined, failedStep: Job['failedStep']): void {
    const { messages, share } = this.#job(id);
    this.#change(id, {
      state,
      failedStep,
      secondsLeft: null,
      note: '',
      paused: false,
      stoppable: false,
      share: state === 'done' ? 1 : share,
      endedAt: new Date(this.#now()).toISOString(),
      messages: message === undefined ? messages : [...messages, message],
    });
    const old = this.list().filter((job) => ended.has(job.state));
    for (const job of old.slice(keptEnded)) this.#jobs.delete(job.id);
  }

  #change(id: string, change: Partial<Job>): void {
    const entry = this.#jobs.get(id);
    if (!entry) return;
    const job = { ...entry.job, ...change };
    this.#jobs.set(id, { ...entry, job: job.state === 'waiting' ? job : { ...job, behind: null } });
    this.#changes.publish('jobs');
  }

  #job(id: string): Job {
    return this.#entry(id).job;
  }

  #entry(id: string): { job: Job; stop: (() => void) | undefined } {
    const entry = this.#jobs.get(id);
    if (entry) return entry;
    throw refusal('job.not-found', 'This job no longer exists', id, 'See the list of jobs.');
  }
}

const refusal = (code: string, what: string, where: string, remedy: string): UserError =>
  new UserError(code, what, where, remedy);

/** How long work in pieces reports its progress, and how it is stopped. */
export interface WorkProgress {
  /** @param share 0 to 1 */
  update(share: number, note: string): void;
  readonly signal: AbortSignal;
}

export const noProgress: WorkProgress = { update: () => undefined, signal: new AbortController().signal };
