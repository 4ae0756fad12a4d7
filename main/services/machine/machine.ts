import type {
  DiskUse,
  MachineOptions,
  MachineState,
  TensorflowBuild,
  TensorflowVariant,
} from '../../contract/api/machine.ts';
import type { Job } from '../../contract/api/jobs.ts';
import { UserError } from '../../contract/errors.ts';
import { formatBytes, formatCount } from '../../domain/format.ts';
import type { Launcher } from '../../processes/launcher.ts';
import { cacheFolder } from '../../files/places.ts';
import { ProcessClient } from '../../processes/client.ts';
import { flushBackupsDuring, flushJournalDuring, isBackupDue } from '../../storage/index.ts';
import { checkEngines, engineOfEnvironment, findGraphics, type Graphics, knownEngines } from '../tools/engines.ts';
import type { ChangeFeed } from '../tools/change-feed.ts';
import type { JobHandle, Jobs } from '../tools/jobs.ts';
import { isWithinHours, type Settings } from '../tools/settings.ts';
import type { Workbench } from '../tools/workbench.ts';
import { engineStates, tensorflowBuilds, whyEngine } from './engines.ts';
import type { MachineHandlers } from './serve-machine.ts';
import type { TaskEvent } from './task-events.ts';
import { machineProcess, type MachineTask, runTask } from './tasks.ts';
import { detach } from '../../contract/detach.ts';

export interface MachineParts {
  workbench: Workbench;
  changes: ChangeFeed;
  jobs: Jobs;
  settings: Settings;
  launcher: Launcher;
  /** Called when settings changed that work obeys at once. */
  onSettings: () => void;
  environment?: NodeJS.ProcessEnv;
}

/** Settings to change; undefined: unchanged. */
type Wanted = { [Name in Exclude<keyof MachineOptions, 'paused'>]?: MachineOptions[Name] | undefined };

/** Milliseconds for which disk use counts as current. */
const freshFor = 60_000;
const link = '/machine';

/** This machine: its engines and its disk, and the tasks on both. */
export class Machine {
  readonly #parts: MachineParts;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #backups: DailyBackup;
  readonly #closing = new AbortController();
  #graphics: Promise<Graphics> | null = null;
  #disk: { at: number; use: Promise<DiskUse> } | null = null;

  constructor(parts: MachineParts) {
    this.#parts = parts;
    this.#environment = parts.environment ?? process.env;
    const { workbench, launcher, jobs } = parts;
    const onFailure = (message: string): void => {
      jobs.add({ kind: 'back-up', title: 'Daily backup', study: null, link }).end('failed', message);
    };
    this.#backups = new DailyBackup({ workbench, launcher, onFailure });
  }

  state(): MachineState {
    const { cpu, cores, memory } = this.#parts.workbench.environment.machine;
    return { ...this.engines(), cpu, cores, memoryBytes: memory };
  }

  graphics(): Promise<Graphics> {
    this.#graphics ??= findGraphics();
    return this.#graphics;
  }

  builds(): Promise<TensorflowBuild[]> {
    return tensorflowBuilds(this.#environment, () => this.graphics());
  }

  engines() {
    const known = knownEngines(this.#environment);
    const choice = {
      wanted: this.#parts.settings.get().engine,
      named: engineOfEnvironment(this.#environment),
    };
    const engines = engineStates(known, choice);
    return { engines, why: whyEngine(engines, choice), triedAt: known?.at ?? null };
  }

  settings() {
    const { workbench, settings } = this.#parts;
    const options = settings.get();
    const { threads } = workbench.environment;
    return { options, threads, openNow: isWithinHours(options.overnight, new Date(workbench.now())) };
  }

  /** @throws UserError `machine.engine`: the engine does not work on this machine */
  configure(wanted: Wanted) {
    const { workers, seedsPerStep, engine, overnight } = wanted;
    const known = knownEngines(this.#environment);
    const why = engine === undefined || engine === 'auto' ? undefined : known?.missing[engine];
    if (why !== undefined) throw unusable(engine ?? '', why);
    this.#parts.settings.set({
      ...(workers !== undefined && { workers }),
      ...(seedsPerStep !== undefined && { seedsPerStep }),
      ...(engine !== undefined && { engine }),
      ...(overnight !== undefined && { overnight }),
    });
    this.#parts.onSettings();
    this.#parts.changes.publish('machine');
    return this.settings();
  }

  /** Checks all engines again; gives the job's id. */
  check(): string {
    const { launcher, changes } = this.#parts;
    return this.#job('engine-check', 'Check the engines', async (job, signal) => {
      job.update({ note: 'one engine after another, some seconds each' });
      const { checks } = await checkEngines({ again: true, launcher, signal });
      for (const { name, state, note } of checks) if (state === 'failed') job.log(`${name} is not used: ${note}`);
      changes.publish('machine');
    });
  }

