import type { Scheduler, TaskState } from './commands.ts';

/** After failures in a row, no call is made for up to so many times the usual pace. */
const longestPause = 8;

/** Calls that may be made at once, at a time: milliseconds since 1970. */
export interface Credit {
  calls: number;
  at: number;
}

/** Where the credit is kept while no host runs, so that a host that is started often makes no more calls. */
export interface CreditStore {
  read(): Credit | undefined;
  write(credit: Credit): void;
}

interface Pace {
  /** Milliseconds a call, on average. */
  every: number;
  /** Calls that may follow each other at once, after a while without. */
  burst?: number;
  /** A clock in milliseconds that no one sets. */
  clock?: () => number;
  /** Default: kept nowhere. */
  store?: CreditStore;
  /** Milliseconds since 1970. */
  now?: () => number;
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
  readonly #pace: Required<Omit<Pace, 'store'>> & Pick<Pace, 'store'>;
  #credit: number;
  #creditAt: number;
  #failures = 0;
  #pausedUntil = Number.NEGATIVE_INFINITY;

  constructor(
    scheduler: Scheduler,
    { burst = 4, clock = () => performance.now(), now = Date.now, onAnswer, ...pace }: Pace,
  ) {
    this.#scheduler = scheduler;
    this.#pace = { burst, clock, now, onAnswer: onAnswer ?? (() => undefined), ...pace };
    const kept = pace.store?.read();
    this.#credit = kept ? Math.min(burst, kept.calls + Math.max(0, now() - kept.at) / pace.every) : burst;
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
    const { every, clock, now, store, onAnswer } = this.#pace;
    this.mayCall();
    this.#credit -= 1;
    this.calls += 1;
    store?.write({ calls: this.#credit, at: now() });
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
