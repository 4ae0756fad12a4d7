import type { Goal, TimeRange } from '../../contract/api/jobs.ts';
import { UserError } from '../../contract/wire/errors.ts';
import type { Study } from '../../contract/studies/study.ts';
import type { Executor } from '../../executors/executor.ts';
import { canonicalJson } from '../../domain/plans/identity.ts';
import { formatRemaining } from '../../domain/numbers/format.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import { engineOfEnvironment } from '../tools/engines.ts';
import { findStudy } from '../workbench/find.ts';
import { covers, needsTraining } from '../declaration/plan.ts';
import { noteOpenWork } from './cut-off.ts';
import { failedStep } from './failed-step.ts';
import { type RunningStudy, runStudy } from './run-study.ts';
import type { StudyEvent } from './events.ts';
import { jobTitle, linkFor } from './job-titles.ts';
import { studyProgress } from './progress.ts';
import { errorText, type JobHandle } from '../tools/jobs.ts';
import { Throttle } from '../tools/throttle.ts';
import { isWithinHours } from '../workbench/settings.ts';
import type { Tools } from '../tools/tools.ts';

type WorkTools = Pick<Tools, 'workbench' | 'changes' | 'jobs' | 'settings' | 'launcher'> & {
  readonly writeReport: (studyName: string, signal: AbortSignal) => Promise<string>;
};

interface Assignment {
  /** Place among all jobs; it keeps it when it begins again. */
  readonly order: number;
  study: string;
  /** Title of its job. */
  title: string;
  /** Its declaration when the work began; while it waits in line, the current one. */
  spec: Study;
  goal: Goal;
  /** It follows a job for the same goal, which has given up runs that are queued again. */
  again: boolean;
  /** Runs that had failed or were cancelled by then are tried again, however late it begins. */
  readonly askedAt: number;
  /** It gave way to another job. */
  resumes: boolean;
  /** The stimuli that somebody wants even if the reference classifier takes anchors for another class; null: none. */
  accepted: Study['stimuli'] | null;
  job: JobHandle;
  attempt: Attempt;
  ended: Promise<void>;
}

/** Work on a job until its end, or until it begins again. */
interface Attempt {
  readonly abort: AbortController;
  readonly predicted: Throttle;
  /** Whether it ends for work with a newer declaration, and follows it with that declaration. */
  beginsAgain: boolean;
  /** Null before it is registered. */
  studyId: number | null;
  /** Null before it takes runs. */
  running: RunningStudy | null;
  suspended: boolean;
  /** Whether its job shows that it waits. */
  waits: boolean;
  secondsLeft: TimeRange | null;
  share: number | null;
}

/** Milliseconds between updates of progress, and checks of the clock for runs that only work overnight. */
const progressInterval = 1000;

/** Results are computed again at most once in this time, in milliseconds, while predictions are being made. */
const resultsInterval = 30_000;

/**
 * Runs studies. The first job has the workers and trains; the others do everything that needs no training beside it, and
 * otherwise wait for their turn. All of it can be stopped and resumed later.
 */
export class StudyWork {
  readonly #tools: WorkTools;
  /** Jobs that another one of their study has to end for. */
  readonly #line: Assignment[] = [];
  /** By `order`. */
  readonly #active: Assignment[] = [];
  #started = 0;
  #watch: NodeJS.Timeout | undefined;
  #closing = false;

  constructor(tools: WorkTools) {
    this.#tools = tools;
  }

  /** The study that has the workers. */
  get study(): string | null {
    return this.#active[0]?.study ?? null;
  }

  isWorkingOn(study: string): boolean {
    return this.#active.some((each) => each.study === study);
  }

  /** The study that has the workers, and whether trainings wait: because the user paused all runs, or until an hour. */
  state(): { study: string | null; paused: boolean; opensAt: number | null } {
    const { paused, overnight } = this.#tools.settings.get();
    const opensAt = !paused && overnight !== null && this.#isTooEarly() ? overnight.from : null;
    return { study: this.study, paused: paused || opensAt !== null, opensAt };
  }

