import type { CrossedPart } from '../../../analysis/claims/index.ts';
import { type PairUnits, unitVariance } from '../../../analysis/outcomes/index.ts';

/** Values `[row][pair]`, a row for each block, stratum or labeler. */
export type Rows = Float64Array[];

export function meansOfPairs(pairs: PairUnits['pairs'], value: (image: number) => number): Float64Array {
  const means = new Float64Array(pairs.length);
  for (let pair = 0; pair < pairs.length; pair++) {
    const images = pairs[pair]!;
    let sum = 0;
    for (const image of images) sum += value(image);
    means[pair] = sum / images.length;
  }
  return means;
}

/** Adds `by` times the row to the sum. */
export function addScaled(sum: Float64Array, row: Float64Array, by: number): void {
  for (let pair = 0; pair < sum.length; pair++) sum[pair]! += by * row[pair]!;
}

export function sumOf(rows: Rows): Float64Array {
  const sum = new Float64Array(rows[0]?.length ?? 0);
  for (const row of rows) addScaled(sum, row, 1);
  return sum;
}

export function meanRow(rows: Rows): Float64Array {
  const sum = sumOf(rows);
  const by = 1 / rows.length;
  for (let pair = 0; pair < sum.length; pair++) sum[pair]! *= by;
  return sum;
}

export function weightedMean(w: Float64Array, row: Float64Array): number {
  let sum = 0;
  for (let pair = 0; pair < row.length; pair++) sum += w[pair]! * row[pair]!;
  return sum / row.length;
}

/**
 * V_R and V_I (or V_L and V_J) of one class of blocks: `rows` holds x_bp. V_I also as if pairs did not share:
 * `independent`, by units that say so.
 */
export function crossed(
  units: PairUnits,
  independent: PairUnits,
  w: Float64Array,
  rows: Rows,
): CrossedPart & { independent: number } {
  const count = rows.length;
  const totals = rows.map((row) => weightedMean(w, row));
  const total = totals.reduce((sum, t) => sum + t, 0) / count;
  const mean = meanRow(rows);
  const scale = (count - 1) * count;
  const rest = rows.map((row, b) => {
    const off = new Float64Array(row.length);
    for (let p = 0; p < row.length; p++) off[p] = w[p]! * (row[p]! - totals[b]! - (mean[p]! - total));
    return off;
  });
  const overlap = unitVariance(units, rest) ?? 0;
  const apart = independent === units ? overlap : (unitVariance(independent, rest) ?? 0);
  return {
    own: totals.reduce((sum, t) => sum + (t - total) ** 2, 0) / scale,
    overlap: overlap / scale,
    independent: apart / scale,
    count,
  };
}
