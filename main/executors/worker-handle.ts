import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import {
  workerCommandSchema,
  workerMessageSchema,
  type ClaimedRun,
  type EngineName,
  type RunCommand,
  type WorkerEvent,
  type Failure,
} from '../contract/runs/run.ts';
import { makePrivateFolder } from '../files/private.ts';
import { AwakeTimer } from '../processes/awake-timer.ts';
import { Child, type Ending } from '../processes/child.ts';
import type { LaunchOptions, Launcher } from '../processes/launcher.ts';

/** Milliseconds between two readings of a worker's memory, at least. */
const memoryInterval = 5000;

export interface WorkerLimits {
  /** Milliseconds of the host's awake time without any message, after which a busy worker is taken for dead. */
  silence: number;
  /** Milliseconds of the host's awake time from `stop` until it is killed. */
  stopWithin: number;
  /** Bytes of memory, heap and all else, or null for no limit. */
  memory: number | null;
}

export interface WorkerOwner {
  /** A valid event of a run that the worker has. */
  event(worker: WorkerHandle, run: ClaimedRun, event: WorkerEvent): void;
  ended(worker: WorkerHandle, death: Failure): void;
}

/** One worker process: checks its messages, watches that it lives, and ends it when necessary. */
export class WorkerHandle {
  readonly engine: EngineName;
  /** Leaves the processor to everything else; for runs that are not short. */
  readonly background: boolean;
  /** True once it was stopped or killed: it takes no more runs. */
  leaving = false;
  /** True once one of its runs failed: it takes no more, and ends after its last one. */
  failing = false;
  readonly #runs = new Map<number, ClaimedRun>();
  readonly #stopped = new Set<number>();
  readonly #child: Child;
  readonly #logs: string;
  readonly #limits: WorkerLimits;
  readonly #owner: WorkerOwner;
  #memoryReadAt = Number.NEGATIVE_INFINITY;
  #silenceTimer: AwakeTimer | undefined;
  #stopTimer: AwakeTimer | undefined;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(
    { engine, background }: Pick<WorkerHandle, 'engine' | 'background'>,
    launcher: Launcher,
    options: LaunchOptions,
    logs: string,
    limits: WorkerLimits,
    owner: WorkerOwner,
  ) {
    this.engine = engine;
    this.background = background;
    this.#logs = logs;
    this.#limits = limits;
    this.#owner = owner;
    this.#child = new Child(launcher, options, {
      message: (message) => this.#receive(message),
      output: (text) => this.#writeLogs(text),
      exit: (ending) => this.#exited(ending),
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** The runs that it works on: one, or several that share their steps. */
  get runs(): readonly ClaimedRun[] {
    return [...this.#runs.values()];
  }

  has(runId: number): boolean {
    return this.#runs.has(runId);
  }

  wasStopped(runId: number): boolean {
    return this.#stopped.has(runId);
  }

  start(run: ClaimedRun, command: RunCommand): void {
    clearTimeout(this.#idleTimer);
    if (this.#runs.size === 0) this.#child.clearOutput();
    this.#runs.set(run.id, run);
    this.#watchSilence();
    this.#child.send(workerCommandSchema.parse(command));
  }

  /** The run is over; later messages about it are ignored. */
  forget(runId: number): void {
    this.#runs.delete(runId);
    this.#stopped.delete(runId);
    if (this.#runs.size === 0) this.#silenceTimer?.clear();
  }

  /** The process ends if no run comes within `idleFor` milliseconds. */
  becomeIdle(idleFor: number): void {
    this.#idleTimer = setTimeout(() => this.kill('idle'), idleFor);
  }

  /** Asks for checkpoints and an end. An idle worker is killed, and after a while one that does not react. */
  stop(): void {
    if (this.#runs.size === 0) return this.kill('idle');
    if (this.leaving) return;
    for (const id of this.#runs.keys()) this.#stopped.add(id);
    this.#child.send({ type: 'stop' });
    this.killUnlessExited('did not stop in time');
  }

  /**
   * Asks for a checkpoint and an end of one run; the others continue. It may have to wait for the step that it shares
   * with them, so there is no time limit but that of silence.
   */
  stopRun(runId: number): void {
    if (this.#runs.size === 1) return this.stop();
    if (this.leaving) return;
    this.#stopped.add(runId);
    this.#child.send({ type: 'stop', run: runId });
  }

  /** Gives the process the time that `stop` allows to exit by itself. */
  killUnlessExited(reason: string): void {
    this.leaving = true;
    this.#silenceTimer?.clear();
    this.#stopTimer ??= new AwakeTimer(this.#limits.stopWithin, () => this.kill(reason));
  }

  kill(reason: string): void {
    this.leaving = true;
    this.#child.kill(reason);
  }

  #watchSilence(): void {
    this.#silenceTimer?.clear();
    const { silence } = this.#limits;
    this.#silenceTimer = new AwakeTimer(silence, () => this.kill(`was silent for ${silence / 1000} s`));
  }

  #receive(message: unknown): void {
    if (this.#runs.size === 0) return;
    this.#silenceTimer?.refresh();
    const parsed = workerMessageSchema.safeParse(message);
    if (!parsed.success) return this.#reject(z.prettifyError(parsed.error), message);
    const { run: id, event } = parsed.data;
    // The worker could not read a command, so the run is unknown.
    if (id === null) return this.#reject('it was sent a command that it does not know', message);
    const run = this.#runs.get(id);
    if (!run) return;
    const problem = mismatch(event, run);
    if (problem) return this.#reject(problem, message);
    this.#checkMemory();
    if (!this.#child.killed) this.#owner.event(this, run, event);
  }

  #reject(problem: string, message: unknown): void {
    const detail = `${problem}\n${JSON.stringify(message)?.slice(0, 2000)}`;
    for (const run of this.runs) {
      this.#owner.event(this, run, { type: 'failed', message: 'The worker sent a message that is not valid', detail });
    }
    this.kill('sent a message that is not valid');
  }

  #checkMemory(): void {
    const { memory } = this.#limits;
    if (memory === null || this.pid === undefined || performance.now() - this.#memoryReadAt < memoryInterval) return;
    this.#memoryReadAt = performance.now();
    if ((residentMemory(this.pid) ?? 0) > memory)
      this.kill(`used more than ${Math.round(memory / 2 ** 20)} MiB of memory`);
  }

  #writeLogs(text: string): void {
    try {
      for (const run of this.#runs.keys()) {
        makePrivateFolder(this.#logs);
        appendFileSync(join(this.#logs, `run-${run}.log`), text, { mode: 0o600 });
      }
    } catch {
      // A log that cannot be written (a full disk) must not end a run; `Child` keeps the end of the output.
    }
  }

  #exited({ how }: Ending): void {
    clearTimeout(this.#idleTimer);
    for (const timer of [this.#silenceTimer, this.#stopTimer]) timer?.clear();
    this.leaving = true;
    this.#owner.ended(this, { message: `The worker process ${how}`, detail: this.#child.output });
  }
}

function mismatch(event: WorkerEvent, run: ClaimedRun): string | null {
  if (event.type !== 'done' || event.result.kind === run.task.kind) return null;
  return `a result of kind ${event.result.kind} for a task of kind ${run.task.kind}`;
}

/** Bytes of memory that a process holds, or null where the system does not report it (other than Linux). */
export function residentMemory(pid: number): number | null {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}
