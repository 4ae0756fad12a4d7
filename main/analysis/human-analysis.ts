import { bootstrap, meanOver } from './intervals.ts';
import type { CorrectedInterval, Interval, Units, UnitStatistic } from './intervals.ts';
import { addKrippendorff, alphaFromSums, cohen, type Cohen, fleissKappa, krippendorffAlpha } from './agreement.ts';
import type { Context } from './context.ts';
import { humanConsistency, type ErrorConsistency } from './error-consistency.ts';
import { describeHumans, type HumanLabels } from './humans.ts';
import { imageCounts, type LabelCounts } from './labels.ts';
import type { PairFlips } from './flip-point.ts';

export type HumanStatistic = 'disagree_pct' | 'krippendorff_alpha';

/** All about people alone: metrics.md 1, 2.3, 3, 7 and 8. */
export interface HumanAnalysis extends HumanLabels {
  fleiss_kappa: number | null;
  krippendorff_alpha: number | null;
  cohen: Cohen;
  /** Between people; the majority of all others is the reference of a pair. */
  error_consistency: ErrorConsistency;
  alpha_star: Record<string, PairFlips>;
  /** By resampling images, or pairs, which gives the cautious intervals. Null without units. */
  bootstrap: Record<'image' | 'pair', Record<HumanStatistic, Interval> | null>;
  /** The same for reading: corrected for few units. Not in the layout of metrics.md 11. */
  intervals: Record<'image' | 'pair', Record<HumanStatistic, CorrectedInterval> | null>;
}

export function analyseHumans({ input, humans, units, humanFlips, memo, resampling }: Context): HumanAnalysis {
  const { labelers, keys } = input;
  const pairKeys = keys?.labelers.map((key) => `${keys.images} ${key}`) ?? null;
  const pairs = memo.pairs(pairKeys, humans.labels);
  const drawing = (of: Units) => (resampling ? bootstrap(of.length, statistics(of, humans.counts)) : null);
  const [byImage, byPair] = [drawing(units.image), drawing(units.pair)];
  return {
    ...describeHumans(humans, labelers, pairs),
    fleiss_kappa: fleissKappa(humans.counts),
    krippendorff_alpha: krippendorffAlpha(humans.counts),
    cohen: cohen(labelers, pairs),
    error_consistency: humanConsistency(humans.labels, labelers),
    alpha_star: humanFlips,
    bootstrap: { image: byImage?.percentile ?? null, pair: byPair?.percentile ?? null },
    intervals: { image: byImage?.corrected ?? null, pair: byPair?.corrected ?? null },
  };
}

function statistics(units: Units, counts: LabelCounts): Record<HumanStatistic, UnitStatistic> {
  const disagree = Float64Array.from({ length: counts.images }, (_, image) => {
    return imageCounts(counts, image).filter((count) => count > 0).length > 1 ? 100 : 0;
  });
  return { disagree_pct: meanOver(units, disagree), krippendorff_alpha: alphaOver(units, counts) };
}

/** Krippendorff’s alpha of the images of a resample. */
export function alphaOver(units: Units, counts: LabelCounts): UnitStatistic {
  const width = counts.classes + 1;
  const parts = units.map((images) => {
    const sums = new Float64Array(width);
    for (const image of images) addKrippendorff(sums, imageCounts(counts, image));
    return sums;
  });
  const all = new Float64Array(width);
  for (const part of parts) addTo(all, part, 1);
  const total = new Float64Array(width);
  return {
    of(drawn) {
      total.fill(0);
      for (let at = 0; at < drawn.length; at++) addTo(total, parts[drawn[at]!]!, 1);
      return alphaFromSums(total);
    },
    without(unit) {
      total.set(all);
      addTo(total, parts[unit]!, -1);
      return alphaFromSums(total);
    },
  };
}

function addTo(total: Float64Array, part: Float64Array, times: 1 | -1): void {
  for (let k = 0; k < total.length; k++) total[k]! += times * part[k]!;
}
