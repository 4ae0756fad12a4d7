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

  /** Resolves with the work, or once the folder is silent. */
  async endOf(work: Promise<void>): Promise<void> {
    const silent = new Promise<void>((resolve) => (this.#onSilent = resolve));
    if (!this.#isSilent) await Promise.race([work, silent]);
  }
}
