import type { Goal } from '../../contract/api/jobs.ts';
import { UserError } from '../../contract/errors.ts';
import type { Executor } from '../../executors/executor.ts';
import { canonicalJson } from '../../domain/identity.ts';
import type { StudyRecord } from '../../storage/index.ts';
import { engineOfEnvironment } from '../tools/engines.ts';
import { findStudy } from '../tools/find.ts';
import { failedStep } from './failed-step.ts';
import { covers } from '../declaration/plan.ts';
import { runStudy } from './run-study.ts';
import type { StudyEvent } from './events.ts';
import { studyProgress } from './progress.ts';
import { errorText, type JobHandle } from '../tools/jobs.ts';
import { Throttle } from '../tools/throttle.ts';
import { isWithinHours } from '../tools/settings.ts';
import type { Tools } from '../tools/tools.ts';

type WorkTools = Pick<Tools, 'workbench' | 'changes' | 'jobs' | 'settings' | 'launcher'> & {
  readonly writeReport: (studyName: string, signal: AbortSignal) => Promise<string>;
};

interface Assignment {
  study: string;
  /** Its declaration when the work was requested. */
  spec: string;
  goal: Goal;
  job: JobHandle;
  abort: AbortController;
  predicted: Throttle;
}

/** Milliseconds between updates of progress, and checks of the clock for runs that only work overnight. */
const progressInterval = 1000;

/** Results are computed again at most once in this time, in milliseconds, while predictions are being made. */
const resultsInterval = 30_000;

