/**
 * @param labels `[network][image]`
 * @param reference the reference classifier's label of each image
 */
export function drawMeasures(
  labels: ArrayLike<number>,
  reference: ArrayLike<number>,
  networks: number,
  classes: number,
): DrawMeasures {
  const images = reference.length;
  const counts = new Uint32Array(classes);
  let [equalPairs, mixed, fromReference] = [0, 0, 0];
  for (let image = 0; image < images; image++) {
    counts.fill(0);
    for (let network = 0; network < networks; network++) {
      const label = labels[network * images + image]!;
      counts[label]!++;
      if (label !== reference[image]) fromReference++;
    }
    let most = 0;
    for (const count of counts) {
      equalPairs += (count * (count - 1)) / 2;
      most = Math.max(most, count);
    }
    if (most < networks) mixed++;
  }
  const pairs = (images * networks * (networks - 1)) / 2;
  return {
    pairwise_disagreement_pct: networks < 2 ? null : (100 * (pairs - equalPairs)) / pairs,
    any_differ_pct: networks < 2 ? null : (100 * mixed) / images,
    reference_differs_pct: (100 * fromReference) / (images * networks),
  };
}

/** How a measure is distributed over draws. Quantiles as metrics.md 0 defines them (type 7 of Hyndman and Fan 1996). */
export interface DrawSpread {
  readonly draws: number;
  readonly mean: number;
  /** Standard deviation with n - 1; null for one draw. */
  readonly std: number | null;
  readonly min: number;
  /** 2.5, 25, 50, 75 and 97.5 %. */
  readonly quantiles: readonly [number, number, number, number, number];
  readonly max: number;
}

/** Null without draws. */
export function drawSpread(values: readonly number[]): DrawSpread | null {
  const sorted = [...values].sort((a, b) => a - b);
  const draws = sorted.length;
  if (draws === 0) return null;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / draws;
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const quantile = (share: number): number => {
    const place = share * (draws - 1);
    const low = Math.floor(place);
    const [a, b] = [sorted[low]!, sorted[Math.min(low + 1, draws - 1)]!];
    return a + (place - low) * (b - a);
  };
  return {
    draws,
    mean,
    min: sorted[0]!,
    max: sorted[draws - 1]!,
    std: draws < 2 ? null : Math.sqrt(squares / (draws - 1)),
    quantiles: [quantile(0.025), quantile(0.25), quantile(0.5), quantile(0.75), quantile(0.975)],
  };
}

/** Where a value lies among draws: percent of the draws below it, equal ones counted half. Null without draws. */
export function percentileAmong(values: readonly number[], value: number): number | null {
  if (values.length === 0) return null;
  // Shares of images are computed in different orders; 1e-9 percent apart is the same count.
  const below = values.filter((other) => other < value - 1e-9).length;
  const equal = values.filter((other) => Math.abs(other - value) <= 1e-9).length;
  return (100 * (below + equal / 2)) / values.length;
}
import type { DrawMeasures } from '../contract/task.ts';
