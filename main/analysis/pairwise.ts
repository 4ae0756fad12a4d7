import type { PairCounts } from './pair-counts.ts';
import { percent, spread, type Spread } from './spread.ts';

/**
 * Pairwise disagreement of raters in percent (metrics.md 2.2 for models, 2.3 for people): for each unordered pair,
 * 100 * #{labels differ} / #{images where both are present}; spread over the pairs. A pair that shares no image is
 * dropped.
 */
export function pairwiseDisagreementPct({ shared, same }: PairCounts): Spread {
  return spread(percents(shared, same));
}

function* percents(shared: Uint32Array, same: Uint32Array): Generator<number | null> {
  for (let pair = 0; pair < shared.length; pair++) yield percent(shared[pair]! - same[pair]!, shared[pair]!);
}
