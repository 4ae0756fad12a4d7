import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../../contract/wire/index.ts';
import {
  type ClaimedRun,
  type EngineName,
  type Task,
  taskSchema,
  type WorkerEvent,
} from '../../contract/runs/index.ts';
import { at, formatInteger } from '../../domain/numbers/index.ts';
import { isPrepared } from '../../domain/data/index.ts';
import { architectureNames, type PaperKind } from '../../domain/networks/index.ts';
import { probeRecipe, type ProbedAccuracy, probedKinds } from './target.ts';
import { WorkerHandle } from '../../executors/index.ts';
import { BlobStore, entryModule } from '../../files/index.ts';
import type { Launcher } from '../../processes/index.ts';
import type { DataSetRecord } from '../../contract/api/index.ts';

export interface ProbeProgress {
  /** 0 to 1. */
  share: number;
  note: string;
}

export interface ProbeRequest {
  launcher: Launcher;
  engine: EngineName;
  /** Where the images of a prepared data set are. */
  blobs: BlobStore;
  /** Steps of each architecture. */
  steps: number;
  onProgress: (progress: ProbeProgress) => void;
  /** Ends the process. */
  signal: AbortSignal;
}

/** Milliseconds without a message after which the process is taken for dead, and that it has to leave. */
const limits = { silence: 120_000, stopWithin: 1000, memory: null };

/**
 * Trains one network of each architecture for a fixed number of steps, one after another, in a process of its own, as
 * trainings of a study do, and evaluates each on all test images at its end. Nothing is stored, and no run is recorded.
 * One data set, engine and number of steps always give the same accuracies.
 * @throws UserError `probe.failed`; the signal's reason
 */
export async function probeAccuracies(dataSet: DataSetRecord, request: ProbeRequest): Promise<ProbedAccuracy[]> {
  request.signal.throwIfAborted();
  const folder = mkdtempSync(join(tmpdir(), 'boundary-probe-'));
  // A study may have the same weights: what the probe writes is never in the store of studies.
  const blobs = new BlobStore(join(folder, 'blobs'));
  const worker = new ProbeWorker({ ...request, blobs }, folder);
  try {
    if (isPrepared(dataSet.source)) lend(dataSet.hash, request.blobs, blobs);
    const accuracies: ProbedAccuracy[] = [];
    for (const [index, kind] of probedKinds.entries()) {
      const task = probeTask(dataSet, kind, request.steps);
      accuracies.push({ kind, accuracy: await worker.train(task, index) });
    }
    return accuracies;
  } finally {
    worker.end();
    removeSoon(folder);
  }
}

/** The worker may still be writing as it ends; what cannot be removed lies among temporary files. */
function removeSoon(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  } catch {
    // The result, or why there is none, matters more.
  }
}

/** Has a blob of one store in another one, which is removed soon. */
function lend(hash: string, from: BlobStore, to: BlobStore): void {
  mkdirSync(dirname(to.path(hash)), { recursive: true });
  // Windows lets only administrators make symbolic links.
  if (process.platform === 'win32') copyFileSync(from.path(hash), to.path(hash));
  else symlinkSync(resolve(from.path(hash)), to.path(hash));
}

const probeTask = ({ source, hash, ...size }: DataSetRecord, kind: PaperKind, steps: number): Task =>
  taskSchema.parse({
    kind: 'classifier',
    dataSet: source,
    dataSetHash: hash,
    recipe: probeRecipe(kind, size, steps),
    seed: 1,
  });

class ProbeWorker {
  readonly #request: ProbeRequest;
  readonly #handle: WorkerHandle;
  readonly #cancel: () => void;
  #index = 0;
  #current: PromiseWithResolvers<number> | null = null;

  constructor(request: ProbeRequest, logs: string) {
    const { launcher, engine, signal } = request;
    this.#request = request;
    const launch = { entry: entryModule('training/worker/worker'), heapLimit: limits.memory, args: [] };
    this.#handle = new WorkerHandle({ engine, background: false }, launcher, launch, logs, limits, {
      event: (_, run, event) => this.#take(run, event),
      ended: (_, { message, detail }) => this.#current?.reject(failed(message, detail)),
    });
    this.#cancel = () => {
      this.#current?.reject(signal.reason);
      this.end();
    };
    signal.addEventListener('abort', this.#cancel, { once: true });
  }

  /** Accuracy in percent after the last step. */
  train(task: Task, index: number): Promise<number> {
    const { engine, blobs, signal } = this.#request;
    signal.throwIfAborted();
    this.#index = index;
    this.#current = Promise.withResolvers<number>();
    const run: ClaimedRun = { id: index + 1, task, label: at(probedKinds, index), engine, checkpoint: null };
    this.#handle.start(run, {
      type: 'run',
      run: run.id,
      task,
      engine,
      threads: 1,
      blobs: blobs.folder,
      checkpoint: null,
    });
    return this.#current.promise;
  }

  end(): void {
    this.#request.signal.removeEventListener('abort', this.#cancel);
    this.#handle.kill('the probe has ended');
  }

  #take({ id }: ClaimedRun, event: WorkerEvent): void {
    if (event.type === 'progress') {
      const { steps, onProgress } = this.#request;
      const done = Math.min(event.done, steps);
      const share = (this.#index + done / steps) / probedKinds.length;
      const name = architectureNames[at(probedKinds, this.#index)];
      onProgress({ share, note: `${name}: ${formatInteger(done)} of ${formatInteger(steps)} steps` });
    }
    if (event.type === 'failed') this.#current?.reject(failed(event.message, event.detail));
    if (event.type !== 'done' || event.result.kind !== 'classifier') return;
    this.#handle.forget(id);
    const { snapshots, missed } = event.result;
    // A perfect network is stopped at once, as it has met the target of 100 %.
    const accuracy = snapshots[0]?.accuracy ?? missed[0]?.nearestAccuracy ?? null;
    if (accuracy === null) this.#current?.reject(failed('a network was not evaluated', ''));
    else this.#current?.resolve(accuracy);
  }
}

const failed = (message: string, detail: string): UserError =>
  new UserError(
    'probe.failed',
    `No target could be proposed: ${message.replace(/\s*\n\s*/g, '; ')}`,
    detail.trim().split('\n').at(-1)?.slice(0, 300) || 'the probe',
    'Enter a target by hand, or try again.',
  );
