/** Runs an action at once, and then at most once every `interval` ms; calls in between become one call after that. */
export class Throttle {
  readonly #action: () => void;
  readonly #interval: number;
  #timer: NodeJS.Timeout | undefined;
  #isPending = false;

  /** @param interval milliseconds */
  constructor(action: () => void, interval: number) {
    this.#action = action;
    this.#interval = interval;
  }

  trigger(): void {
    if (this.#timer !== undefined) {
      this.#isPending = true;
      return;
    }
    this.#isPending = false;
    this.#action();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#isPending) this.trigger();
    }, this.#interval);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isPending = false;
  }
}
