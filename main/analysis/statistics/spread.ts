/** Mean and spread of a list of numbers. All null when it is empty; never NaN. */
export interface Spread {
  mean: number | null;
  /** Population standard deviation (ddof 0), the primary one. */
  std: number | null;
  /** Sample standard deviation (ddof 1); null for fewer than two values. */
  std_ddof1: number | null;
  /** How many values there were; nulls do not count. */
  n: number;
}

/**
 * `spread(x)` of metrics.md 0: nulls are dropped; mean = sum(x) / n; std = sqrt(sum((x - mean)^2) / (n - ddof)), in two
 * passes, because the one-pass formula loses digits when the values are close to each other.
 * The paper's Table 5 is attainable with ddof 0 only (GRIM/GRIMMER, metrics.md 0).
 */
export function spread(values: Iterable<number | null>): Spread {
  const present: number[] = [];
  for (const value of values) if (value !== null) present.push(value);
  return spreadOfStream(present.length, (add) => present.forEach(add));
}

/**
 * Mean and deviations of numbers that are too many to list: `each` calls `add` with every one of the `n` values, and is run
 * twice, once for the mean and once for the squares.
 */
export function spreadOfStream(n: number, each: (add: (value: number) => void) => void): Spread {
  if (n === 0) return { mean: null, std: null, std_ddof1: null, n: 0 };
  let sum = 0;
  each((value) => (sum += value));
  const mean = sum / n;
  let squares = 0;
  each((value) => (squares += (value - mean) ** 2));
  return { mean, std: Math.sqrt(squares / n), std_ddof1: n < 2 ? null : Math.sqrt(squares / (n - 1)), n };
}

/** A record of one value for each name. */
export function byName<Name extends string, T>(names: readonly Name[], of: (name: Name) => T): Record<Name, T> {
  return Object.fromEntries(names.map((name) => [name, of(name)])) as Record<Name, T>;
}

/** 100 * part / whole, or null when there is no whole. */
export function percent(part: number, whole: number): number | null {
  return whole === 0 ? null : (100 * part) / whole;
}

/** Quantile q of ascending values with linear interpolation (type 7: h = (n - 1) q); null without values. */
export function quantile(sorted: ArrayLike<number>, q: number): number | null {
  if (sorted.length === 0) return null;
  const h = (sorted.length - 1) * q;
  const below = Math.floor(h);
  const lower = sorted[below]!;
  const upper = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return lower + (h - below) * (upper - lower);
}
