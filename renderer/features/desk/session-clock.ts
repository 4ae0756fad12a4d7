/** The time that is left of a session, on the page's clock that never jumps. It stands still in breaks. */
export class SessionClock {
  readonly began: number;
  #left: number;
  /** Since when it runs; null: a break. */
  #since: number | null;

  /** @param leftMs milliseconds that are left @param now milliseconds of `Sitting.now()`, at which it starts to run */
  constructor(leftMs: number, now: number) {
    this.began = now;
    this.#left = leftMs;
    this.#since = now;
  }

  /** Milliseconds that are left at a moment; below 0 where it came too late. */
  left(at: number): number {
    return this.#left - (this.#since === null ? 0 : at - this.#since);
  }

  get isBreak(): boolean {
    return this.#since === null;
  }

  pause(at: number): void {
    this.#left = this.left(at);
    this.#since = null;
  }

  goOn(at: number): void {
    this.#since ??= at;
  }
}
