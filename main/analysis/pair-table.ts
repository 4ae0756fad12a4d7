/**
 * A number for each of many pairs, kept in columns: half a million pairs as objects would need hundreds of megabytes.
 * As JSON it is the list of objects of metrics.md 11. NaN in a column stands for null, and leaves this class as null.
 */
export class PairTable<Column extends string> {
  /** Names of the raters that `a` and `b` point into. */
  readonly namesA: readonly string[];
  readonly namesB: readonly string[];
  readonly a: Uint32Array;
  readonly b: Uint32Array;
  readonly columns: Readonly<Record<Column, Float64Array>>;

  constructor(
    names: { a: readonly string[]; b: readonly string[] },
    pairs: { a: Uint32Array; b: Uint32Array },
    columns: Record<Column, Float64Array>,
  ) {
    this.namesA = names.a;
    this.namesB = names.b;
    this.a = pairs.a;
    this.b = pairs.b;
    this.columns = columns;
  }

  get length(): number {
    return this.a.length;
  }

  value(column: Column, pair: number): number | null {
    const value = this.columns[column][pair]!;
    return Number.isNaN(value) ? null : value;
  }

  /** The pairs for which `holds`; raters of either side are numbered from `first` on. Names are left as they are. */
  where(holds: (a: number, b: number) => boolean, first: { a: number; b: number }): PairTable<Column> {
    const kept = Uint32Array.from([...this.a.keys()].filter((pair) => holds(this.a[pair]!, this.b[pair]!)));
    const names = { a: this.namesA.slice(first.a), b: this.namesB.slice(first.b) };
    const pairs = {
      a: kept.map((pair) => this.a[pair]! - first.a),
      b: kept.map((pair) => this.b[pair]! - first.b),
    };
    const columns = Object.entries<Float64Array>(this.columns).map(([name, values]) => [
      name,
      Float64Array.from(kept, (pair) => values[pair]!),
    ]);
    return new PairTable(names, pairs, Object.fromEntries(columns) as Record<Column, Float64Array>);
  }

  /** All values of a column, in the order of the pairs. */
  *values(column: Column): Generator<number | null> {
    for (let pair = 0; pair < this.length; pair++) yield this.value(column, pair);
  }

  row(pair: number): { a: string; b: string } & Record<Column, number | null> {
    const numbers = Object.keys(this.columns).map((column) => [column, this.value(column as Column, pair)]);
    const values = Object.fromEntries(numbers) as Record<Column, number | null>;
    return { a: this.namesA[this.a[pair]!]!, b: this.namesB[this.b[pair]!]!, ...values };
  }

  *[Symbol.iterator](): Generator<{ a: string; b: string } & Record<Column, number | null>> {
    for (let pair = 0; pair < this.length; pair++) yield this.row(pair);
  }

  toJSON(): ({ a: string; b: string } & Record<Column, number | null>)[] {
    return [...this];
  }
}
