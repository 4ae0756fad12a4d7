import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../files/atomic.ts';

const tailLength = 8000;

/** What a worker writes on stdout and stderr: to a file for each run, and its end kept at hand for error messages. */
export class RunLog {
  readonly #folder: string;
  #tail = '';

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The last 8,000 characters since `begin`. */
  get tail(): string {
    return this.#tail;
  }

  begin(): void {
    this.#tail = '';
  }

  /** `runs`: those that the worker is at; each has a file. */
  write(runs: Iterable<number>, text: string): void {
    this.#tail = (this.#tail + text).slice(-tailLength);
    try {
      for (const run of runs) {
        makeFolder(this.#folder);
        appendFileSync(join(this.#folder, `run-${run}.log`), text);
      }
    } catch {
      // A log that cannot be written (a full disk) must not end a run; its end is still in the tail.
    }
  }
}
