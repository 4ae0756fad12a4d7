import { z } from 'zod';
import { workerCommandSchema, workerEventSchema } from '../contract/run.ts';
import type { EngineName, RunCommand, WorkerEvent } from '../contract/run.ts';
import type { Exit, LaunchOptions, Launcher, WorkerProcess } from './launcher.ts';
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

/** How a worker that had a run died. */
export interface Death {
  message: string;
  detail: string;
}

export interface WorkerOwner {
  /** A valid event of the run that the worker has. */
  event(worker: WorkerHandle, event: WorkerEvent): void;
  ended(worker: WorkerHandle, death: Death): void;
}

/** One worker process: checks what it says, watches that it lives, and ends it when it must be. */
export class WorkerHandle {
  readonly engine: EngineName;
  /** The run it is at, or null. The owner sets it to null once the run has ended. */
  run: ClaimedRun | null = null;
  /** True once it was told to stop or killed: it takes no more runs. */
  leaving = false;
  /** True once it was asked to stop while at a run. */
  stopAsked = false;
  readonly #process: WorkerProcess;
  readonly #log: RunLog;
  readonly #limits: WorkerLimits;
  readonly #owner: WorkerOwner;
  #heard = false;
  #lookedAt = 0;
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
      output: (text) => this.#log.write(this.run?.id ?? null, text),
      exit: (exit) => this.#exit(exit),
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  start(run: ClaimedRun, command: RunCommand): void {
    clearTimeout(this.#idleTimer);
    this.run = run;
    this.#heard = false;
    this.#log.begin();
    this.#watch();
    this.#process.send(workerCommandSchema.parse(command));
  }

  /** The run is over; if no other comes within `idleFor` milliseconds, the process ends. */
  rest(idleFor: number): void {
    this.run = null;
    clearTimeout(this.#silenceTimer);
    this.#idleTimer = setTimeout(() => this.kill('idle'), idleFor);
  }

  /** Asks for a checkpoint and an end; an idle worker is killed, and one that does not listen after a while. */
  stop(): void {
    if (this.run === null) return this.kill('idle');
    if (this.leaving) return;
    this.stopAsked = true;
    this.#process.send({ type: 'stop' });
    this.killUnlessGone('did not stop in time');
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
    const { run } = this;
    if (run === null || this.#reason) return;
    this.#silenceTimer?.refresh();
    const parsed = workerEventSchema.safeParse(message);
    const problem = parsed.success ? mismatch(parsed.data, run) : z.prettifyError(parsed.error);
    if (!parsed.success || problem) return this.#refuse(problem ?? '', message);
    if (parsed.data.type === 'started') this.#heard = true;
    // Until it says that it has started, a worker may still be finishing its words on the run before.
    if (!this.#heard && parsed.data.type !== 'failed') return;
    this.#checkMemory();
    if (!this.#reason) this.#owner.event(this, parsed.data);
  }

  #refuse(problem: string, message: unknown): void {
    const detail = `${problem}\n${JSON.stringify(message)?.slice(0, 2000)}`;
    this.#owner.event(this, { type: 'failed', message: 'The worker sent a message that is not valid', detail });
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
