import { kept } from '../../domain/numbers/arrays.ts';
import { studentQuantile } from './distributions.ts';

/** Numbers of rows that stand together: mean, spread, and how sure the mean is. */
export interface MeanOfRows {
  /** Rows that have the number. */
  n: number;
  mean: number;
  /** Sample standard deviation (n - 1); null for one row. */
  sd: number | null;
  /** The 95 % interval of the mean by Student's t, rows being independent; null for fewer than three. */
  lo: number | null;
  hi: number | null;
}

/** What a row is grouped by: a number, a text, or nothing of the kind. */
export type GroupKey = string | number | null;

export interface GroupOfRows<Column extends string> {
  key: GroupKey;
  /** Which rows, by their place in the given order, which they keep. */
  rows: Int32Array;
  /** Left out: no row of the group has the number. */
  means: Partial<Record<Column, MeanOfRows>>;
}

interface Rows<Column extends string> {
  keys: readonly GroupKey[];
  /** A number of each row; NaN: it has none. */
  columns: ReadonlyMap<Column, ArrayLike<number>>;
}

/** How groups are sorted: by the mean of a column, else by their keys. */
export interface GroupOrder<Column extends string> {
  by: Column | 'key';
  descending: boolean;
  /** What keys are called, where their names decide. */
  nameOf?: (key: string) => string;
}

/** With fewer rows a mean has no interval: nothing could be seen of how they are distributed. */
export const fewestForInterval = 3;

/** Rows by their keys. Groups without a key, or without the number that they are sorted by, come last. */
export function groupRows<Column extends string>(
  { keys, columns }: Rows<Column>,
  order: GroupOrder<Column>,
): GroupOfRows<Column>[] {
  const { found, groupOf, counts } = numbered(keys);
  const members = sorted(groupOf, counts);
  const groups = found.map((key, at): GroupOfRows<Column> => ({ key, rows: members[at]!, means: {} }));
  for (const [name, values] of columns) {
    means(groupOf, counts.length, values).forEach((mean, at) => {
      if (mean !== null) groups[at]!.means[name] = mean;
    });
  }
  return groups.sort(comparing(order));
}

/** The different keys, which one each row has, and how many have it. */
function numbered(keys: readonly GroupKey[]): { found: GroupKey[]; groupOf: Int32Array; counts: number[] } {
  const places = new Map<GroupKey, number>();
  const counts: number[] = [];
  const groupOf = Int32Array.from(keys, (key) => {
    const known = places.get(key) ?? counts.length;
    if (known === counts.length) {
      places.set(key, known);
      counts.push(0);
    }
    counts[known]! += 1;
    return known;
  });
  return { found: [...places.keys()], groupOf, counts };
}

function sorted(groupOf: Int32Array, counts: readonly number[]): Int32Array[] {
  const members = counts.map((count) => new Int32Array(count));
  const filled = new Int32Array(counts.length);
  groupOf.forEach((group, row) => (members[group]![filled[group]!++] = row));
  return members;
}

/** In two passes, because the one-pass formula loses digits when the values are close to each other. */
function means(groupOf: Int32Array, count: number, values: ArrayLike<number>): (MeanOfRows | null)[] {
  const [n, mean, squares] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
  for (let row = 0; row < groupOf.length; row++) {
    const value = values[row]!;
    if (Number.isNaN(value)) continue;
    n[groupOf[row]!]! += 1;
    mean[groupOf[row]!]! += value;
  }
  for (let group = 0; group < count; group++) mean[group]! /= n[group]!;
  for (let row = 0; row < groupOf.length; row++) {
    const value = values[row]!;
    if (!Number.isNaN(value)) squares[groupOf[row]!]! += (value - mean[groupOf[row]!]!) ** 2;
  }
  return Array.from(n, (rows, group) => (rows === 0 ? null : meanOf(rows, mean[group]!, squares[group]!)));
}

function meanOf(n: number, mean: number, squares: number): MeanOfRows {
  const sd = n < 2 ? null : Math.sqrt(squares / (n - 1));
  if (sd === null || n < fewestForInterval) return { n, mean, sd, lo: null, hi: null };
  const half = (quantileFor(n) * sd) / Math.sqrt(n);
  return { n, mean, sd, lo: mean - half, hi: mean + half };
}

/** Groups often have the same size. */
const quantiles = new Map<number, number>();
const quantileFor = (n: number): number => kept(quantiles, n, () => studentQuantile(0.975, n - 1));

/** Made when first needed, as reading the data of a locale takes time. */
let names: Intl.Collator | undefined;

function comparing<Column extends string>({ by, descending, nameOf = (key) => key }: GroupOrder<Column>) {
  const sign = descending ? -1 : 1;
  const compareKeys = (a: GroupKey, b: GroupKey): number => {
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    const text = (key: string | number): string => (typeof key === 'string' ? nameOf(key) : String(key));
    if (a === null || b === null) return 0;
    names ??= new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
    return names.compare(text(a), text(b));
  };
  return (one: GroupOfRows<Column>, other: GroupOfRows<Column>): number => {
    if ((one.key === null) !== (other.key === null)) return one.key === null ? 1 : -1;
    const byKey = compareKeys(one.key, other.key);
    if (by === 'key') return sign * byKey;
    const [a, b] = [one.means[by]?.mean, other.means[by]?.mean];
    if (a === undefined || b === undefined) return a === b ? byKey : a === undefined ? 1 : -1;
    return sign * (a - b) || byKey;
  };
}
