import { ImageCache } from '../../ui/pixel-image.tsx';
import type { DeskPort } from './desk-port.ts';

/** Trials that are fetched at a time, and how far ahead. */
const chunk = 50;

/** Images of a session's trials, fetched some time before they are shown. */
export class TrialImages {
  readonly #port: DeskPort;
  readonly #trials: number;
  readonly #size: { width: number; height: number };
  readonly #chunks = new Map<number, Promise<Uint8Array>>();
  readonly #canvases = new ImageCache(1000);

  constructor(port: DeskPort, trials: number, size: { width: number; height: number }) {
    this.#port = port;
    this.#trials = trials;
    this.#size = size;
  }

  /** The image of a trial as a canvas of its own size. */
  async canvas(trial: number): Promise<HTMLCanvasElement> {
    const { width, height } = this.#size;
    const first = trial - (trial % chunk);
    const pixels = await this.#fetch(first);
    const at = (trial - first) * width * height;
    return this.#canvases.canvas(trial, pixels.subarray(at, at + width * height), width, height);
  }

  /** Has images ready for `count` trials from here on. */
  prepare(trial: number, count: number): void {
    for (let first = trial - (trial % chunk); first < Math.min(trial + count, this.#trials); first += chunk) {
      this.#fetch(first).catch(() => undefined);
    }
  }

  #fetch(first: number): Promise<Uint8Array> {
    const known = this.#chunks.get(first);
    if (known) return known;
    const fetched = this.#port.images(first, Math.min(chunk, this.#trials - first));
    this.#chunks.set(first, fetched);
    // Asked for again the next time.
    fetched.catch(() => this.#chunks.delete(first));
    return fetched;
  }
}
