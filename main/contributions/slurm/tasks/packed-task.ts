import { execFile } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import type { AttemptLine, PackedRun } from '../contract/placement.ts';
import type { RunCommand, RunEnvironment, WorkerEvent, WorkerMessage } from '../../../contract/runs/index.ts';
import { BlobStore, productFolder, runEnvironment } from '../../../files/index.ts';
import { type AttemptFile, PackFolder } from './pack-folder.ts';
import type { ParentPort } from '../../../processes/index.ts';
import { log, patiently, patientlyAsync, tryAgainCode } from './patience.ts';
import { WorkerLoop } from '../../../training/worker/index.ts';

/** Milliseconds between two looks at what the host asks, and whether a later attempt began. */
const lookEvery = 5000;

/** The run resumes from its newest checkpoint, or from the one before it if that cannot be read. */
const keptCheckpoints = 2;

/** How often a run that fails is tried, from its newest checkpoint: the shared folder may have failed it. */
const tries = 2;

/** Milliseconds before each further try to be queued again: Slurm warns a task at least a minute before its time is up. */
const queuePauses = [1000, 2000, 5000, 10_000, 10_000, 10_000, 10_000];

/** Milliseconds that one such try may take, while Slurm's controller does not answer. */
const queuePatience = 30_000;

/** How often the pack is looked for, within two seconds. */
const startTries = 4;

const over: ReadonlySet<WorkerEvent['type']> = new Set(['done', 'failed']);
const endings: ReadonlySet<WorkerEvent['type']> = new Set(['done', 'failed', 'stopped']);

/**
 * Does the runs of one task, one after the other, each from its newest checkpoint; those that are over are skipped. A
 * signal (USR1: the time is up; TERM: the task is preempted or cancelled) has it save a checkpoint and end; after USR1
 * it has Slurm queue the task again. Gives the exit code.
 * @param onSignal calls its listener with each signal, those included that came before
 */
export async function runPackedTask(
  folder: string,
  number: number,
  onSignal: (listener: (signal: NodeJS.Signals) => void) => void,
): Promise<number> {
  const pack = new PackFolder(folder);
  // A folder that is not there now may never be: the administrator should hear of it soon.
  const { threads, runs } = patiently(() => pack.readTask(number), startTries);
  const { SLURM_ARRAY_JOB_ID: job = '', SLURM_RESTART_COUNT: restarts = '0' } = process.env;
  const environment = { ...runEnvironment(productFolder()), threads };
  log(`task ${number} of job ${job} on ${environment.machine.host}: ${runs.length} runs, restarts: ${restarts}`);
  const task = new PackedTask(pack, environment);
  let timeIsUp = false;
  let isEnded = false;
  onSignal((signal) => {
    log(
      signal === 'SIGUSR1' ? 'The time limit is near (USR1): saving a checkpoint' : 'Told to end: saving a checkpoint',
    );
    if (signal === 'SIGUSR1') timeIsUp = true;
    else isEnded = true;
    task.stop();
  });
  for (const run of runs) {
    if (task.stopping) break;
    await task.do(run);
  }
  return !timeIsUp || (await queueAgain(() => isEnded)) ? 0 : tryAgainCode;
}

class PackedTask {
  readonly #pack: PackFolder;
  readonly #environment: RunEnvironment;
  readonly #port = new FilePort();