  /** Trainings work overnight only, and it is day. Short runs go on. */
  #isTooEarly(): boolean {
    const { overnight } = this.#tools.settings.get();
    return !isWithinHours(overnight, new Date(this.#tools.workbench.now()));
  }

  get busy(): boolean {
    return this.#active.length > 0 || this.#line.length > 0;
  }

  /**
   * Starts or resumes a study up to a goal; gives the id of the job.
   * @param options `again`: queues a new job even if one for this goal is running, because that one has already given up
   * runs that are queued again. `acceptDoubtful`: freezes these stimuli even if the reference classifier takes anchors for
   * another class.
   * @throws UserError `study.not-found`, `study.deleted`
   */
  start(
    name: string,
    goal: Goal,
    { again = false, acceptDoubtful = false }: { again?: boolean; acceptDoubtful?: boolean } = {},
  ): string {
    const study = findStudy(this.#tools.workbench, name);
    if (study.deletedAt !== null) throw deleted(name);
    const { spec } = study;
    const isShort = !this.#needsTraining(study, goal);
    const active = again ? [] : this.#active.filter((each) => !isOutdatedBy(each, { study: name, spec }));
    // One in line begins with the declaration of that time; it may wait for trainings, and short work never does.
    const inLine = isShort ? this.#line.filter((each) => this.#isNext(each)) : this.#line;
    const known = [...active, ...inLine].find(
      (each) => each.study === name && covers(each.goal, goal) && !isEnding(each),
    );
    const accepted = acceptDoubtful ? spec.stimuli : null;
    if (known) {
      known.accepted = accepted ?? known.accepted;
      return known.job.id;
    }
    const title = jobTitle(study, goal);
    const job = this.#tools.jobs.add({
      kind: 'study',
      title,
      study: name,
      goal,
      link: linkFor(name, goal),
      stop: () => this.#stop(assignment),
    });
    const assignment: Assignment = {
      order: ++this.#started,
      study: name,
      title,
      spec,
      goal,
      again,
      accepted,
      job,
      askedAt: this.#tools.workbench.now(),
      resumes: false,
      attempt: this.#newAttempt(),
      ended: Promise.resolve(),
    };
    this.#line.push(assignment);
    this.#note();
    if (isShort) this.#giveWay(assignment);
    this.#next();
    if (!this.#active.includes(assignment) || (this.#active[0] !== assignment && !isShort)) {
      this.#showWaiting(assignment);
    }
    return job.id;
  }

