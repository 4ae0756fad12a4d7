import type { DiskUse, MachineOptions, MachineState, TensorflowVariant } from '../../contract/api/machine.ts';
import type { Job } from '../../contract/api/jobs.ts';
import { UserError } from '../../contract/errors.ts';
import type { Launcher } from '../../processes/launcher.ts';
import { cacheFolder } from '../../files/places.ts';
import { knownEngines, triedEngines } from '../tools/engines.ts';
import type { ChangeFeed } from '../tools/change-feed.ts';
import type { JobHandle, Jobs } from '../tools/jobs.ts';
import { isOpenAt, type Settings } from '../tools/settings.ts';
import type { Workbench } from '../tools/workbench.ts';
import { DailyBackup } from './daily-backup.ts';
import { engineStates, tensorflowBuilds } from './engine-states.ts';
import { type Graphics, graphicsHere } from './graphics.ts';
import { runTask } from './run-task.ts';
import type { MachineTask, TaskEvent } from './machine-calls.ts';

export interface MachineParts {
  bench: Workbench;
  changes: ChangeFeed;
  jobs: Jobs;
  settings: Settings;
  launcher: Launcher;
  /** Called when settings changed that work obeys at once. */
  onSettings: () => void;
  environment?: NodeJS.ProcessEnv;
}

/** What a person wants to be otherwise; undefined: as it is. */
type Wanted = { [Name in Exclude<keyof MachineOptions, 'paused'>]?: MachineOptions[Name] | undefined };

/** Milliseconds for which a look at the disk holds. */
const freshFor = 60_000;
const link = '/machine';

