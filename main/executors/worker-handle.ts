import { z } from 'zod';
import { workerCommandSchema, workerMessageSchema } from '../contract/run.ts';
import type { EngineName, RunCommand, WorkerEvent } from '../contract/run.ts';
import type { Exit, LaunchOptions, Launcher, WorkerProcess } from '../processes/launcher.ts';
import { residentMemory } from './machine.ts';
import { RunLog } from './run-log.ts';
import type { ClaimedRun } from './run-queue.ts';

/** At most so often is a worker's memory looked at, in milliseconds. */
const memoryInterval = 5000;

export interface WorkerLimits {
  /** Milliseconds without any message, after which a busy worker is taken for dead. */
  silence: number;
  /** Milliseconds from `stop` to its being killed. */
  stopWithin: number;
  /** Bytes of memory, heap and all else, or null for no limit. */
  memory: number | null;
}

/** How a worker died. */
export interface Death {
  message: string;
  detail: string;
}

export interface WorkerOwner {
  /** A valid event of a run that the worker has. */
  event(worker: WorkerHandle, run: ClaimedRun, event: WorkerEvent): void;
  ended(worker: WorkerHandle, death: Death): void;
}

/** One worker process: checks what it says, watches that it lives, and ends it when it must be. */
export class WorkerHandle {
  readonly engine: EngineName;
  /** True once it was told to stop or killed: it takes no more runs. */
  leaving = false;
  /** True once one of its runs failed: it takes no more, and ends with the last one it has. */
  failing = false;
  readonly #runs = new Map<number, ClaimedRun>();
  /** Numbers of the runs that it was asked to stop. */
  readonly #stopped = new Set<number>();
  readonly #process: WorkerProcess;
  readonly #log: RunLog;
  readonly #limits: WorkerLimits;
  readonly #owner: WorkerOwner;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #reason = '';
  #silenceTimer: NodeJS.Timeout | undefined;
  #stopTimer: NodeJS.Timeout | undefined;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(
    engine: EngineName,
    launcher: Launcher,
    options: LaunchOptions,
    logs: string,
    limits: WorkerLimits,
    owner: WorkerOwner,
  ) {
    this.engine = engine;
    this.#log = new RunLog(logs);
    this.#limits = limits;
    this.#owner = owner;
    this.#process = launcher.launch(options, {
      message: (message) => this.#message(message),
      output: (text) => this.#log.write(this.#runs.keys(), text),
      exit: (exit) => this.#exit(exit),
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** The runs that it is at: one, or several that share their steps. */
  get runs(): readonly ClaimedRun[] {
    return [...this.#runs.values()];
  }

  has(runId: number): boolean {
    return this.#runs.has(runId);
  }

  /** True if the run was asked to stop. */
  wasStopped(runId: number): boolean {
    return this.#stopped.has(runId);
  }

  start(run: ClaimedRun, command: RunCommand): void {
    clearTimeout(this.#idleTimer);
    if (this.#runs.size === 0) this.#log.begin();
    this.#runs.set(run.id, run);
    this.#watch();
    this.#process.send(workerCommandSchema.parse(command));
  }

  /** The run is over; what the worker still says about it is not heard. */
  forget(runId: number): void {
    this.#runs.delete(runId);
    this.#stopped.delete(runId);
    if (this.#runs.size === 0) clearTimeout(this.#silenceTimer);
  }

  /** If no run comes within `idleFor` milliseconds, the process ends. */
  rest(idleFor: number): void {
    this.#idleTimer = setTimeout(() => this.kill('idle'), idleFor);
  }

  /** Asks for checkpoints and an end; an idle worker is killed, and one that does not listen after a while. */
  stop(): void {
    if (this.#runs.size === 0) return this.kill('idle');
    if (this.leaving) return;
    for (const id of this.#runs.keys()) this.#stopped.add(id);
    this.#process.send({ type: 'stop' });
    this.killUnlessGone('did not stop in time');
  }

  /**
   * Asks for a checkpoint and an end of one run; the others go on. It may have to wait for the step that it shares with
   * them, so there is no time limit but that of silence.
   */
  stopRun(runId: number): void {
    if (this.#runs.size === 1) return this.stop();
    if (this.leaving) return;
    this.#stopped.add(runId);
    this.#process.send({ type: 'stop', run: runId });
  }

  /** Gives the process the time that `stop` allows to end by itself. */
  killUnlessGone(reason: string): void {
    this.leaving = true;
    clearTimeout(this.#silenceTimer);
    this.#stopTimer ??= setTimeout(() => this.kill(reason), this.#limits.stopWithin);
  }

  kill(reason: string): void {
    this.leaving = true;
    this.#reason ||= reason;
    this.#process.kill();
  }

  #watch(): void {
    clearTimeout(this.#silenceTimer);
    const { silence } = this.#limits;
    this.#silenceTimer = setTimeout(() => this.kill(`was silent for ${silence / 1000} s`), silence);
  }

  #message(message: unknown): void {
    if (this.#runs.size === 0 || this.#reason) return;
    this.#silenceTimer?.refresh();
    const parsed = workerMessageSchema.safeParse(message);
    if (!parsed.success) return this.#refuse(z.prettifyError(parsed.error), message);
    const { run: id, event } = parsed.data;
    // It did not understand what it was sent, so nobody knows which run that was.
    if (id === null) return this.#refuse('it was sent a command that it does not know', message);
    const run = this.#runs.get(id);
    if (!run) return;
    const problem = mismatch(event, run);
    if (problem) return this.#refuse(problem, message);
    this.#checkMemory();
    if (!this.#reason) this.#owner.event(this, run, event);
  }

  #refuse(problem: string, message: unknown): void {
    const detail = `${problem}\n${JSON.stringify(message)?.slice(0, 2000)}`;
    for (const run of this.runs) {
      this.#owner.event(this, run, { type: 'failed', message: 'The worker sent a message that is not valid', detail });
    }
    this.kill('sent a message that is not valid');
  }

  #checkMemory(): void {
    const { memory } = this.#limits;
    if (memory === null || this.pid === undefined || performance.now() - this.#lookedAt < memoryInterval) return;
    this.#lookedAt = performance.now();
    if ((residentMemory(this.pid) ?? 0) > memory)
      this.kill(`used more than ${Math.round(memory / 2 ** 20)} MiB of memory`);
  }

  #exit(exit: Exit): void {
    for (const timer of [this.#silenceTimer, this.#stopTimer, this.#idleTimer]) clearTimeout(timer);
    this.leaving = true;
    const how = this.#reason || (exit.signal ? `was ended by ${exit.signal}` : `ended with code ${exit.code}`);
    this.#owner.ended(this, { message: `The worker process ${how}`, detail: this.#log.tail });
  }
}

function mismatch(event: WorkerEvent, run: ClaimedRun): string | null {
  if (event.type !== 'done' || event.result.kind === run.task.kind) return null;
  return `a result of kind ${event.result.kind} for a task of kind ${run.task.kind}`;
}