/** Runs studies: one at a time, the others wait in line. All of it can be stopped and resumed later. */
export class StudyWork {
  readonly #tools: WorkTools;
  readonly #line: Assignment[] = [];
  #current: Assignment | null = null;
  #executor: Executor | null = null;
  #suspended = false;
  #closing = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(tools: WorkTools) {
    this.#tools = tools;
  }

  get study(): string | null {
    return this.#current?.study ?? null;
  }

  /** True while runs wait because the user paused them, or because of the hour. */
  get paused(): boolean {
    const { paused, overnight } = this.#tools.settings.get();
    return paused || !isWithinHours(overnight, new Date(this.#tools.workbench.now()));
  }

  get busy(): boolean {
    return this.#current !== null || this.#line.length > 0;
  }

  /**
   * Starts or resumes a study up to a goal; gives the id of the job.
   * @param options `again`: queues a new job even if one for this goal is running, because that one has already given up
   * runs that are queued again.
   * @throws UserError `study.not-found`, `study.deleted`
   */
  start(name: string, goal: Goal, { again = false }: { again?: boolean } = {}): string {
    const study = findStudy(this.#tools.workbench, name);
    if (study.deletedAt !== null) throw deleted(name);
    const spec = canonicalJson(study.spec);
    const known = [again ? null : this.#current, ...this.#line].find(
      (each) => each?.study === name && each.spec === spec && covers(each.goal, goal) && !each.abort.signal.aborted,
    );
    if (known) return known.job.id;
    const abort = new AbortController();
    const job = this.#tools.jobs.add({
      ...{ kind: 'study', title: jobTitle(study, goal), study: name, goal, link: linkFor(name, goal) },
      stop: () => this.#stop(assignment),
    });
    const predicted = new Throttle(() => this.#tools.changes.publish('predictions'), resultsInterval);
    const assignment: Assignment = { study: name, spec, goal, job, abort, predicted };
    this.#line.push(assignment);
    if (this.#current) job.update({ state: 'waiting', note: `behind study ${this.#current.study}` });
    this.#next();
    return job.id;
  }

  /** Has every run of a study checkpoint and end, and removes the study from the line. */
  stop(name: string): void {
    for (const assignment of [...this.#line, ...(this.#current ? [this.#current] : [])]) {
      if (assignment.study === name) this.#tools.jobs.stop(assignment.job.id);
    }
  }

  /** Has runs checkpoint and wait, or resume. Kept over restarts. */
  setPaused(paused: boolean): void {
    this.#tools.settings.set({ paused });
    this.applyPause();
  }

  applyPause(): void {
    const suspend = this.paused;
    if (!this.#executor || suspend === this.#suspended) return;
    this.#suspended = suspend;
    if (suspend) this.#executor.suspend();
    else this.#executor.resume();
    this.#tools.changes.publish('jobs');
  }

  /** Cancels a run wherever it is. @throws UserError `run.not-found` */
  cancelRun(runId: number): void {
    const { storage, now } = this.#tools.workbench;
    if (this.#executor) this.#executor.cancel(runId);
    else storage.runs.cancel(runId, now());
    this.#tools.changes.publish('runs', [runId]);
  }

  /** Puts a run on hold, where it checkpoints and waits, or releases it. @throws UserError `run.not-found` */
  holdRun(runId: number, held: boolean): void {
    this.#tools.workbench.storage.runs.setHeld(runId, held);
    if (held) this.#executor?.stopRun(runId);
    this.#tools.changes.publish('runs', [runId]);
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#line.length = 0;
    this.#current?.abort.abort();
    await this.#ended;
  }

  #stop(assignment: Assignment): void {
    assignment.abort.abort();
    const index = this.#line.indexOf(assignment);
    if (index < 0) return;
    this.#line.splice(index, 1);
    assignment.job.end('stopped');
  }

  #next(): void {
    if (this.#current || this.#closing) return;
    const next = this.#line.shift();
    if (!next) return;
    this.#current = next;
    next.job.update({ state: 'running', note: '' });
    this.#ended = this.#work(next).finally(() => {
      this.#current = null;
      this.#executor = null;
      this.#publishAll();
      this.#next();
    });
  }

  async #work(assignment: Assignment): Promise<void> {
    const { workbench, settings, launcher, changes, writeReport } = this.#tools;
    const { workers, seedsPerStep, engine } = settings.get();
    const { job, abort } = assignment;
    let watch: NodeJS.Timeout | undefined;
    try {
      const study = findStudy(workbench, assignment.study);
      const result = await runStudy(workbench, {
        ...{ goal: assignment.goal, workers, seedsPerStep, launcher, signal: abort.signal },
        writeReport: (name) => writeReport(name, abort.signal),
        file: { study: study.spec, folder: workbench.storage.folder },
        engine: study.spec.engine !== 'auto' ? null : engine === 'auto' ? engineOfEnvironment() : engine,
        listener: (event) => this.#onEvent(assignment, event),
        onRegistered: (studyId) => {
          watch = setInterval(() => this.#showProgress(assignment, studyId, workers), progressInterval);
          this.#publishAll();
        },
        onExecutor: (executor) => this.#onExecutor(executor),
        onChange: ({ run, event }) => {
          changes.publish('runs', [run.id]);
          if (event?.type === 'samples' || run.task.kind === 'generator') changes.publish('generator', [run.id]);
        },
      });
      if (result.stopped) job.end('stopped');
      else if (result.complete) job.end('done');
      else job.end('failed', result.problems.join(' '));
    } catch (error) {
      job.end('failed', errorText(error), failedStep(error));
    } finally {
      clearInterval(watch);
      assignment.predicted.close();
    }
  }

  #onExecutor(executor: Executor): void {
    this.#executor = executor;
    this.#suspended = false;
    this.applyPause();
  }

  #onEvent({ job, predicted }: Assignment, event: StudyEvent): void {
    const { changes } = this.#tools;
    if (event.type === 'warning') job.log(event.message);
    else if (event.type === 'predicted') predicted.trigger();
    else if (event.type === 'step') {
      job.update({ note: `${event.name}: ${event.detail}` });
      changes.publish('studies');
      changes.publish('stimuli');
    } else job.update({ note: `${event.label}: ${event.state}` });
  }

  #showProgress({ job }: Assignment, studyId: number, workers: number): void {
    this.applyPause();
    const study = this.#tools.workbench.storage.studies.get(studyId);
    if (!study) return;
    const { running, done, total, secondsLeft } = studyProgress(this.#tools, study, workers);
    const partly = running.reduce((sum, { share }) => sum + (share ?? 0), 0);
    const share = total === 0 ? null : Math.min(1, (done + partly) / total);
    if (this.#suspended) return job.update({ share, secondsLeft: null, note: 'paused' });
    const names = running.map(({ label, note }) => (note ? `${label} (${note})` : label));
    job.update({ share, secondsLeft, note: names.slice(0, 3).join(', ') });
  }

  #publishAll(): void {
    for (const topic of ['studies', 'runs', 'stimuli', 'generator'] as const) this.#tools.changes.publish(topic);
  }
}

const titles: Record<Goal, string> = {
  generator: 'Train the generator',
  candidates: 'Find candidates for anchors',
  stimuli: 'Generate and freeze stimuli',
  models: 'Train the models',
  report: 'Run the study',
};

const jobTitle = ({ spec }: StudyRecord, goal: Goal): string => `${titles[goal]}: ${spec.title}`;

const screens: Record<Goal, string> = {
  generator: '/generator',
  candidates: '/stimuli',
  stimuli: '/stimuli',
  models: '/models',
  report: '',
};

const linkFor = (name: string, goal: Goal): string => `/studies/${encodeURIComponent(name)}${screens[goal]}`;

const deleted = (name: string): UserError =>
  new UserError({
    code: 'study.deleted',
    what: 'This study was deleted',
    where: `study ${name}`,
    remedy: 'Restore it first.',
  });
