import type { EngineName } from '../../contract/runs/run.ts';
import { UserError } from '../../contract/wire/errors.ts';
import type { GeneratedStimuliSpec } from '../../contract/stimuli/stimuli.ts';
import type { Goal } from '../../contract/api/jobs.ts';
import { at } from '../../domain/numbers/arrays.ts';
import { canonicalJson } from '../../domain/plans/identity.ts';
import type { Executor, RunChange } from '../../executors/executor.ts';
import { ForkLauncher, type Launcher } from '../../processes/launcher.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { runEvent, type StudyListener } from './events.ts';
import { inStep } from './failed-step.ts';
import { rolesFor } from '../declaration/plan.ts';
import { type RegisteredStudy, registerStudy } from './register.ts';
import { recoverRuns, RunWaiter, StudyStopped, studyWorkers, versionElsewhere } from '../queue/workers.ts';
import { enginesForStudy } from './study-engines.ts';
import { type StudyOutcome, StudyRunner } from './study-runner.ts';
import type { StudyFile } from '../declaration/study-file.ts';
import { isPrepared } from '../../domain/data/data-sources.ts';
import { placeStudy } from '../clusters/place.ts';
import { absoluteDataSet, trainedDataSet } from '../declaration/data-set.ts';
import { runTask } from '../tasks/tasks.ts';
import { noReader } from '../workbench/data-sources.ts';
import type { DataSetRecord } from '../../contract/api/data-sets.ts';
import { detach } from '../../contract/wire/detach.ts';

/** Milliseconds between checks for what other processes wrote into the queue. */
const queueCheckInterval = 500;

interface StudyRequest {
  /** Called until the study is registered, which takes seconds at a first start: the declaration may change meanwhile. */
  read: () => StudyFile;
  /** Only this engine; null: the fastest one that works here. */
  engine: EngineName | null;
  workers: number;
  /** How many models that differ only in their seed are trained in one step, at most. Default: 1. */
  seedsPerStep?: number;
  goal?: Goal;
  /** The cluster that trainings go to from now on; null: this computer. Absent: as before. */
  place?: string | null;
  /** Runs that had failed or were cancelled by then are tried again, once. Default: now. */
  askedAt?: number;
  /** Whether stimuli are wanted even if the reference classifier takes anchors for another class. Default: no. */
  acceptsDoubtful?: (spec: GeneratedStimuliSpec) => boolean;
  launcher?: Launcher;
  /** Called before it takes runs, so that they can be paused or cancelled one by one. */
  onExecutor?: (running: RunningStudy) => void;
  onChange?: (change: RunChange) => void;
  /** Writes the study's report once its results are there; gives the path of its page. */
  writeReport: (studyName: string) => string | Promise<string>;
  listener: StudyListener;
  /** Called once the study is registered, so that its progress can be shown. */
  onRegistered: (studyId: number) => void;
  /** Aborting checkpoints every run on this computer and ends within 5 s; those on clusters go on there. */
  signal: AbortSignal;
}

export interface RunningStudy {
  executor: Executor;
  /** True while all that the study can do now is to wait for runs that none of its own workers does. */
  isWaiting: () => boolean;
}

export interface StudyRunResult extends StudyOutcome {
  stopped: boolean;
  report: string | null;
}

