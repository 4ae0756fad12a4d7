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
  /** The login node answered (null) or did not (`login`); Slurm took a job, or did not (`submit`). */
  onAnswer?: (part: 'login' | 'submit', error: unknown) => void;
}

/** Pauses that grow with failures in a row. */
class Backoff {
  pausedUntil = Number.NEGATIVE_INFINITY;
  #failures = 0;

  fail(now: number, every: number): void {
    this.pausedUntil = now + every * Math.min(longestPause, 2 ** this.#failures);
    this.#failures += 1;
  }

  end(): void {
    this.pausedUntil = Number.NEGATIVE_INFINITY;
    this.#failures = 0;
  }
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
  readonly #calls = new Backoff();
  /** `squeue` may work where `sbatch` is refused: each has its own pauses. */
  readonly #submissions = new Backoff();

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
    return this.#credit >= 1 + left && now >= this.#calls.pausedUntil;
  }

  /** Whether a job may be submitted now. */
  maySubmit(): boolean {
    return this.mayCall() && this.#pace.clock() >= this.#submissions.pausedUntil;
  }

  /** After what was refused has changed: the pause of submissions is over. */
  submitSoon(): void {
    this.#submissions.end();
  }

  /** There is nothing left that could be refused. */
  submitNothing(): void {
    this.#submissions.end();
    this.#pace.onAnswer('submit', null);
  }

  async submit(script: string): Promise<string> {
    const job = await this.#call(() => this.#scheduler.submit(script), 'submit');
    this.#pace.onAnswer('login', null);
    return job;
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

  async #call<T>(command: () => Promise<T>, part: 'login' | 'submit' = 'login'): Promise<T> {
    const backoff = part === 'login' ? this.#calls : this.#submissions;
    const { every, clock, now, store, onAnswer } = this.#pace;
    this.mayCall();
    this.#credit -= 1;
    this.calls += 1;
    store?.write({ calls: this.#credit, at: now() });
    try {
      const answer = await command();
      backoff.end();
      onAnswer(part, null);
      return answer;
    } catch (error) {
      backoff.fail(clock(), every);
      onAnswer(part, error);
      throw error;
    }
  }
}
