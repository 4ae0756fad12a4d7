import { bootstrap, meanOver } from './intervals.ts';
import type { Bootstrap, CorrectedInterval, Interval, Units, UnitStatistic } from './intervals.ts';
import type { Context } from './context.ts';
import type { GroupView } from './group-view.ts';
import type { ClassifiedImages, ImageClass } from './image-types.ts';
import { imageCounts } from './labels.ts';
import { type ResamplingUnits, unitsWhere } from './input.ts';
import { byName } from './spread.ts';

const modelStatisticNames = [
  'type_a_pct',
  'type_c_pct',
  'nn_disagree_pct',
  'misclassified_per_model_pct',
  'pairwise_disagreement_pct',
  'js_bits',
] as const;
export type ModelStatistic = (typeof modelStatisticNames)[number];

/** Statistics with an interval for reading: also the other cells of Table 1 and those of any model of the group. */
export type ShownStatistic =
  | ModelStatistic
  | 'type_b_pct'
  | 'both_disagree_pct'
  | 'both_agree_pct'
  | 'exception_pct'
  | 'misclassified_across_pct'
  | 'all_disagree_pct';

/** A statistic without units to resample, e.g. types without people, has no interval. */
export type ShownIntervals = Partial<Record<ShownStatistic, CorrectedInterval>>;

type ByUnit<T> = Record<'image' | 'pair', T>;

/** Percent of the pairs of models whose labels of an image differ. Undefined for fewer than two models. */
export function pairsThatDiffer({ counts, group }: GroupView, image: number): number {
  const models = group.members.length;
  const same = imageCounts(counts, image).reduce((sum, count) => sum + count * (count - 1), 0);
  return 100 * (1 - same / (models * (models - 1)));
}

/**
 * Intervals of a group of two models or more. `bootstrap`: those of metrics.md 8, all of which draw determined images.
 * `intervals`: for reading, each resampling the images that its value is about: all N images for models alone
 * (metrics.md 2.2), images with a label for the divergence (metrics.md 5), determined images for the rest.
 */
export function groupIntervals(
  view: GroupView,
  { units, pairs }: Context,
): { bootstrap: ByUnit<Record<ModelStatistic, Interval> | null>; intervals: ByUnit<ShownIntervals> } {
  const { images } = view.counts;
  const labelled = unitsWhere(pairs, images, (image) => view.distances.js_bits[image] !== null);
  const all = unitsWhere(pairs, images, () => true);
  const of = (unit: 'image' | 'pair') => {
    const determined = drawing(units[unit], { ...ofTypes(view), ...ofModels(view), ...ofDivergence(view) });
    // Where all images are determined the draws are the same.
    const again = <Name extends ShownStatistic>(
      values: Record<Name, Value>,
      { image, [unit]: drawn }: ResamplingUnits,
    ) => (image.length === units.image.length ? {} : drawing(drawn, values)?.corrected);
    return {
      spec: determined && specIntervals(determined),
      shown: { ...determined?.corrected, ...again(ofDivergence(view), labelled), ...again(ofModels(view), all) },
    };
  };
  const [image, pair] = [of('image'), of('pair')];
  return { bootstrap: { image: image.spec, pair: pair.spec }, intervals: { image: image.shown, pair: pair.shown } };
}

type Value = (image: number) => number;

function drawing<Name extends ShownStatistic>(units: Units, values: Record<Name, Value>): Bootstrap<Name> | null {
  const images = units.flat().reduce((most, image) => Math.max(most, image + 1), 0);
  const over = (value: Value): UnitStatistic => {
    const list = Float64Array.from({ length: images }, (_, image) => value(image));
    return meanOver(units, list);
  };
  const names = Object.keys(values) as Name[];
  return bootstrap(
    units.length,
    byName(names, (name) => over(values[name])),
  );
}

/** The statistics of metrics.md 8, the only ones in its layout. */
function specIntervals({ percentile }: Bootstrap<ModelStatistic>): Record<ModelStatistic, Interval> {
  return byName(modelStatisticNames, (name) => percentile[name]);
}

/** Statistics that need the type of each image. */
function ofTypes({ classified, wrongShare, group }: GroupView) {
  const isClass = (name: ImageClass) => (image: number) => (classified.classes[image] === name ? 100 : 0);
  return {
    type_a_pct: isClass('type_a'),
    type_c_pct: isClass('type_c'),
    nn_disagree_pct: (image: number) => (group.votes.distinct[image]! > 1 ? 100 : 0),
    misclassified_per_model_pct: (image: number) => 100 * wrongShare[image]!,
    type_b_pct: (image: number) => (isTypeB(classified, image) ? 100 : 0),
    both_disagree_pct: isClass('both_disagree'),
    both_agree_pct: isClass('both_agree'),
    exception_pct: (image: number) => (classified.exception[image] ? 100 : 0),
    misclassified_across_pct: (image: number) => (wrongShare[image]! > 0 ? 100 : 0),
  };
}

/** Statistics of models alone. */
const ofModels = (view: GroupView) => ({
  pairwise_disagreement_pct: (image: number) => pairsThatDiffer(view, image),
  all_disagree_pct: (image: number) => (view.group.votes.distinct[image]! > 1 ? 100 : 0),
});

/** Only images with a label are drawn, and these have a divergence. */
const ofDivergence = ({ distances }: GroupView) => ({ js_bits: (image: number) => distances.js_bits[image] ?? 0 });

function isTypeB({ classes, exception }: ClassifiedImages, image: number): boolean {
  const name = classes[image];
  return name === 'both_disagree' || (name === 'both_agree' && exception[image] !== true);
}
