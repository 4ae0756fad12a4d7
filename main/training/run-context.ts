import type { RunResult, WorkerEvent } from '../contract/run.ts';
import type { BlobStore } from '../files/blobs.ts';
import type { Engine } from './engines/engine.ts';

/** What a run works with. It knows nothing of processes. */
export interface RunContext {
  readonly engine: Engine;
  readonly blobs: BlobStore;
  /** Hash of the checkpoint to go on from, or null to start. */
  readonly checkpoint: string | null;
  /** Reports to the parent. `started` and the ends are the worker's to report, all else the run's. */
  readonly report: (event: WorkerEvent) => void;
  readonly pulse: Pulse;
}

/** How a run ended: with a result, or stopped on request after a checkpoint at `stoppedAt`. */
export type Outcome = { result: RunResult } | { stoppedAt: number };

/**
 * Shows that the run lives, and lets the process hear its parent. Every run awaits `beat` between pieces of work of at
 * most about a second: steps block the process.
 */
export class Pulse {
  readonly #report: (event: WorkerEvent) => void;
  #stopping = false;
  #breathedAt = 0;
  #heartbeatAt = 0;

  constructor(report: (event: WorkerEvent) => void) {
    this.#report = report;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  stop(): void {
    this.#stopping = true;
  }

  /** Lets messages in, at most every 50 ms; a heartbeat every two seconds. */
  async beat(): Promise<void> {
    const now = performance.now();
    if (now - this.#breathedAt < 50) return;
    if (now - this.#heartbeatAt > 2000) {
      this.#report({ type: 'heartbeat' });
      this.#heartbeatAt = now;
    }
    await new Promise((resolve) => setImmediate(resolve));
    this.#breathedAt = performance.now();
  }
}

/**
 * Gathers metrics and progress and reports them about once a second, as each report costs the parent a transaction.
 * What comes before a checkpoint must be flushed before it, or a crash would lose it.
 */
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

/** Says when a checkpoint is due. By the clock: results do not depend on when checkpoints are taken. */
export class CheckpointClock {
  readonly #interval: number;
  #last = performance.now();

  /** `interval` in milliseconds. */
  constructor(interval: number) {
    this.#interval = interval;
  }

  due(): boolean {
    return performance.now() - this.#last >= this.#interval;
  }

  done(): void {
    this.#last = performance.now();
  }
}
