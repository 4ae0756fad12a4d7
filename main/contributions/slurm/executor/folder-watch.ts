/** Notices where a shared folder does not answer for long; nothing can end a look at it. */
export class FolderWatch {
  readonly #silence: number;
  readonly #tell: () => void;
  #isSilent = false;
  #onSilent: () => void = () => undefined;

  /** @param silence milliseconds without an answer after which `tell` is called */
  constructor(silence: number, tell: () => void) {
    this.#silence = silence;
    this.#tell = tell;
  }

  async during<T>(work: Promise<T>): Promise<T> {
    const timer = setTimeout(() => {
      this.#isSilent = true;
      this.#onSilent();
      this.#tell();
    }, this.#silence);
    try {
      return await work;
    } finally {
      clearTimeout(timer);
      this.#isSilent = false;
    }
  }

  /** Resolves with the work, or where that takes as long as a folder that is silent. */
  async endOf(work: Promise<void>): Promise<void> {
    if (this.#isSilent) return;
    const silent = Promise.withResolvers<void>();
    this.#onSilent = silent.resolve;
    const timer = setTimeout(silent.resolve, this.#silence);
    await Promise.race([work, silent.promise]);
    clearTimeout(timer);
  }
}