/** Runs the missing steps up to the goal. The same call resumes where an earlier one ended. @throws UserError */
export async function runStudy(workbench: Workbench, request: StudyRequest): Promise<StudyRunResult> {
  const { listener, signal } = request;
  const { storage, now } = workbench;
  const { workers, seedsPerStep = 1, launcher = new ForkLauncher(process.env) } = request;
  const { goal = 'report', askedAt = now() } = request;
  let began = now();
  const gather = async (): Promise<Inputs> => {
    const file = request.read();
    const engines = await enginesForStudy({ ...request, study: file.study });
    began = now();
    const record = await inStep('data-set', () => readDataSet(workbench, file, { launcher, listener, signal }));
    return areInputsOf(request.read(), file) ? { engines, record } : gather();
  };
  const inputs = await gather().catch((error: unknown) => {
    if (signal.aborted) return null;
    throw error;
  });
  if (!inputs) return { studyId: 0, complete: false, problems: [], stopped: true, report: null };
  const { engines, record } = inputs;
  for (const id of recoverRuns(workbench)) {
    listener({ type: 'warning', message: `Run ${id} was interrupted last time. It resumes from its last checkpoint.` });
  }
  const waiter = new RunWaiter(storage);
  const registered = await inStep('data-set', () => registerStudy(workbench, request.read(), record));
  const { id: studyId, dataSet } = registered;
  const detail = `${dataSet.name}: ${dataSet.trainCount > 0 ? `${dataSet.trainCount} training and ` : ''}${dataSet.testCount} test images`;
  listener({ type: 'step', name: 'Data set', detail, seconds: (now() - began) / 1000 });
  const reference = { launcher, engine: at(engines, 0), blobs: storage.blobs.folder, signal };
  const { acceptsDoubtful = () => false } = request;
  const options = { goal, askedAt, reference, acceptsDoubtful };
  const runner = new StudyRunner(workbench, waiter, listener, registered, options);
  const registeredNow = storage.studies.get(studyId);
  if (request.place !== undefined && registeredNow) placeStudy(workbench, registeredNow, request.place);
  await runner.begin();
  request.onRegistered(studyId);
  const executor = studyWorkers(workbench, {
    studyId,
    engines,
    workers,
    seedsPerStep,
    launcher,
    roles: rolesFor(goal),
  });
  const unlistenClusters = workbench.clusters.map((clusters) => clusters.onNews(listener));
  const working = new Set<number>();
  executor.onChange((change) => {
    if (change.state === 'running') working.add(change.run.id);
    else working.delete(change.run.id);
    const event = runEvent(workbench, change);
    if (event) listener(event);
    request.onChange?.(change);
  });
  // Workers of another job, e.g. of another study, may do the same run.
  const unlisten = storage.runs.onEnded((run) => waiter.check(run));
  request.onExecutor?.({ executor, isWaiting: () => working.size === 0 && waiter.waitsFor.length > 0 });
  const watchFailed = Promise.withResolvers<never>();
  let checksOnHold = 0;
  let seen = 0;
  const watch = setInterval(() => {
    try {
      const version = versionElsewhere(storage);
      if (version !== seen) applyExternalChanges(workbench, executor, waiter);
      seen = version;
      for (const run of storage.studyRuns.removed(studyId, waiter.waitsFor)) waiter.remove(run);
      // Twice, as a run that has just ended may be about to be followed by another.
      checksOnHold = storage.studyRuns.hasOnlyHeldRuns(studyId, rolesFor(goal)) ? checksOnHold + 1 : 0;
      if (checksOnHold === 2) stopForHeld();
    } catch (error) {
      watchFailed.reject(error);
    }
  }, queueCheckInterval);
  const stop = (): void => {
    waiter.stop();
    detach(executor.stop());
  };
  const stopForHeld = (): void => {
    listener({ type: 'warning', message: 'All remaining runs are paused. Resume them, then start the study again.' });
    stop();
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    executor.start();
    const outcome = await Promise.race([runner.complete(), executor.broken, watchFailed.promise]);
    return {
      ...outcome,
      stopped: false,
      report: goal === 'report' ? await inStep('report', () => reportIfPossible(workbench, registered, request)) : null,
    };
  } catch (error) {
    if (!(error instanceof StudyStopped)) throw error;
    return { studyId, complete: false, problems: [], stopped: true, report: null };
  } finally {
    clearInterval(watch);
    unlisten();
    for (const each of unlistenClusters) each();
    signal.removeEventListener('abort', stop);
    waiter.stop();
    await executor.stop();
  }
}

/** What a study needs before its runs are queued. */
interface Inputs {
  engines: EngineName[];
  record: DataSetRecord;
}

/** Whether the inputs of a declaration are those of another one. */
const areInputsOf = ({ study, folder }: StudyFile, { study: known, folder: from }: StudyFile): boolean =>
  folder === from && study.engine === known.engine && canonicalJson(study.dataSet) === canonicalJson(known.dataSet);

/** Prepares a data set that has to be, unless it is stored already, and reads any other in a process of its own. */
async function readDataSet(
  workbench: Workbench,
  { study, folder }: StudyFile,
  { launcher, listener, signal }: { launcher: Launcher; listener: StudyListener; signal: AbortSignal },
): Promise<DataSetRecord> {
  const source = absoluteDataSet(study.dataSet, folder);
  if (!isPrepared(source)) return runTask(launcher, 'describeDataSet', { source, folder }, { signal });
  const { dataSets, studies, blobs } = workbench.storage;
  const registered = studies.byName(study.name);
  const trained = registered && trainedDataSet(workbench, { id: registered.id, spec: { ...study, dataSet: source } });
  if (workbench.dataSources) {
    // Tables of answers from elsewhere name images by their files.
    const namesFiles = study.stimuli.source === 'test-images';
    return workbench.dataSources.read({ ...workbench, launcher }, source, { trained, namesFiles, listener, signal });
  }
  const stored = trained ?? dataSets.prepared(source)?.record;
  if (stored && blobs.touch(stored.hash)) return stored;
  throw noReader(source);
}

/** Applies what other processes (`boundary runs cancel`, `retry`) wrote into the queue. */
function applyExternalChanges({ storage }: Workbench, executor: Executor, waiter: RunWaiter): void {
  for (const run of storage.runs.cancelRequested()) executor.cancel(run);
  executor.refill();
  waiter.checkAll();
}

/** Null for a study without stimuli, which has nothing to show; why they failed was reported already. */
async function reportIfPossible(
  workbench: Workbench,
  { study }: RegisteredStudy,
  { writeReport, listener, signal }: StudyRequest,
): Promise<string | null> {
  const started = workbench.now();
  try {
    const path = await writeReport(study.name);
    listener({ type: 'step', name: 'Report', detail: path, seconds: (workbench.now() - started) / 1000 });
    return path;
  } catch (error) {
    if (error instanceof UserError && error.code === 'report.no-stimuli') return null;
    if (signal.aborted) throw new StudyStopped('stopped');
    throw error;
  }
}
