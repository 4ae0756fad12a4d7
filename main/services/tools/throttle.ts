/** Tells at once, and then not more often than every so many milliseconds; what comes between is told once, after that. */
export class Throttle {
  readonly #say: () => void;
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;
  #isWanted = false;

  constructor(say: () => void, everyMs: number) {
    this.#say = say;
    this.#everyMs = everyMs;
  }

  tell(): void {
    if (this.#timer !== undefined) {
      this.#isWanted = true;
      return;
    }
    this.#say();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#isWanted) this.tell();
    }, this.#everyMs);
    this.#isWanted = false;
  }

  /** Forgets what it has not told. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isWanted = false;
  }
}
