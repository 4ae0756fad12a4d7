import { setImmediate } from 'node:timers/promises';

/** Milliseconds of a batch: short beside the 50 ms that a person waits for the next image. */
const batchMs = 20;

interface BatchOptions {
  /** Wraps each batch, e.g. `storage.transaction`: all of a batch is stored, or nothing of it. Default: nothing does. */
  transaction?: (batch: () => void) => void;
  /** Ends the work between two batches, with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Milliseconds of a monotonic clock. */
  clock?: () => number;
}

/**
 * Does long work of this process in batches of about 20 ms, between which it serves pages and stores answers.
 * @param steps takes one step at each `next`; a step should take a few milliseconds at most, because it is never
 * interrupted. Data may change between batches, and the process may end there: each step leaves a state that is valid.
 * @returns the result of `steps`. @throws what a step throws, and the signal's reason
 */
export async function runInBatches<T>(steps: Iterator<unknown, T>, options: BatchOptions = {}): Promise<T> {
  const { transaction = (batch) => batch(), signal, clock = () => performance.now() } = options;
  for (;;) {
    signal?.throwIfAborted();
    let last: IteratorResult<unknown, T> | undefined;
    transaction(() => {
      const end = clock() + batchMs;
      do last = steps.next();
      while (last.done !== true && clock() < end);
    });
    if (last?.done === true) return last.value;
    await setImmediate();
  }
}

/** Does all steps at once, where nobody waits: in a process of its own, or at start. */
export function runAtOnce<T>(steps: Iterator<unknown, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** A step for each item. @param work is called with one item at a time */
export function* forEachStep<T>(items: Iterable<T>, work: (item: T) => void): Generator<void, void> {
  for (const item of items) {
    work(item);
    yield;
  }
}
