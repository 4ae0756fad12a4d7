/** Milliseconds between ticks in the host, as in preload.mjs. */
const interval = 5;

/** What the preload reports: ticks since its last report, and the late ones. */
export interface Ticks {
  ticks: number;
  /** Milliseconds of each silence, and how many of them the host waited for a processor. */
  gaps: readonly [gap: number, waited: number][];
}

/**
 * How long hosts did not answer. A silence of 50 ms counts for each tick that would have come in it: as a client
 * sees it that asks every 5 ms.
 */
export class Silences {
  /** Ticks that came at most `interval` late. */
  #prompt = 0;
  readonly #late: number[] = [];
  readonly #worst: { ms: number; waited: number; during: string }[] = [];

  add({ ticks, gaps }: Ticks, during: string): void {
    this.#prompt += ticks - gaps.length;
    for (const [gap, waited] of gaps) {
      const own = Math.max(0, gap - waited);
      for (let ms = own; ms > 0; ms -= interval) this.#late.push(ms);
      if (own > 50) this.#worst.push({ ms: own, waited, during });
    }
  }

  /** Milliseconds, without waits for a processor. */
  quantile(share: number): number {
    const sorted = this.#late.toSorted((a, b) => b - a);
    const index = Math.floor((1 - share) * (this.#prompt + sorted.length));
    return sorted[index] ?? 0;
  }

  get longest(): number {
    return this.#late.reduce((longest, ms) => Math.max(longest, ms), 0);
  }

  get seconds(): number {
    return ((this.#prompt + this.#late.length) * interval) / 1000;
  }

  /** The longest silence of each activity, longest first. */
  worst(count: number): { ms: number; waited: number; during: string }[] {
    const longest = new Map<string, { ms: number; waited: number; during: string }>();
    for (const each of this.#worst) if (each.ms > (longest.get(each.during)?.ms ?? 0)) longest.set(each.during, each);
    return [...longest.values()].toSorted((a, b) => b.ms - a.ms).slice(0, count);
  }
}
