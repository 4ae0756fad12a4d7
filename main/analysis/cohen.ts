import type { PairCounts } from './pair-counts.ts';
import { eachPair } from './pair-index.ts';
import { PairTable } from './pair-table.ts';
import { spread, type Spread } from './spread.ts';

export type CohenColumn = 'n' | 'p_obs' | 'p_exp' | 'kappa';

/** Cohen's kappa of every pair of raters. */
export interface Cohen {
  pairs: PairTable<CohenColumn>;
  /** Over the pairs that have one. */
  kappa: Spread;
  /** Pairs without: no shared image, or both constant at the same label. */
  n_null: number;
}

/**
 * kappa = (p_o - p_e) / (1 - p_e), with p_e = sum_k p_ak p_bk, on the n images that both have labelled; -1..1
 * (Cohen 1960; metrics.md 3). NaN without a shared image, or when p_e = 1, which is tested with integers: sum_k c_ak
 * c_bk = n^2. One constant rater gives 0.
 */
export function cohenKappa(n: number, same: number, chance: number): number {
  if (n === 0 || chance === n * n) return Number.NaN;
  const expected = chance / (n * n);
  return (same / n - expected) / (1 - expected);
}

export function cohen(names: readonly string[], { raters, shared, same, chance }: PairCounts): Cohen {
  const pairs = { a: new Uint32Array(shared.length), b: new Uint32Array(shared.length) };
  const columns = {
    n: Float64Array.from(shared),
    p_obs: new Float64Array(shared.length),
    p_exp: new Float64Array(shared.length),
    kappa: new Float64Array(shared.length),
  };
  eachPair(raters, (a, b, index) => {
    const n = shared[index]!;
    pairs.a[index] = a;
    pairs.b[index] = b;
    // 0 / 0 is NaN, which stands for null.
    columns.p_obs[index] = same[index]! / n;
    columns.p_exp[index] = chance[index]! / (n * n);
    columns.kappa[index] = cohenKappa(n, same[index]!, chance[index]!);
  });
  const table = new PairTable({ a: names, b: names }, pairs, columns);
  const kappa = spread(table.values('kappa'));
  return { pairs: table, kappa, n_null: table.length - kappa.n };
}