  constructor(pack: PackFolder, environment: RunEnvironment) {
    this.#pack = pack;
    this.#environment = environment;
    new WorkerLoop(this.#port, (folder) => new PatientBlobStore(pack, folder)).start();
  }

  get stopping(): boolean {
    return this.#port.stopping;
  }

  stop(): void {
    this.#port.stop();
  }

  /** Does a run; one that fails is tried again, if that helps. */
  async do(run: PackedRun): Promise<void> {
    for (let tried = 1; ; tried++) {
      const failure = await this.#attempt(run, tried === tries);
      if (failure === null || this.stopping) return;
      log(`run ${run.run} is tried again from its newest checkpoint, as it failed: ${failure}`);
      patiently(() => this.#pack.check());
    }
  }

  /** @returns why it failed, unless that is final and written down */
  async #attempt(run: PackedRun, isLast: boolean): Promise<string | null> {
    const blobs = new PatientBlobStore(this.#pack, this.#pack.blobs(run.run));
    const before = await patientlyAsync(() => this.#before(run, blobs));
    if (before.isOver || this.#pack.isStopRequested(run.run)) return null;
    const file = patiently(() => this.#pack.beginAttempt(run.run));
    const checkpoint = before.checkpoints.at(-1) ?? null;
    const { SLURM_ARRAY_JOB_ID: job = null, SLURM_RESTART_COUNT: restart = '0' } = process.env;
    const add = (line: AttemptLine): void => patiently(() => file.add(line));
    add({
      at: Date.now(),
      attempt: { environment: this.#environment, engine: run.engine, job, restart: Number(restart), checkpoint },
    });
    log(`run ${run.run} (${run.label}) begins${checkpoint === null ? '' : ' from a checkpoint'}`);
    const look = setInterval(() => this.#look(run.run, file), lookEvery);
    let failure: string | null = null;
    const kept = [...before.checkpoints];
    const onEvent = (event: WorkerEvent): void => {
      if (event.type === 'failed' && !isLast) {
        failure = event.message;
        add({ at: Date.now(), event: { type: 'log', level: 'warn', message: `Tried again: ${event.message}` } });
        return;
      }
      add({ at: Date.now(), event });
      if (event.type === 'checkpoint') kept.push(event.hash);
      // Whoever has given this attempt up continues from them.
      if ((event.type === 'checkpoint' || event.type === 'done') && !file.isGivenUp())
        removeAllBut(event.type === 'done' ? 0 : keptCheckpoints, kept, blobs);
    };
    try {
      const { task, engine } = run;
      const { threads } = this.#environment;
      const command = { run: run.run, task, engine, threads, blobs: blobs.folder, checkpoint };
      const ending = await this.#port.do(command, onEvent);
      log(`run ${run.run}: ${ending.type}${ending.type === 'stopped' ? ` at step ${ending.step}` : ''}`);
    } finally {
      clearInterval(look);
      file.close();
    }
    return failure;
  }

  #look(run: number, file: AttemptFile): void {
    // Its node was taken for dead, and the task was started elsewhere; or the host needs this pack no more.
    if (file.isGivenUp() || this.#pack.isRemoved()) {
      log(`run ${run} continues elsewhere: this task ends`);
      process.exit(tryAgainCode);
    }
    if (this.#pack.isStopRequested(run)) this.#port.stop(run);
  }

  /** What earlier attempts at a run came to: its checkpoints that can be read, by step. */
  async #before(run: PackedRun, blobs: PatientBlobStore): Promise<{ isOver: boolean; checkpoints: string[] }> {
    this.#pack.check();
    const found: { step: number; hash: string }[] = [];
    for (const attempt of this.#pack.attempts(run.run)) {
      for (let from = 0, isEnd = false; !isEnd; ) {
        const { lines, next } = await this.#pack.readLines(run.run, attempt, from);
        for (const line of lines) {
          if (!('event' in line)) continue;
          if (over.has(line.event.type)) return { isOver: true, checkpoints: [] };
          if (line.event.type === 'checkpoint') found.push(line.event);
        }
        isEnd = lines.length === 0;
        from = next;
      }
    }
    const hashes = found.sort((a, b) => a.step - b.step).map(({ hash }) => hash);
    const all = new Set([...(run.checkpoint === null ? [] : [run.checkpoint]), ...hashes]);
    const checkpoints = [...all].filter((hash) => blobs.isIntact(hash));
    // A folder that went away meanwhile seemed to have none of them.
    this.#pack.check();
    return { isOver: false, checkpoints };
  }
}

/** Removes the first of these checkpoints, so that the last `count` remain. */
function removeAllBut(count: number, checkpoints: string[], blobs: PatientBlobStore): void {
  const superseded = checkpoints.splice(0, Math.max(0, checkpoints.length - count));
  for (const hash of superseded) if (!checkpoints.includes(hash)) blobs.remove(hash);
}

/** What a worker has instead of a parent: its commands are these calls, its messages go to a listener. */
class FilePort implements ParentPort<WorkerMessage> {
  stopping = false;
  #listener: (message: unknown) => void = () => undefined;
  #event: (event: WorkerEvent) => void = () => undefined;
  #ended: PromiseWithResolvers<WorkerEvent> | undefined;

  /** Does a run to its end; gives its last event. */
  do(command: Omit<RunCommand, 'type'>, onEvent: (event: WorkerEvent) => void): Promise<WorkerEvent> {
    this.#event = onEvent;
    this.#ended = Promise.withResolvers<WorkerEvent>();
    this.#listener({ type: 'run', ...command });
    if (this.stopping) this.stop();
    return this.#ended.promise;
  }

  stop(run?: number): void {
    if (run === undefined) this.stopping = true;
    this.#listener({ type: 'stop', ...(run !== undefined && { run }) });
  }

  send({ event }: WorkerMessage): void {
    this.#event(event);
    if (endings.has(event.type)) this.#ended?.resolve(event);
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#listener = listener;
  }

  onClose(): void {}

  /** The task ends by itself after its last run. */
  leave(): void {}
}

/** A store in a shared folder that may be full, or not there for a while. */
class PatientBlobStore extends BlobStore {
  readonly #pack: PackFolder;

  constructor(pack: PackFolder, folder: string) {
    super(folder, pack.root);
    this.#pack = pack;
  }

  override put(data: Uint8Array): string {
    return patiently(() => {
      // Where the shared folder is not mounted, its place is an empty folder, to which nothing may be written.
      this.#pack.check();
      return super.put(data);
    });
  }
}

/**
 * Has Slurm queue this task again, which ends this process; tries for about a minute, as Slurm's controller may be busy.
 * @param isEnded whether Slurm has told this process to end
 * @returns false: Slurm refused all the time
 */
async function queueAgain(isEnded: () => boolean): Promise<boolean> {
  const { SLURM_ARRAY_JOB_ID: job, SLURM_ARRAY_TASK_ID: number } = process.env;
  if (job === undefined || number === undefined) return true;
  log(`Queueing task ${job}_${number} again`);
  for (let tried = 0; ; tried++) {
    const failure = await failureOf('scontrol', ['requeue', `${job}_${number}`]);
    // Its TERM ends `scontrol` as well.
    if (failure === null || isEnded()) return true;
    log(`scontrol requeue failed: ${failure}`);
    const pause = queuePauses[tried];
    if (pause === undefined) return false;
    await wait(pause);
  }
}

/** Runs a program to its end; gives why it failed, or null. */
const failureOf = (program: string, words: readonly string[]): Promise<string | null> =>
  new Promise((resolve) => {
    execFile(program, words, { timeout: queuePatience }, (error) => resolve(error ? error.message.trim() : null));
  });
