import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ClaimChoice } from '../../contract/results/exhibit.ts';
import type { HumanCounts } from '../raters/humans.ts';
import type { OrderedInput, PairRow, ResamplingUnits } from '../outcomes/input.ts';
import type { HumanReference, LabelMatrix } from '../labels/labels.ts';
import { countPairs, type PairCounts } from '../raters/pair-counts.ts';
import type { SoftmaxSums } from '../labels/softmax.ts';
import type { PairUnits } from '../outcomes/units.ts';

/** Pair tables and sums that are kept, the newest ones. */
const mostTables = 12;
/** Other values that are kept, those used last. */
const mostValues = 4000;
/** Analyses of a group or of all people may be large: half a million pairs of raters in each. */
const mostLargeValues = 16;

/** A box, because a value may be null. */
type Values = LRUCache<string, { readonly value: unknown }>;

function valueIn<T>(values: Values, key: string | null, compute: () => T): T {
  if (key === null) return compute();
  const known = values.get(key);
  if (known) return known.value as T;
  const value = compute();
  values.set(key, { value });
  return value;
}

interface RememberedSums {
  readonly keys: ReadonlySet<string>;
  readonly sums: SoftmaxSums;
}

/**
 * Results kept between analyses, so that a new model or labeler costs only its own work. Keys are hashes of the
 * content: a memo never changes a result and may be thrown away at any time.
 */
export class Memo {
  readonly #values: Values;
  readonly #largeValues: Values;
  readonly #pairs: { keys: readonly string[]; counts: PairCounts }[] = [];
  readonly #sums: RememberedSums[] = [];

  /** @param most number of small values that are kept. */
  constructor(most = mostValues) {
    this.#values = new LRUCache({ max: most });
    this.#largeValues = new LRUCache({ max: mostLargeValues });
  }

  /** The value kept under a key, or computed and kept. Key null: computed, not kept. */
  value<T>(key: string | null, compute: () => T): T {
    return valueIn(this.#values, key, compute);
  }

  largeValue<T>(key: string | null, compute: () => T): T {
    return valueIn(this.#largeValues, key, compute);
  }

  /** Counts of all pairs of raters; pairs counted before are reused. `keys`: one for each rater, or null. */
  pairs(keys: readonly string[] | null, matrix: LabelMatrix): PairCounts {
    if (!keys || new Set(keys).size !== keys.length) return countPairs(matrix);
    const common = this.#pairs.map(({ keys: known }) => overlap(known, keys));
    const best = common.reduce((top, shared, index) => (shared > (common[top] ?? 0) ? index : top), 0);
    const known = this.#pairs[best];
    const places = new Map(known?.keys.map((key, index) => [key, index]));
    const counts = countPairs(matrix, known && { counts: known.counts, at: keys.map((key) => places.get(key) ?? -1) });
    remember(this.#pairs, { keys, counts });
    return counts;
  }

  /** A copy of the largest kept sums over some of these models; null: none. */
  largestSums(keys: readonly string[] | null): RememberedSums | null {
    if (!keys) return null;
    const wanted = new Set(keys);
    if (wanted.size !== keys.length) return null;
    const parts = this.#sums.filter((known) => [...known.keys].every((key) => wanted.has(key)));
    const [largest] = parts.sort((a, b) => b.keys.size - a.keys.size);
    if (!largest) return null;
    const { models, softmax, entropy } = largest.sums;
    return { keys: largest.keys, sums: { models, softmax: softmax.copy(), entropy: entropy.copy() } };
  }

  rememberSums(keys: readonly string[] | null, sums: SoftmaxSums): void {
    if (keys && new Set(keys).size === keys.length) remember(this.#sums, { keys: new Set(keys), sums });
  }
}

function overlap(known: readonly string[], keys: readonly string[]): number {
  const set = new Set(known);
  return keys.filter((key) => set.has(key)).length;
}

function remember<T>(list: T[], item: T): void {
  list.unshift(item);
  list.length = Math.min(list.length, mostTables);
}

export interface Context {
  readonly input: OrderedInput;
  readonly humans: HumanCounts;
  /** What scores of networks refer to. Empty where answers give no shares. */
  readonly reference: HumanReference;
  /** True class of each image, which says who is right; null: unknown, and the majority does. */
  readonly truth: Int16Array | null;
  /** The right label of each image for who errs: the true class or the majority, or `missing`. */
  readonly errorReference: Int16Array;
  readonly pairs: readonly PairRow[];
  readonly units: ResamplingUnits;
  readonly memo: Memo;
  /** Whether the bootstrap and tests of metrics.md 8 are requested. */
  readonly resampling: boolean;
  /** Whether intervals for reading (metrics.md 13) are requested. */
  readonly intervals: boolean;
  /** For whom intervals are to hold. */
  readonly claim: ClaimChoice;
  /** Types are requested as they would be if so many people had been asked; null: they are not. */
  readonly asked: number | null;
  /** Pairs as units of intervals, and who shares an anchor. */
  readonly claimUnits: PairUnits;
  /** Key of images and labelers; null: the input has no keys. */
  readonly humansKey: string | null;
}

/** One key of several parts. */
export function hashKey(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
