import { createHash } from 'node:crypto';
import type { PairFlips } from './flip-point.ts';
import type { HumanCounts } from './humans.ts';
import type { OrderedInput, PairRow, ResamplingUnits } from './input.ts';
import type { HumanReference, LabelMatrix } from './labels.ts';
import { countPairs, type PairCounts } from './pair-counts.ts';
import type { SoftmaxSums } from './softmax.ts';

/** So many pair tables and sums are remembered, the newest; and so many other values, those used last. */
const mostTables = 12;
const mostValues = 4000;

/** Whole analyses may be large: half a million pairs of raters in each. */
const mostWholes = 16;

/** Sums over the models with these keys. */
interface RememberedSums {
  readonly keys: ReadonlySet<string>;
  readonly sums: SoftmaxSums;
}

/**
 * What an analysis leaves for the next one, so that a new model or labeler costs its own work only. Everything is known
 * by keys of its content, so a memo never changes a result; it may be thrown away at any time.
 */
export class Memo {
  readonly #values: Recent;
  readonly #wholes: Recent;
  readonly #pairs: { keys: readonly string[]; counts: PairCounts }[] = [];
  readonly #sums: RememberedSums[] = [];

  /** @param most small values, and @param wholes large ones, that are kept. */
  constructor(most = mostValues, wholes = mostWholes) {
    this.#values = new Recent(most);
    this.#wholes = new Recent(wholes);
  }

  /** The value known by a key, made if there is none. Key null: made, not kept. */
  value<T>(key: string | null, make: () => T): T {
    return this.#values.value(key, make);
  }

  /** The same for what is large, of which few are kept. */
  whole<T>(key: string | null, make: () => T): T {
    return this.#wholes.value(key, make);
  }

  /** Counts of all pairs of raters; pairs that were counted before are taken over. `keys`: a key a rater, or null. */
  pairs(keys: readonly string[] | null, matrix: LabelMatrix): PairCounts {
    if (!keys || new Set(keys).size !== keys.length) return countPairs(matrix);
    const common = this.#pairs.map(({ keys: known }) => overlap(known, keys));
    const best = common.reduce((top, shared, index) => (shared > (common[top] ?? 0) ? index : top), 0);
    const known = this.#pairs[best];
    const at = known && new Map(known.keys.map((key, index) => [key, index]));
    const counts = countPairs(
      matrix,
      known && at ? { counts: known.counts, at: keys.map((key) => at.get(key) ?? -1) } : null,
    );
    remember(this.#pairs, { keys, counts });
    return counts;
  }

  /** A copy of the largest remembered part of the sums over these models, and whose models are in it; null: none. */
  partOfSums(keys: readonly string[] | null): RememberedSums | null {
    if (!keys) return null;
    const wanted = new Set(keys);
    if (wanted.size !== keys.length) return null;
    const parts = this.#sums.filter((known) => [...known.keys].every((key) => wanted.has(key)));
    const [first, ...others] = parts;
    if (!first) return null;
    const largest = others.reduce((a, b) => (b.keys.size > a.keys.size ? b : a), first);
    return { keys: largest.keys, sums: copyOf(largest.sums) };
  }

  keepSums(keys: readonly string[] | null, sums: SoftmaxSums): void {
    if (keys && new Set(keys).size === keys.length) remember(this.#sums, { keys: new Set(keys), sums });
  }
}

function copyOf(sums: SoftmaxSums): SoftmaxSums {
  return { models: sums.models, softmax: sums.softmax.copy(), entropy: sums.entropy.copy() };
}

function overlap(known: readonly string[], keys: readonly string[]): number {
  const set = new Set(known);
  return keys.filter((key) => set.has(key)).length;
}

function remember<T>(list: T[], item: T): void {
  list.unshift(item);
  list.length = Math.min(list.length, mostTables);
}

/** Values by key; when there are too many, the one that was not asked for longest goes. */
class Recent {
  readonly #most: number;
  readonly #values = new Map<string, unknown>();

  constructor(most: number) {
    this.#most = most;
  }

  value<T>(key: string | null, make: () => T): T {
    if (key === null) return make();
    const known = this.#values.has(key);
    const value = known ? (this.#values.get(key) as T) : make();
    this.#values.delete(key);
    this.#values.set(key, value);
    while (this.#values.size > this.#most) this.#values.delete(this.#values.keys().next().value as string);
    return value;
  }
}

/** What the parts of one analysis share. */
export interface Context {
  readonly input: OrderedInput;
  readonly humans: HumanCounts;
  readonly reference: HumanReference;
  readonly pairs: readonly PairRow[];
  readonly units: ResamplingUnits;
  readonly humanFlips: Record<string, PairFlips>;
  readonly memo: Memo;
  /** Whether metrics.md 8 is asked for. */
  readonly resampling: boolean;
  /** What images and labelers are known by; null: the input has no keys. */
  readonly humansKey: string | null;
}

/** A key of several parts. */
export function keyOf(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