  /** Installs TensorFlow, then checks all engines again; gives the job's id. */
  install(variant: TensorflowVariant): string {
    const { launcher, changes } = this.#parts;
    return this.#job('install', `Install TensorFlow (${variant === 'cuda' ? 'CUDA' : 'CPU'})`, async (job, signal) => {
      await this.#task('install', { variant }, job, signal);
      job.update({ share: null, note: 'Checking the engines' });
      await checkEngines({ launcher, signal });
      changes.publish('machine');
    });
  }

  disk(): Promise<DiskUse> {
    const now = this.#parts.workbench.now();
    if (!this.#disk || now - this.#disk.at > freshFor) {
      const use = runTask(this.#parts.launcher, 'diskUse', this.#folders(), { signal: this.#closing.signal });
      this.#disk = { at: now, use };
      // A failure is forgotten and not published: pages would ask again at once.
      use.catch(() => (this.#disk = null));
    }
    return this.#disk.use;
  }

  /** Removes what nothing needs; gives the job's id. @throws UserError `machine.busy` */
  cleanUp(): string {
    const busy = this.#parts.jobs.list().find(isUnderWay);
    if (busy) throw busyWith(busy.title);
    return this.#job('clean-up', 'Free disk space', async (job, signal) => {
      // Another job that starts meanwhile may be about to name a file: then the clean-up stops.
      const stop = new AbortController();
      const watch = setInterval(() => {
        const other = this.#parts.jobs.list().find((each) => each.id !== job.id && isUnderWay(each));
        if (other) stop.abort(busyWith(other.title));
      }, 50);
      try {
        const either = AbortSignal.any([signal, stop.signal]);
        const { files, bytes } = await this.#task('cleanUp', this.#folders(), job, either);
        job.log(`Removed ${formatCount(files, 'file')}, ${formatBytes(bytes)}.`);
      } finally {
        clearInterval(watch);
        this.#forgetDisk();
      }
    });
  }

  /** Makes a verified backup; gives the job's id. */
  backUp(): string {
    return this.#job('back-up', 'Back up the database', async (job, signal) => {
      const { folder } = this.#parts.workbench.storage;
      await flushBackupsDuring(folder, this.#task('backUp', { dataFolder: folder, replaceOthers: false }, job, signal));
      this.#forgetDisk();
    });
  }

  /** Makes a backup that replaces all others, e.g. when somebody withdrew. @throws UserError `machine.*` */
  async replaceBackups(): Promise<void> {
    const { folder } = this.#parts.workbench.storage;
    const input = { dataFolder: folder, replaceOthers: true };
    const work = runTask(this.#parts.launcher, 'backUp', input, { signal: this.#closing.signal });
    await flushBackupsDuring(folder, work);
    this.#forgetDisk();
  }

  /**
   * Rewrites the database without deleted rows and empties its journal, in a process of its own. `interrupted`: this process
   * had something to store, which ended the other one; the database is as it was. `reader`: another process reads, so the
   * journal is not empty. @throws UserError `machine.*`
   */
  async rewrite(): Promise<'complete' | 'interrupted' | 'reader'> {
    const { workbench, launcher } = this.#parts;
    const { storage } = workbench;
    const where = { dataFolder: storage.folder };
    const { signal } = this.#closing;
    let [isRewriting, isInterrupted] = [true, false];
    const client = new ProcessClient<MachineHandlers>(machineProcess(launcher));
    const rewrite = async (): Promise<'complete' | 'interrupted' | 'reader'> => {
      const rewritten = client.ask('rewrite', where, { signal });
      await flushJournalDuring(storage.folder, rewritten).catch((error: unknown) => {
        if (!isInterrupted) throw error;
      });
      isRewriting = false;
      if (!isInterrupted) return (await client.ask('emptyJournal', where, { signal })) ? 'complete' : 'reader';
      // It may have been ended just after its commit: this process would take seconds to move the journal.
      await runTask(launcher, 'emptyJournal', where, { signal });
      return 'interrupted';
    };
    const stop = (): void => {
      if (!isRewriting) return;
      isInterrupted = true;
      detach(client.close());
    };
    try {
      return await storage.whileOtherWrites(rewrite, stop);
    } finally {
      await client.close();
      this.#forgetDisk();
    }
  }

  /** What the user should know of rows that contradict their indexes; null: there are none. @throws UserError `machine.*` */
  findContradiction(): Promise<string | null> {
    const { workbench, launcher } = this.#parts;
    const { signal } = this.#closing;
    return runTask(launcher, 'findContradiction', { dataFolder: workbench.storage.folder }, { signal });
  }

  /** Makes the daily backup now if it is due; a failure becomes a job that failed. */
  async backUpIfDue(): Promise<void> {
    await this.#backups.backUpIfDue();
  }

  close(): void {
    this.#backups.close();
    this.#closing.abort();
  }

  #folders() {
    return { dataFolder: this.#parts.workbench.storage.folder, cacheFolder: cacheFolder(this.#environment) };
  }

  #forgetDisk(): void {
    this.#disk = null;
    this.#parts.changes.publish('machine');
  }

  #task<Task extends MachineTask>(
    task: Task,
    input: Parameters<typeof runTask<Task>>[2],
    job: JobHandle,
    signal: AbortSignal,
  ) {
    const onEvent = (event: TaskEvent): void => {
      if (event.type === 'line') job.log(event.text);
      else job.update({ share: event.share, note: event.note });
    };
    return runTask(this.#parts.launcher, task, input, { signal, onEvent });
  }

  /** One job of a kind at a time: gives the id of the running one if there is one. */
  #job(kind: Job['kind'], title: string, work: (job: JobHandle, signal: AbortSignal) => Promise<void>): string {
    const { jobs } = this.#parts;
    const known = jobs.list().find((job) => job.kind === kind && job.title === title && isUnderWay(job));
    if (known) return known.id;
    return jobs.run({ kind, title, study: null, link }, async (job, signal) => {
      await work(job, AbortSignal.any([signal, this.#closing.signal]));
      return undefined;
    });
  }
}

const isUnderWay = ({ state }: Job): boolean => state === 'running' || state === 'waiting' || state === 'stopping';

const busyWith = (title: string): UserError =>
  new UserError(
    'machine.busy',
    `Disk space can be freed only when no other job is running; “${title}” is`,
    'this machine',
    'Wait until it ends, or stop it; it can be resumed later.',
  );

const unusable = (engine: string, why: string): UserError =>
  new UserError(
    'machine.engine',
    `${engine} cannot be used: ${why}`,
    'this machine',
    'Choose another engine, or leave the choice to the program.',
  );

const minute = 60_000;
const hour = 60 * minute;

interface DailyBackupParts {
  workbench: Workbench;
  launcher: Launcher;
  /** Gets what went wrong, in a sentence. */
  onFailure: (message: string) => void;
  /** Milliseconds between two checks of the newest backup's age. */
  every?: number;
  /** Milliseconds between two checks whether a new folder has a study. */
  firstEvery?: number;
}

/** Backs the database up once a day while the program runs, in a process of its own, so that nothing waits for it. */
export class DailyBackup {
  readonly #parts: DailyBackupParts;
  readonly #timer: NodeJS.Timeout;
  readonly #first: NodeJS.Timeout;
  readonly #closing = new AbortController();
  #isRunning = false;

  constructor(parts: DailyBackupParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => detach(this.backUpIfDue()), parts.every ?? hour);
    this.#timer.unref();
    this.#first = setInterval(() => detach(this.#backUpFirst()), parts.firstEvery ?? 10 * minute);
    this.#first.unref();
  }

  /** A new folder has its first backup soon after its first study, and no empty one before. */
  async #backUpFirst(): Promise<void> {
    if (this.#parts.workbench.storage.studies.list().length === 0) return;
    clearInterval(this.#first);
    await this.backUpIfDue();
  }

  /** Makes a backup if the newest one is a day old. True if it made one. Rejects only for a defect. */
  async backUpIfDue(): Promise<boolean> {
    const { workbench, launcher, onFailure } = this.#parts;
    const { folder } = workbench.storage;
    if (this.#isRunning) return false;
    this.#isRunning = true;
    try {
      if (!isBackupDue(folder, workbench.now())) return false;
      const input = { dataFolder: folder, replaceOthers: false };
      const work = runTask(launcher, 'backUp', input, { signal: this.#closing.signal });
      await flushBackupsDuring(folder, work);
      return true;
    } catch (error) {
      if (this.#closing.signal.aborted) return false;
      if (!(error instanceof UserError)) throw error;
      onFailure(`The daily backup could not be made: ${error.message}`);
      return false;
    } finally {
      this.#isRunning = false;
    }
  }

  close(): void {
    clearInterval(this.#timer);
    clearInterval(this.#first);
    this.#closing.abort();
  }
}
