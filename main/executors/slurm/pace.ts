import type { Scheduler, TaskState } from './commands.ts';

/** After failures in a row, no call is made for up to so many times the usual pace. */
const longestPause = 8;

interface Pace {
  /** Milliseconds a call, on average. */
  every: number;
  /** Calls that may follow each other at once, after a while without. */
  burst?: number;
  /** A clock in milliseconds that no one sets. */
  clock?: () => number;
  /** The login node answered (null), or did not. */
  onAnswer?: (error: unknown) => void;
}

/**
 * A scheduler that is called once every `every` ms on average, as administrators ask for, also while it does not answer.
 * Ask `mayCall` first: what it refuses now is done later, together with what has come by then.
 */
export class PacedScheduler implements Scheduler {
  /** Calls since its start: submissions, questions and cancellations together. */
  calls = 0;
  readonly #scheduler: Scheduler;
  readonly #pace: Required<Pace>;
  #credit: number;
  #creditAt: number;
  #failures = 0;
  #pausedUntil = Number.NEGATIVE_INFINITY;

  constructor(scheduler: Scheduler, { burst = 4, clock = () => performance.now(), onAnswer, ...pace }: Pace) {
    this.#scheduler = scheduler;
    this.#pace = { burst, clock, onAnswer: onAnswer ?? (() => undefined), ...pace };
    this.#credit = burst;
    this.#creditAt = clock();
  }

  /** Whether a call may be made now. @param left calls that have to be left for what is more urgent */
  mayCall(left = 0): boolean {
    const { every, burst, clock } = this.#pace;
    const now = clock();
    this.#credit = Math.min(burst, this.#credit + (now - this.#creditAt) / every);
    this.#creditAt = now;
    return this.#credit >= 1 + left && now >= this.#pausedUntil;
  }

  submit(script: string): Promise<string> {
    return this.#call(() => this.#scheduler.submit(script));
  }

  find(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.#call(() => this.#scheduler.find(names));
  }

  list(jobs: readonly string[]): Promise<TaskState[]> {
    return this.#call(() => this.#scheduler.list(jobs));
  }

  cancel(tasks: ReadonlyMap<string, readonly number[] | null>): Promise<void> {
    return this.#call(() => this.#scheduler.cancel(tasks));
  }

  async #call<T>(command: () => Promise<T>): Promise<T> {
    const { every, clock, onAnswer } = this.#pace;
    this.mayCall();
    this.#credit -= 1;
    this.calls += 1;
    try {
      const answer = await command();
      this.#failures = 0;
      onAnswer(null);
      return answer;
    } catch (error) {
      this.#pausedUntil = clock() + every * Math.min(longestPause, 2 ** this.#failures);
      this.#failures += 1;
      onAnswer(error);
      throw error;
    }
  }
}
