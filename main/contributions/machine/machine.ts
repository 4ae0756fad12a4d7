import type { DiskUse, MachineState, TensorflowBuild, TensorflowVariant } from './contract.ts';
import type { MachineOptions } from '../../contract/runs/index.ts';
import type { Job } from '../../contract/api/index.ts';
import { UserError } from '../../contract/wire/index.ts';
import { formatBytes, formatCount } from '../../domain/numbers/index.ts';
import { cacheFolder } from '../../files/index.ts';
import { flushBackupsDuring } from '../../storage/index.ts';
import type { Lab } from '../../services/lab/index.ts';
import { checkEngines, engineOfEnvironment, type JobHandle, knownEngines } from '../../services/tools/index.ts';
import { isWithinHours } from '../../services/workbench/index.ts';
import { engineStates, tensorflowBuilds, whyEngine } from './engines.ts';
import { runTask, type TaskEvent } from '../../services/tasks/index.ts';
import { type MachineTask, runMachineTask } from './tasks.ts';
import { findGraphics, type Graphics } from './graphics.ts';

/** What of an open data folder it works with. */
type MachineParts = Pick<Lab, 'workbench' | 'changes' | 'jobs' | 'settings' | 'launcher' | 'work' | 'database'>;

/** Settings to change; undefined: unchanged. */
type Wanted = { [Name in Exclude<keyof MachineOptions, 'paused'>]?: MachineOptions[Name] | undefined };

/** Milliseconds for which disk use counts as current. */
const freshFor = 60_000;
const link = '/machine';

/** This machine: its engines and its disk, and the tasks on both. */
export class Machine {
  readonly #parts: MachineParts;
  readonly #closing = new AbortController();
  #graphics: Promise<Graphics> | null = null;
  #disk: { at: number; after: number; use: Promise<DiskUse> } | null = null;

  constructor(parts: MachineParts) {
    this.#parts = parts;
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
    return tensorflowBuilds(process.env, () => this.graphics());
  }

  engines() {
    const known = knownEngines(process.env);
    const choice = {
      wanted: this.#parts.settings.get().engine,
      named: engineOfEnvironment(process.env),
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
    const known = knownEngines(process.env);
    const why = engine === undefined || engine === 'auto' ? undefined : known?.missing[engine];
    if (why !== undefined) throw unusable(engine ?? '', why);
    this.#parts.settings.set({
      ...(workers !== undefined && { workers }),
      ...(seedsPerStep !== undefined && { seedsPerStep }),
      ...(engine !== undefined && { engine }),
      ...(overnight !== undefined && { overnight }),
    });
    this.#parts.work.applySettings();
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
    const { workbench, database } = this.#parts;
    const now = workbench.now();
    const after = database.changed;
    if (!this.#disk || this.#disk.after !== after || now - this.#disk.at > freshFor) {
      const use = runMachineTask(this.#parts.launcher, 'diskUse', this.#folders(), { signal: this.#closing.signal });
      this.#disk = { at: now, after, use };
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
      const input = { dataFolder: folder, replaceOthers: false };
      const work = runTask(this.#parts.launcher, 'backUp', input, { signal, onEvent: told(job) });
      await flushBackupsDuring(folder, work);
      this.#forgetDisk();
    });
  }

  close(): void {
    this.#closing.abort();
  }

  #folders() {
    return { dataFolder: this.#parts.workbench.storage.folder, cacheFolder: cacheFolder(process.env) };
  }

  #forgetDisk(): void {
    this.#disk = null;
    this.#parts.changes.publish('machine');
  }

  #task<Task extends MachineTask>(
    task: Task,
    input: Parameters<typeof runMachineTask<Task>>[2],
    job: JobHandle,
    signal: AbortSignal,
  ) {
    return runMachineTask(this.#parts.launcher, task, input, { signal, onEvent: told(job) });
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

/** Shows what a task reports with its job. */
const told =
  (job: JobHandle) =>
  (event: TaskEvent): void => {
    if (event.type === 'line') job.log(event.text);
    else job.update({ share: event.share, note: event.note });
  };

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
