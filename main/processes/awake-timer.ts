/** Shortest part in which an `AwakeTimer` measures, in milliseconds. */
const shortestPart = 50;

/**
 * Calls `onTime` after `ms` milliseconds without `refresh` in which this process was awake, and then only after messages
 * that already arrived were delivered. While a process stands still (a long task, SIGSTOP, a suspended computer), the
 * messages of its children wait unread: such time says nothing about them.
 */
export class AwakeTimer {
  readonly #onTime: () => void;
  readonly #part: number;
  readonly #parts: number;
  readonly #timer: NodeJS.Timeout;
  #partsLeft: number;
  #since = performance.now();

  /** @param ms measured in tenths: a tenth that took twice its time does not count */
  constructor(ms: number, onTime: () => void) {
    this.#onTime = onTime;
    this.#part = Math.max(ms / 10, shortestPart);
    this.#parts = Math.ceil(ms / this.#part);
    this.#partsLeft = this.#parts;
    this.#timer = setTimeout(() => this.#partEnded(), this.#part);
  }

  /** Starts again from zero. No effect after `clear`. */
  refresh(): void {
    if (this.#partsLeft < 0) return;
    this.#partsLeft = this.#parts;
    this.#startPart();
  }

  clear(): void {
    this.#partsLeft = -1;
    clearTimeout(this.#timer);
  }

  /** The process may end before the time is up. */
  unref(): void {
    this.#timer.unref();
  }

  #startPart(): void {
    this.#since = performance.now();
    this.#timer.refresh();
  }

  #partEnded(): void {
    if (performance.now() - this.#since < 2 * this.#part) this.#partsLeft -= 1;
    if (this.#partsLeft > 0) this.#startPart();
    else if (this.#partsLeft === 0) setImmediate(() => this.#partsLeft === 0 && this.#onTime());
  }
}