/** This machine: its engines, its disk, and what is done with both. */
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
    const { bench, launcher, jobs } = parts;
    const complain = (message: string): void => {
      jobs.add({ kind: 'back-up', title: 'Daily backup', study: null, link }).end('failed', message);
    };
    this.#backups = new DailyBackup({ bench, launcher, complain });
  }

  async state(): Promise<MachineState> {
    const { machine } = this.#parts.bench.environment;
    this.#graphics ??= graphicsHere();
    return {
      ...this.engines(),
      ...{ cpu: machine.cpu, cores: machine.cores, memoryBytes: machine.memory, graphics: await this.#graphics },
      tensorflow: await tensorflowBuilds(this.#environment),
    };
  }

  engines() {
    const known = knownEngines(this.#environment);
    return { engines: engineStates(known, this.#parts.settings.get().engine), triedAt: known?.at ?? null };
  }

  settings() {
    const { bench, settings } = this.#parts;
    const options = settings.get();
    const { machine, threads } = bench.environment;
    return { options, threads, cores: machine.cores, openNow: isOpenAt(options.overnight, new Date(bench.now())) };
  }

  /** @throws UserError `machine.engine`: the engine does not work here */
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
    this.#parts.changes.tell('machine');
    return this.settings();
  }

  /** Tries all engines again; gives the job's id. */
  check(): string {
    const { launcher, changes } = this.#parts;
    return this.#job('engine-check', 'Check the engines', async (job, signal) => {
      job.tell({ note: 'each engine in turn, some seconds each' });
      const { tried } = await triedEngines({ again: true, launcher, signal });
      for (const { name, state, note } of tried) if (state === 'failed') job.say(`${name} is not used: ${note}`);
      changes.tell('machine');
    });
  }

  /** Installs TensorFlow, then tries all engines again; gives the job's id. */
  install(variant: TensorflowVariant): string {
    const { launcher, changes } = this.#parts;
    return this.#job('install', `Install TensorFlow (${variant === 'cuda' ? 'CUDA' : 'CPU'})`, async (job, signal) => {
      await this.#task('install', { variant }, job, signal);
      job.tell({ share: null, note: 'Trying the engines' });
      await triedEngines({ launcher, signal });
      changes.tell('machine');
    });
  }

  disk(): Promise<DiskUse> {
    const now = this.#parts.bench.now();
    if (!this.#disk || now - this.#disk.at > freshFor) {
      const { launcher } = this.#parts;
      this.#disk = { at: now, use: runTask(launcher, 'diskUse', this.#places(), { signal: this.#closing.signal }) };
      // A failure is forgotten and not published: pages would ask again at once.
      this.#disk.use.catch(() => {
        this.#disk = null;
      });
    }
    return this.#disk.use;
  }

  /** Removes what nothing needs; gives the job's id. @throws UserError `machine.busy` */
  cleanUp(): string {
    const busy = this.#parts.jobs.list().find(isUnderWay);
    if (busy) throw busyWith(busy.title);
    return this.#job('clean-up', 'Free disk space', async (job, signal) => {
      // Whatever begins to work meanwhile may be about to name a file: it has the disk to itself.
      const stop = new AbortController();
      const watch = setInterval(() => {
        const other = this.#parts.jobs.list().find((each) => each.id !== job.id && isUnderWay(each));
        if (other) stop.abort(busyWith(other.title));
      }, 50);
      try {
        const { files, bytes } = await this.#task(
          'cleanUp',
          this.#places(),
          job,
          AbortSignal.any([signal, stop.signal]),
        );
        job.say(`Removed ${files} files, ${(bytes / 1e6).toFixed(1)} MB.`);
      } finally {
        clearInterval(watch);
        this.#forgetDisk();
      }
    });
  }

  /** Makes a verified backup; gives the job's id. */
  backUp(): string {
    return this.#job('back-up', 'Back up the database', async (job, signal) => {
      await this.#task('backUp', { dataFolder: this.#parts.bench.storage.folder }, job, signal);
      this.#forgetDisk();
    });
  }

  close(): void {
    this.#backups.close();
    this.#closing.abort();
  }

  #places() {
    return { dataFolder: this.#parts.bench.storage.folder, cacheFolder: cacheFolder(this.#environment) };
  }

  #forgetDisk(): void {
    this.#disk = null;
    this.#parts.changes.tell('machine');
  }

  #task<Task extends MachineTask>(
    task: Task,
    input: Parameters<typeof runTask<Task>>[2],
    job: JobHandle,
    signal: AbortSignal,
  ) {
    const onEvent = (event: TaskEvent): void => {
      if (event.type === 'line') job.say(event.text);
      else job.tell({ share: event.share, note: event.note });
    };
    return runTask(this.#parts.launcher, task, input, { signal, onEvent });
  }

  /** One of a kind at a time: asked again, it gives the one that is under way. */
  #job(kind: Job['kind'], title: string, work: (job: JobHandle, signal: AbortSignal) => Promise<void>): string {
    const { jobs } = this.#parts;
    const known = jobs.list().find((job) => job.kind === kind && job.title === title && isUnderWay(job));
    if (known) return known.id;
    const abort = new AbortController();
    const job = jobs.add({ kind, title, study: null, link, stop: () => abort.abort() });
    const signal = AbortSignal.any([abort.signal, this.#closing.signal]);
    work(job, signal).then(
      () => job.end('done'),
      (error: unknown) => {
        if (signal.aborted) job.end('stopped');
        else job.end('failed', error instanceof UserError ? `${error.message}. ${error.remedy}` : String(error));
      },
    );
    return job.id;
  }
}

const isUnderWay = ({ state }: Job): boolean => state === 'running' || state === 'waiting' || state === 'stopping';

const busyWith = (title: string): UserError =>
  new UserError({
    code: 'machine.busy',
    what: `Disk space can be freed only while nothing else is at work; now there is: ${title}`,
    where: 'this machine',
    remedy: 'Wait for its end, or stop it; it goes on later from where it stopped.',
  });

const unusable = (engine: string, why: string): UserError =>
  new UserError({
    code: 'machine.engine',
    what: `${engine} cannot be used: ${why}`,
    where: 'this machine',
    remedy: 'Choose another engine, or let the fastest that works be chosen.',
  });
