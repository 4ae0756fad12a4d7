/** Milliseconds between ticks in the host, as in preload.mjs. */
const interval = 5;

/** What the preload reports: ticks since its last report, and the late ones. */
export interface Ticks {
  ticks: number;
  /** Milliseconds of each silence, and how many of them the host waited for a processor. */
  gaps: readonly [gap: number, waited: number][];
  /** Milliseconds of the system's monotonic clock. */
  at: number;
  /** Milliseconds that the host has waited for a processor since its start. */
  waited: number;
}

/** Milliseconds after which the preload reports at the latest, as long as the host is not silent. */
export const reportInterval = 25;

/** The longest silence that people may notice, p99.9, in milliseconds. */
const allowedSilence = 100;

/** A silence of so many milliseconds must never happen, whatever the quantiles are. */
const standstill = 1000;

/** Milliseconds from the start of a host until it prints its address. */
const allowedStart = 3000;

/** Seconds that hosts must have run before their silence is judged: in a few, one slow start of a module is p99.9. */
const judgedSeconds = 60;

/** Share of their time that hosts may wait for a processor: on a busier machine, waits for disk and memory are long too. */
const allowedWaiting = 0.05;

/** A silence or a start: its own milliseconds, and those without a processor, which it is not to blame for. */
interface Wait {
  ms: number;
  waited: number;
  during: string;
}

/**
 * How long hosts did not answer. A silence of 50 ms counts for each tick that would have come in it: as a client
 * sees it that asks every 5 ms. Starts are apart.
 */
export class Silences {
  /** Ticks that came at most `interval` late. */
  #prompt = 0;
  readonly #late: number[] = [];
  readonly #worst: Wait[] = [];
  readonly #starts: Wait[] = [];
  #waiting = { ms: 0, span: 0 };

  /** @param span milliseconds since the last report, `waited` of which the host waited for a processor */
  add(
    { ticks, gaps }: Pick<Ticks, 'ticks' | 'gaps'>,
    during: string,
    { span, waited }: { span: number; waited: number },
  ): void {
    this.#prompt += ticks - gaps.length;
    for (const [gap, without] of gaps) this.#addSilence({ ms: Math.max(0, gap - without), waited: without, during });
    this.#waiting.ms += waited;
    this.#waiting.span += span;
  }

  #addSilence(silence: Wait): void {
    for (let { ms } = silence; ms > 0; ms -= interval) this.#late.push(ms);
    if (silence.ms > 50) this.#worst.push(silence);
  }

  /** From the start of a host until it printed its address. */
  addStart(ms: number, waited: number, during: string): void {
    this.#starts.push({ ms: Math.max(0, Math.round(ms - waited)), waited: Math.round(waited), during });
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

  /** Share of their time that hosts waited for a processor. */
  get waiting(): number {
    return this.#waiting.span === 0 ? 0 : this.#waiting.ms / this.#waiting.span;
  }

  /** The longest silence of each activity, longest first. */
  worst(count: number): Wait[] {
    return longestOfEach(this.#worst).slice(0, count);
  }

  /** What is wrong, and what was not judged and why. */
  judge(): { found: string[]; unjudged: string[] } {
    const busy =
      this.waiting > allowedWaiting
        ? `the machine was busy: hosts waited ${percent(this.waiting)} of their time for a processor, ${percent(allowedWaiting)} are allowed`
        : null;
    const short =
      this.seconds < judgedSeconds ? `hosts ran for ${this.seconds.toFixed(0)} s, ${judgedSeconds} s are needed` : null;
    const p999 = this.quantile(0.999);
    const still = this.#worst.filter(({ ms }) => ms > standstill);
    const slow = this.#starts.filter(({ ms }) => ms > allowedStart);
    const found = busy
      ? []
      : [
          ...(!short && p999 > allowedSilence
            ? [`hosts silent for ${p999} ms at p99.9, ${allowedSilence} ms are allowed`]
            : []),
          ...still.map(({ ms, during }) => `a host stood still for ${ms} ms: ${during}`),
          ...slow.map(({ ms, during }) => `a start took ${ms} ms, ${allowedStart} ms are allowed: ${during}`),
        ];
    const unjudged = [
      ...((busy ?? short) ? [`silences (${busy ?? short})`] : []),
      ...(busy && still.length > 0 ? [`${still.length} silences above ${standstill} ms`] : []),
      ...(busy || this.#starts.length === 0 ? [`starts (${busy ? 'for the same reason' : 'none'})`] : []),
    ];
    return { found, unjudged };
  }

  /** Lines for the table of results. */
  format(): string[] {
    const starts = this.#starts.map(({ ms }) => ms).sort((a, b) => a - b);
    const middle = starts[Math.floor(starts.length / 2)] ?? 0;
    const line = ({ ms, waited, during }: Wait): string =>
      `  ${ms} ms (and ${waited} ms without a processor): ${during}`;
    return [
      `silence of the hosts after their start, over ${this.seconds.toFixed(0)} s: p99.9 ${this.quantile(0.999)} ms, longest ${this.longest} ms`,
      ...this.worst(12).map(line),
      `starts of hosts until their address: ${starts.length}, median ${middle} ms, longest ${starts.at(-1) ?? 0} ms`,
      ...longestOfEach(this.#starts).slice(0, 4).map(line),
      `hosts waited ${percent(this.waiting)} of their time for a processor`,
    ];
  }
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function longestOfEach(waits: readonly Wait[]): Wait[] {
  const longest = new Map<string, Wait>();
  for (const each of waits) if (each.ms > (longest.get(each.during)?.ms ?? -1)) longest.set(each.during, each);
  return [...longest.values()].toSorted((a, b) => b.ms - a.ms);
}
