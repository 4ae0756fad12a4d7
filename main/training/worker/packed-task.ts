import { execFile } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import type { AttemptLine, PackedRun } from '../../contract/cluster.ts';
import { UserError } from '../../contract/errors.ts';
import type { RunCommand, RunEnvironment, WorkerEvent, WorkerMessage } from '../../contract/run.ts';
import { BlobStore } from '../../files/blobs.ts';
import { runEnvironment } from '../../files/environment.ts';
import { type AttemptFile, PackFolder } from '../../files/pack-folder.ts';
import { productFolder } from '../../files/places.ts';
import type { ParentPort } from '../../processes/parent-port.ts';
import { WorkerLoop } from './worker-loop.ts';

/** Milliseconds between two looks at what the host asks, and whether a later attempt began. */
const lookEvery = 5000;

/** Milliseconds between two tries to write into a shared folder that refuses, and how often it is tried. */
const tryEvery = 10_000;
const tries = 180;

/** Exit codes. `again`: something outside the runs failed, so that they can be tried again. */
const exits = { done: 0, again: 75 } as const;

const over: ReadonlySet<WorkerEvent['type']> = new Set(['done', 'failed']);
const endings: ReadonlySet<WorkerEvent['type']> = new Set(['done', 'failed', 'stopped']);

/**
 * Does the runs of one task, one after the other, each from its latest checkpoint; those that are over are skipped. A
 * signal (USR1: the time is up; TERM: the task is preempted or cancelled) has it save a checkpoint and end; after USR1
 * it has Slurm queue the task again. Gives the exit code.
 */
export async function runPackedTask(folder: string, number: number): Promise<number> {
  const pack = new PackFolder(folder);
  const { blobs, threads, runs } = pack.readTask(number);
  const environment = { ...runEnvironment(productFolder()), threads };
  const task = new PackedTask(pack, new PatientBlobStore(blobs), environment);
  let timeIsUp = false;
  process.on('SIGUSR1', () => {
    timeIsUp = true;
    task.stop();
  });
  process.on('SIGTERM', () => task.stop());
  for (const run of runs) {
    if (task.stopping) break;
    await task.do(run);
  }
  if (timeIsUp) await queueAgain();
  return exits.done;
}

class PackedTask {
  readonly #pack: PackFolder;
  readonly #blobs: PatientBlobStore;
  readonly #environment: RunEnvironment;
  readonly #port = new FilePort();

  constructor(pack: PackFolder, blobs: PatientBlobStore, environment: RunEnvironment) {
    this.#pack = pack;
    this.#blobs = blobs;
    this.#environment = environment;
    new WorkerLoop(this.#port, () => blobs).start();
  }

  get stopping(): boolean {
    return this.#port.stopping;
  }

  stop(): void {
    this.#port.stop();
  }

  async do(run: PackedRun): Promise<void> {
    const before = await this.#before(run);
    if (before.isOver || this.#pack.isStopRequested(run.run)) return;
    const file = patiently(() => this.#pack.beginAttempt(run.run));
    const { checkpoint } = before;
    const { SLURM_ARRAY_JOB_ID: job = null, SLURM_RESTART_COUNT: restart = '0' } = process.env;
    const add = (line: AttemptLine): void => patiently(() => file.add(line));
    add({
      at: Date.now(),
      attempt: { environment: this.#environment, engine: run.engine, job, restart: Number(restart), checkpoint },
    });
    const look = setInterval(() => this.#look(run.run, file), lookEvery);
    try {
      const { task, engine } = run;
      const { threads } = this.#environment;
      await this.#port.do({ run: run.run, task, engine, threads, blobs: this.#blobs.folder, checkpoint }, (event) =>
        add({ at: Date.now(), event }),
      );
    } finally {
      clearInterval(look);
      file.close();
    }
  }

  #look(run: number, file: AttemptFile): void {
    // Its node was taken for dead, and the task was started elsewhere.
    if (file.isGivenUp()) process.exit(exits.again);
    if (this.#pack.isStopRequested(run)) this.#port.stop(run);
  }

  /** What earlier attempts at a run came to. */
  async #before(run: PackedRun): Promise<{ isOver: boolean; checkpoint: string | null }> {
    const checkpoints: { step: number; hash: string }[] = [];
    for (const attempt of this.#pack.attempts(run.run)) {
      for (let from = 0, isEnd = false; !isEnd; ) {
        const { lines, next } = await this.#pack.readLines(run.run, attempt, from);
        for (const line of lines) {
          if (!('event' in line)) continue;
          if (over.has(line.event.type)) return { isOver: true, checkpoint: null };
          if (line.event.type === 'checkpoint') checkpoints.push(line.event);
        }
        isEnd = next === from;
        from = next;
      }
    }
    const latest = checkpoints.sort((a, b) => b.step - a.step).find(({ hash }) => this.#blobs.isIntact(hash));
    return { isOver: false, checkpoint: latest?.hash ?? run.checkpoint };
  }
}

/** What a worker has instead of a parent: its commands are these calls, its messages go to a listener. */
class FilePort implements ParentPort<WorkerMessage> {
  stopping = false;
  #listener: (message: unknown) => void = () => undefined;
  #event: (event: WorkerEvent) => void = () => undefined;
  #ended: PromiseWithResolvers<void> | undefined;

  /** Does a run to its end. */
  async do(command: Omit<RunCommand, 'type'>, onEvent: (event: WorkerEvent) => void): Promise<void> {
    this.#event = onEvent;
    this.#ended = Promise.withResolvers<void>();
    this.#listener({ type: 'run', ...command });
    if (this.stopping) this.stop();
    await this.#ended.promise;
  }

  stop(run?: number): void {
    if (run === undefined) this.stopping = true;
    this.#listener({ type: 'stop', ...(run !== undefined && { run }) });
  }

  send({ event }: WorkerMessage): void {
    this.#event(event);
    if (endings.has(event.type)) this.#ended?.resolve();
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
  override put(data: Uint8Array): string {
    return patiently(() => super.put(data));
  }

  isIntact(hash: string): boolean {
    try {
      this.get(hash);
      return true;
    } catch {
      return false;
    }
  }
}

/** Tries again while the shared folder refuses, for half an hour; then ends the process, so that the task is tried again. */
function patiently<T>(action: () => T): T {
  for (let tried = 1; ; tried++) {
    try {
      return action();
    } catch (error) {
      const isOfFiles = error instanceof UserError ? error.code.startsWith('file.') : 'errno' in (error as object);
      if (!isOfFiles) throw error;
      console.error(`${new Date().toISOString()} The shared folder refuses: ${(error as Error).message}`);
      if (tried === tries) process.exit(exits.again);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, tryEvery);
    }
  }
}

/** Has Slurm queue this task again; it ends this process at once where it can. */
async function queueAgain(): Promise<void> {
  const { SLURM_ARRAY_JOB_ID: job, SLURM_ARRAY_TASK_ID: task } = process.env;
  if (job === undefined || task === undefined) return;
  execFile('scontrol', ['requeue', `${job}_${task}`], (error) => {
    if (error) console.error(`scontrol requeue failed: ${error.message}`);
  });
  await wait(5000);
}
