import type { ContributedTask, RunResult, WorkerEvent } from '../contract/runs/run.ts';
import type { BlobStore } from '../files/blobs.ts';
import type { Engine } from './engines/engine.ts';

/** What a run works with. It does not depend on how its process was started. */
export interface RunContext {
  readonly engine: Engine;
  readonly blobs: BlobStore;
  /** Hash of the checkpoint to resume from; null starts from the beginning. */
  readonly checkpoint: string | null;
  /** Reports to the parent process. The worker itself reports `started` and how runs end, the run everything else. */
  readonly report: (event: WorkerEvent) => void;
  readonly control: RunControl;
}

/** How a run ended: with a result, or stopped on request after a checkpoint at `stoppedAt`. */
export type Outcome = { result: RunResult } | { stoppedAt: number };

/** Does a run of a contribution: the default export of its module `run.ts`. */
export type RunContributed = (task: ContributedTask, context: RunContext) => Promise<Outcome>;

/** Milliseconds between two yields that count as work: a process that stood still longer was suspended. */
const longestWork = 10_000;

/** Lets messages in and sends heartbeats. Every run awaits `yield` after at most about a second of work. */
export class RunControl {
  readonly #report: (event: WorkerEvent) => void;
  #stopping = false;
  #yieldedAt = 0;
  #heartbeatAt = 0;
  #workedMs = 0;
  /** The last yield, and processor time at the first one; null before. */
  #workedUntil: number | null = null;
  #processor: NodeJS.CpuUsage | null = null;

  constructor(report: (event: WorkerEvent) => void) {
    this.#report = report;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  stop(): void {
    this.#stopping = true;
  }

  /**
   * Milliseconds from the first yield to the last one in which the run worked, without time that the computer slept; and
   * processor time of this process meanwhile.
   */
  get times(): { workedMs: number; processorMs: number } {
    const { user, system } = this.#processor === null ? { user: 0, system: 0 } : process.cpuUsage(this.#processor);
    return { workedMs: this.#workedMs, processorMs: (user + system) / 1000 };
  }

  /** Lets messages in, at most every 50 ms; sends a heartbeat every two seconds. */
  async yield(): Promise<void> {
    const now = performance.now();
    this.#workedMs += Math.min(longestWork, now - (this.#workedUntil ?? now));
    this.#processor ??= process.cpuUsage();
    this.#workedUntil = now;
    if (now - this.#yieldedAt < 50) return;
    if (now - this.#heartbeatAt > 2000) {
      this.#report({ type: 'heartbeat' });
      this.#heartbeatAt = now;
    }
    await new Promise((resolve) => setImmediate(resolve));
    this.#yieldedAt = performance.now();
  }
}

/** Reports metrics and progress about once a second. Flush before reporting a checkpoint: a crash would lose them. */
export class Reporter {
  readonly #report: (event: WorkerEvent) => void;
  #points: { series: string; step: number; value: number }[] = [];
  #progress: Extract<WorkerEvent, { type: 'progress' }> | undefined;
  #flushedAt = 0;

  constructor(report: (event: WorkerEvent) => void) {
    this.#report = report;
  }

  metric(series: string, step: number, value: number): void {
    if (Number.isFinite(value)) this.#points.push({ series, step, value });
  }

  progress(done: number, total: number, note: string): void {
    this.#progress = { type: 'progress', done, total, note };
    if (performance.now() - this.#flushedAt > 1000) this.flush();
  }

  flush(): void {
    if (this.#points.length > 0) this.#report({ type: 'metrics', points: this.#points });
    if (this.#progress) this.#report(this.#progress);
    this.#points = [];
    this.#progress = undefined;
    this.#flushedAt = performance.now();
  }
}

/** When the next checkpoint is due, by the clock: results do not depend on when checkpoints are taken. */
export class CheckpointTimer {
  readonly #interval: number;
  #last = performance.now();

  /** `interval` in milliseconds. */
  constructor(interval: number) {
    this.#interval = interval;
  }

  isDue(): boolean {
    return performance.now() - this.#last >= this.#interval;
  }

  restart(): void {
    this.#last = performance.now();
  }
}
