import type { SessionNote, TrialEvent } from '../../../../main/contributions/sessions/contract/volunteer.ts';
import type { DeskPort } from './desk-port.ts';

/** An event without its number and time, which `Sitting` adds. */
type TrialAction = Pick<TrialEvent, 'trial' | 'kind' | 'choice' | 'shownMs'>;

/** Milliseconds between attempts to store an event. */
const retryAfter = 400;

/**
 * Stores the events of one sitting in order, and retries each until it is on disk. An event keeps its number in every
 * attempt, so none is stored twice.
 */
export class Sitting {
  readonly #port: DeskPort;
  readonly #onTrouble: (isTrouble: boolean) => void;
  static readonly #open = new Set<Sitting>();
  #seq = 0;
  #queue: Promise<void> = Promise.resolve();
  #closed = false;
  #finished = false;

  /** @param onTrouble called with true when something cannot be stored, and with false once it is stored */
  constructor(port: DeskPort, onTrouble: (isTrouble: boolean) => void) {
    this.#port = port;
    this.#onTrouble = onTrouble;
    Sitting.#open.add(this);
  }

  /** Milliseconds of a clock that never jumps. */
  static now(): number {
    return performance.now();
  }

  /** Resolves once everything of this page is on disk that was to be stored when this was called. */
  static async stored(): Promise<void> {
    await Promise.all([...Sitting.#open].map((sitting) => sitting.#queue));
  }

  /** Resolves once the event is on disk. @param atMs when the key or button was pressed */
  add(action: TrialAction, atMs: number): Promise<void> {
    const event: TrialEvent = { ...action, seq: this.#seq++, atMs: Math.max(atMs, action.shownMs) };
    return this.#inTurn(() => this.#port.addEvents([event]));
  }

  note(kind: SessionNote['kind'], trial: number | null, atMs = Sitting.now()): Promise<void> {
    const note = this.#newNote(kind, trial, atMs);
    return this.#inTurn(() => this.#port.addNotes([note]));
  }

  /** Ends the session because its time is up, once everything before is on disk, unless it was finished meanwhile. */
  timeUp(): Promise<void> {
    const note = this.#newNote('time-up', null, Sitting.now());
    const unlessFinished = async (action: () => Promise<void>): Promise<void> => {
      if (!this.#finished) await action();
    };
    this.#inTurn(() => unlessFinished(() => this.#port.addNotes([note]))).catch(() => undefined);
    return this.#inTurn(() => unlessFinished(() => this.#port.timeUp()));
  }

  /**
   * Ends the session once everything before is on disk, because answers after the end are refused. Tried only once;
   * rejects if the program refuses.
   * @param isAgreed checked once everything is on disk @returns whether the session ended: false if `isAgreed` was false
   */
  finish(leaveBlank: boolean, isAgreed: () => boolean): Promise<boolean> {
    const end = async (): Promise<boolean> => {
      if (!isAgreed()) return false;
      await this.#port.finish(leaveBlank);
      this.#finished = true;
      return true;
    };
    const done = this.#queue.then(end);
    this.#queue = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }

  /** Stops all attempts: the page closes. */
  close(): void {
    this.#closed = true;
    Sitting.#open.delete(this);
  }

  #newNote(kind: SessionNote['kind'], trial: number | null, atMs: number): SessionNote {
    return { seq: this.#seq++, kind, trial, atMs };
  }

  #inTurn(action: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(() => this.#untilTaken(action));
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #untilTaken(action: () => Promise<void>): Promise<void> {
    for (let troubled = false; !this.#closed; troubled = true) {
      try {
        await action();
        if (troubled) this.#onTrouble(false);
        return;
      } catch {
        this.#onTrouble(true);
        await new Promise((resolve) => setTimeout(resolve, retryAfter));
      }
    }
    throw new Error('the sitting was closed');
  }
}