  /** Has every run of a study checkpoint and end, and removes the study from the line. */
  stop(name: string): void {
    for (const { study, job } of [...this.#line, ...this.#active]) if (study === name) this.#tools.jobs.stop(job.id);
  }

  /** Has runs checkpoint and wait, those on clusters too, or resume. Kept over restarts. */
  setPaused(paused: boolean): void {
    this.#tools.settings.set({ paused });
    // Runs on clusters are stopped even if no job works on their study.
    if (paused) this.#stopOnClusters(null);
    this.applySettings();
  }

  /** Applies settings and the hour to what works. */
  applySettings(): void {
    this.#giveWorkers();
    const { paused } = this.#tools.settings.get();
    for (const { attempt } of this.#active) {
      if (!attempt.running || paused === attempt.suspended) continue;
      attempt.suspended = paused;
      if (paused) attempt.running.executor.suspend();
      else attempt.running.executor.resume();
      this.#tools.changes.publish('jobs');
    }
  }

  /** Cancels a run wherever it is. @throws UserError `run.not-found` */
  cancelRun(runId: number): void {
    const { storage, now } = this.#tools.workbench;
    storage.runs.cancel(runId, now());
    for (const executor of this.#executors()) executor.cancel(runId);
    // One on a cluster, of a study that no job works on.
    this.#wakeClusters();
    this.#tools.changes.publish('runs', [runId]);
  }

  /** Puts a run on hold, where it checkpoints and waits, or releases it. @throws UserError `run.not-found` */
  holdRun(runId: number, held: boolean): void {
    this.#tools.workbench.storage.runs.setHeld(runId, held);
    if (held) for (const executor of this.#executors()) executor.stopRun(runId);
    if (held) this.#wakeClusters();
    this.#tools.changes.publish('runs', [runId]);
  }

  /** Runs on clusters save a checkpoint and come back. @param studyId null: of all studies */
  #stopOnClusters(studyId: number | null): void {
    const { workbench, changes } = this.#tools;
    if (workbench.storage.placements.stopAll(studyId) === 0) return;
    this.#wakeClusters();
    changes.publish('runs');
  }

  #wakeClusters(): void {
    for (const clusters of this.#tools.workbench.clusters) clusters.wake();
  }

  /** The program ends: runs here save a checkpoint, and those on clusters go on there. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#line.length = 0;
    for (const { attempt } of this.#active) attempt.abort.abort();
    await Promise.all(this.#active.map(({ ended }) => ended));
    this.#note();
  }

  #executors(): Executor[] {
    return this.#active.flatMap(({ attempt }) => attempt.running?.executor ?? []);
  }

  #needsTraining({ id, spec }: StudyRecord, goal: Goal): boolean {
    const { studies, studyRuns } = this.#tools.workbench.storage;
    const done = studyRuns.list(id).flatMap(({ role, state }) => (state === 'done' ? [role] : []));
    return needsTraining(spec, goal, new Set(done), studies.sections);
  }

  /**
   * Short work never waits for a training: a job of its study that works on an older declaration checkpoints, and
   * continues after it on the new one.
   */
  #giveWay(assignment: Assignment): void {
    for (const each of this.#active) {
      if (isEnding(each) || !isOutdatedBy(each, assignment)) continue;
      each.attempt.beginsAgain = true;
      each.attempt.abort.abort();
    }
  }

  /** The user stops a job: nothing of its study is computed any more, here and on clusters. */
  #stop(assignment: Assignment): void {
    assignment.attempt.beginsAgain = false;
    assignment.attempt.abort.abort();
    const study = this.#tools.workbench.storage.studies.byName(assignment.study);
    const isLast = ![...this.#line, ...this.#active].some((each) => each !== assignment && isAtWork(each, assignment));
    if (study && isLast) this.#stopOnClusters(study.id);
    const index = this.#line.indexOf(assignment);
    if (index >= 0) this.#line.splice(index, 1);
    this.#note();
    if (index >= 0) assignment.job.end('stopped');
  }

  /** Begins every job in line that nothing has to end for. */
  #next(): void {
    for (const assignment of [...this.#line]) {
      assignment.spec = this.#tools.workbench.storage.studies.byName(assignment.study)?.spec ?? assignment.spec;
      if (this.#closing || this.#active.some((each) => hasToEnd(each, assignment))) continue;
      this.#line.splice(this.#line.indexOf(assignment), 1);
      this.#active.push(assignment);
      this.#active.sort((a, b) => a.order - b.order);
      assignment.attempt.waits = false;
      assignment.job.update({ state: 'running', note: '' });
      assignment.ended = this.#work(assignment).finally(() => {
        this.#active.splice(this.#active.indexOf(assignment), 1);
        if (assignment.attempt.beginsAgain) this.#beginAgain(assignment);
        this.#note();
        this.#publishAll();
        this.#next();
        this.#giveWorkers();
      });
    }
    this.#watch ??= setInterval(() => this.#showProgress(), progressInterval);
    if (this.#active.length > 0) return;
    clearInterval(this.#watch);
    this.#watch = undefined;
  }

  #newAttempt(): Attempt {
    return {
      abort: new AbortController(),
      beginsAgain: false,
      studyId: null,
      running: null,
      suspended: false,
      waits: false,
      predicted: new Throttle(() => this.#tools.changes.publish('predictions'), resultsInterval),
      secondsLeft: null,
      share: null,
    };
  }

  #beginAgain(assignment: Assignment): void {
    const study = this.#tools.workbench.storage.studies.byName(assignment.study);
    if (!study) return assignment.job.end('stopped');
    // The jobs that it followed have ended.
    Object.assign(assignment, { again: false, resumes: true });
    assignment.attempt = this.#newAttempt();
    this.#line.push(assignment);
    this.#showWaiting(assignment);
  }

  /** Whether a job in line only waits for jobs that are ending. */
  #isNext(later: Assignment): boolean {
    return this.#active.every((each) => isEnding(each) || !hasToEnd(each, later));
  }

  /** The first job has all workers, also while it is about to begin again. */
  #giveWorkers(): void {
    const { workers } = this.#tools.settings.get();
    const isTooEarly = this.#isTooEarly();
    const resuming = this.#line.filter((each) => each.resumes && this.#isNext(each));
    const first = Math.min(...[...this.#active, ...resuming].map(({ order }) => order));
    for (const { order, attempt } of this.#active) {
      const executor = attempt.running?.executor;
      executor?.setWorkers(order === first && !isTooEarly ? workers : 0);
      if (isTooEarly) executor?.stopTrainings();
    }
  }

  async #work(assignment: Assignment): Promise<void> {
    const { workbench, settings, launcher, changes, writeReport } = this.#tools;
    const { workers, seedsPerStep, engine } = settings.get();
    const { job, attempt } = assignment;
    const { signal } = attempt.abort;
    try {
      const study = findStudy(workbench, assignment.study);
      const result = await runStudy(workbench, {
        goal: assignment.goal,
        askedAt: assignment.askedAt,
        workers,
        seedsPerStep,
        launcher,
        signal,
        writeReport: (name) => writeReport(name, signal),
        acceptsDoubtful: (stimuli) => isSame(stimuli, assignment.accepted),
        read: () => {
          const { spec } = findStudy(workbench, assignment.study);
          assignment.spec = spec;
          return { study: spec, folder: workbench.storage.folder };
        },
        engine: study.spec.engine !== 'auto' ? null : engine === 'auto' ? engineOfEnvironment() : engine,
        listener: (event) => this.#onEvent(assignment, event),
        onRegistered: (studyId) => {
          attempt.studyId = studyId;
          this.#publishAll();
        },
        onExecutor: (running) => {
          attempt.running = running;
          this.applySettings();
        },
        onChange: ({ run, event }) => {
          if (event?.type === 'started' && assignment !== this.#active[0]) this.#showProgressOf(assignment);
          changes.publish('runs', [run.id]);
          if (event?.type === 'samples' || run.task.kind === 'generator') changes.publish('generator', [run.id]);
        },
      });
      if (attempt.beginsAgain) return;
      if (result.stopped) job.end('stopped');
      else if (result.complete) job.end('done');
      else job.end('failed', result.problems.join(' '));
    } catch (error) {
      attempt.beginsAgain = false;
      job.end('failed', errorText(error), failedStep(error));
    } finally {
      attempt.predicted.close();
    }
  }

  #onEvent({ job, attempt: { predicted, waits } }: Assignment, event: StudyEvent): void {
    const { changes } = this.#tools;
    if (event.type === 'warning') job.log(event.message);
    else if (event.type === 'predicted') predicted.trigger();
    else if (event.type === 'reading') job.update({ share: event.share, note: `Reading the data set: ${event.note}` });
    else if (!waits)
      job.update({ note: event.type === 'step' ? `${event.name}: ${event.detail}` : `${event.label}: ${event.state}` });
    if (event.type !== 'step') return;
    changes.publish('studies');
    changes.publish('stimuli');
  }

  #showProgress(): void {
    this.applySettings();
    for (const assignment of this.#active) this.#showProgressOf(assignment);
    for (const assignment of this.#line) this.#showWaiting(assignment);
  }

  #showProgressOf(assignment: Assignment): void {
    const { job, attempt } = assignment;
    const { studyId, running, suspended } = attempt;
    if (isEnding(assignment) || studyId === null) return;
    const isPaused = suspended || (this.#isTooEarly() && running?.isWaiting() === true);
    if (assignment !== this.#active[0] && !isPaused && running?.isWaiting()) return this.#showWaiting(assignment);
    const { workbench, settings } = this.#tools;
    const study = workbench.storage.studies.get(studyId);
    if (!study) return;
    const progress = studyProgress(this.#tools, study, settings.get().workers, assignment.askedAt);
    const { secondsLeft } = progress;
    // A training that turns out longer takes nothing back of what was done.
    attempt.share = progress.share === null ? null : Math.max(attempt.share ?? 0, progress.share);
    const { share } = attempt;
    attempt.waits = false;
    attempt.secondsLeft = isPaused ? null : secondsLeft;
    const known = { state: 'running', share, secondsLeft: attempt.secondsLeft, paused: isPaused } as const;
    if (isPaused) return job.update({ ...known, note: '' });
    const names = progress.running.map(({ label, note }) => (note ? `${label} (${note})` : label));
    job.update({ ...known, note: names.slice(0, 3).join(', ') });
  }

  /** It waits for another job of its study, or for the workers. */
  #showWaiting(assignment: Assignment): void {
    const first = this.#active.find((each) => each !== assignment && hasToEnd(each, assignment)) ?? this.#active[0];
    if (!first || isEnding(assignment)) return;
    const { secondsLeft } = first.attempt;
    assignment.attempt.waits = true;
    const behind = { title: first.title, link: linkFor(first.study, first.goal) };
    const time = secondsLeft === null ? '' : `: ${formatRemaining(secondsLeft)}`;
    const note = `behind “${first.title}”${time}`;
    assignment.job.update({ state: 'waiting', note, behind, paused: false, secondsLeft: null });
  }

  #note(): void {
    const all = [...this.#active, ...this.#line].sort((a, b) => a.order - b.order);
    const open = all.filter((each) => !isEnding(each) || each.attempt.beginsAgain);
    noteOpenWork(
      this.#tools,
      open.map(({ study, goal }) => ({ study, goal })),
    );
  }

  #publishAll(): void {
    for (const topic of ['studies', 'runs', 'stimuli', 'generator'] as const) this.#tools.changes.publish(topic);
  }
}

const isEnding = ({ attempt }: Assignment): boolean => attempt.abort.signal.aborted;

/** Whether a job works on the study of another one, and goes on. */
const isAtWork = (each: Assignment, { study }: Assignment): boolean => each.study === study && !isEnding(each);

const isSame = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b);

/** What a goal depends on. */
const usedParts: Record<Goal, readonly (keyof Study)[]> = {
  generator: ['dataSet', 'engine', 'generator', 'stimuli'],
  candidates: ['dataSet', 'engine', 'generator', 'reference', 'stimuli'],
  stimuli: ['dataSet', 'engine', 'generator', 'reference', 'stimuli'],
  models: ['dataSet', 'engine', 'models'],
  report: ['dataSet', 'engine', 'generator', 'reference', 'stimuli', 'models', 'labelers'],
};

const isOutdatedBy = ({ study, spec, goal }: Assignment, later: Pick<Assignment, 'study' | 'spec'>): boolean =>
  study === later.study && usedParts[goal].some((part) => !isSame(spec[part], later.spec[part]));

/** Two jobs of one study share its runs, unless the first is ending or what it works on was declared anew. */
const hasToEnd = (first: Assignment, later: Assignment): boolean =>
  isOutdatedBy(first, later) || (first.study === later.study && (isEnding(first) || later.again));

const deleted = (name: string): UserError =>
  new UserError('study.deleted', 'This study was deleted', `study ${name}`, 'Restore it first.');
