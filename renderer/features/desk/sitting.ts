import type { SessionNote, TrialEvent } from '../../../main/contract/labeling/volunteer.ts';
import type { DeskPort } from './desk-port.ts';

/** What a page says of a trial; number and time are given here. */
export type TrialNews = Pick<TrialEvent, 'trial' | 'kind' | 'choice' | 'shownMs'>;

/** Milliseconds between tries to hand over what was not taken. */
const retryAfter = 400;

/**
 * One sitting's events in their order, each handed over until it is on disk. An event keeps its number however often it
 * is tried, so none is stored twice.
 */
export class Sitting {
  readonly #port: DeskPort;
  readonly #onTrouble: (isTrouble: boolean) => void;
  #seq = 0;
  #queue: Promise<void> = Promise.resolve();
  #closed = false;
  #finished = false;

  /** @param onTrouble told when something cannot be stored, and again when it could be */
  constructor(port: DeskPort, onTrouble: (isTrouble: boolean) => void) {
    this.#port = port;
    this.#onTrouble = onTrouble;
  }

  /** Milliseconds of a clock that never jumps. */
  static now(): number {
    return performance.now();
  }

  /** Resolves once the event is on disk. @param atMs when the key or button came */
  tell(news: TrialNews, atMs: number): Promise<void> {
    const event: TrialEvent = { ...news, seq: this.#seq++, atMs: Math.max(atMs, news.shownMs) };
    return this.#inTurn(() => this.#port.tell([event]));
  }

  note(kind: SessionNote['kind'], trial: number | null, atMs = Sitting.now()): Promise<void> {
    const note = this.#noteOf(kind, trial, atMs);
    return this.#inTurn(() => this.#port.note([note]));
  }

  /** Ends the session once all that came before is on disk, because its time is up; unless it was finished meanwhile. */
  timeUp(): Promise<void> {
    const note = this.#noteOf('time-up', null, Sitting.now());
    const unlessFinished = async (action: () => Promise<void>): Promise<void> => {
      if (!this.#finished) await action();
    };
    this.#inTurn(() => unlessFinished(() => this.#port.note([note]))).catch(() => undefined);
    return this.#inTurn(() => unlessFinished(() => this.#port.timeUp()));
  }

  /**
   * Ends the session once all that came before is on disk: an answer that comes after the end is refused for ever. Asked for
   * once, as it may be refused for good; rejects then.
   * @param isAgreed asked once all is on disk @returns whether it ended: not where that is not agreed to any more
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

  /** What was not handed over yet is tried no more: the page ends. */
  close(): void {
    this.#closed = true;
  }

  #noteOf(kind: SessionNote['kind'], trial: number | null, atMs: number): SessionNote {
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
