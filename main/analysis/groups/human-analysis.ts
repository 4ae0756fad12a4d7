import {
  addKrippendorff,
  alphaFromSums,
  cohen,
  type Cohen,
  fleissKappa,
  krippendorffAlpha,
} from '../raters/agreement.ts';
import type { ClaimSide } from '../claims/claims.ts';
import { type AnalysisPart, statisticsOf, withFields } from './analysis-part.ts';
import type { Context } from './context.ts';
import { labeledPeople, type ShownIntervals, shownIntervals } from './group-intervals.ts';
import { describeHumans, type HumanCounts, type HumanLabels } from '../raters/humans.ts';
import {
  bootstrap,
  type Interval,
  meanOver,
  undefinedStatistic,
  type Units,
  type UnitStatistic,
} from '../statistics/intervals.ts';
import { type NeededOfPeople, whyNotOfKind } from '../../domain/results/response-kinds.ts';
import { GroupJackknife } from '../claims/jackknife.ts';
import { imageCounts, type LabelCounts } from '../labels/labels.ts';

export type HumanStatistic = 'disagree_pct' | 'krippendorff_alpha';

/** All about people alone: metrics.md 1, 2.3, 3, 7 and 8. */
export interface HumanAnalysis extends HumanLabels {
  fleiss_kappa: number | null;
  krippendorff_alpha: number | null;
  /** Null: nobody knows who gave which label. */
  cohen: Cohen | null;
  /** By resampling images, or pairs. Null without units. */
  bootstrap: Record<'image' | 'pair', Record<HumanStatistic, Interval> | null>;
  /** For reading: under the chosen claim. Null when it was not asked for. Not in the layout of metrics.md 11. */
  intervals: ShownIntervals<(typeof humanValues)[number]> | null;
}

/** Values of people alone that are shown with an interval. */
const humanValues = ['human_disagree_pct', 'krippendorff_alpha', 'fleiss_kappa'] as const;

const neededBy: Record<Exclude<(typeof humanValues)[number], 'human_disagree_pct'>, NeededOfPeople> = {
  krippendorff_alpha: 'single',
  fleiss_kappa: 'fleiss',
};

/** @param parts what contributions add */
export function analyzeHumans(context: Context, parts: readonly AnalysisPart[] = []): HumanAnalysis {
  const { input, humans, units, memo, resampling } = context;
  const { labelers, keys } = input;
  const pairKeys = keys?.labelers.map((key) => `${keys.images} ${key}`) ?? null;
  const pairs = humans.labels && memo.pairs(pairKeys, humans.labels);
  const { kind, counts } = humans;
  const drawing = (of: Units) => (resampling ? bootstrap(of.length, statistics(of, humans)) : null);
  const values = humanValues.filter(
    (value) => value === 'human_disagree_pct' || whyNotOfKind(kind, neededBy[value]) === null,
  );
  const analysis: HumanAnalysis = {
    ...describeHumans(humans, labelers, pairs),
    fleiss_kappa: counts && whyNotOfKind(kind, 'fleiss') === null ? fleissKappa(counts) : null,
    krippendorff_alpha: counts && krippendorffAlpha(counts),
    cohen: pairs && cohen(labelers, pairs),
    bootstrap: { image: drawing(units.image), pair: drawing(units.pair) },
    intervals: context.intervals
      ? shownIntervals([...values, ...statisticsOf(parts, 'people', context)], peopleSide(context), context.claim)
      : null,
  };
  return withFields(
    analysis,
    parts.flatMap(({ people }) => people),
    context,
  );
}

/** People alone, as claims need them. */
function peopleSide({ input, humans, claimUnits }: Context): ClaimSide {
  const { images, classes } = humans.votes;
  const networks = { raters: 0, images, classes, values: new Int16Array() };
  const people = labeledPeople(humans, input.people, false);
  const jackknife = new GroupJackknife(
    { images: input.images, people, networks, blocks: [], readSoftmax: null },
    claimUnits,
  );
  return { jackknife, sample: false };
}

function statistics(units: Units, { tally, counts }: HumanCounts): Record<HumanStatistic, UnitStatistic> {
  const disagree = Float64Array.from(tally.distinct, (labels) => (labels > 1 ? 100 : 0));
  return {
    disagree_pct: meanOver(units, disagree),
    krippendorff_alpha: counts ? alphaOver(units, counts) : undefinedStatistic,
  };
}

/** Krippendorff’s alpha of the images of a resample. */
function alphaOver(units: Units, counts: LabelCounts): UnitStatistic {
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
