import { bootstrap, meanOver, type Units } from './bootstrap.ts';
import type { CorrectedInterval } from './corrected-interval.ts';
import type { GroupView } from './group-view.ts';
import { canDisagree } from './image-classes.ts';
import { countsOf } from './label-counts.ts';
import type { PairRow } from './units.ts';

export type NetworkStatistic = 'pairwise_disagreement_pct' | 'all_disagree_pct';

/** Percent of the pairs of models whose labels of an image differ. Undefined for fewer than two models. */
export function pairsThatDiffer({ counts, group }: GroupView, image: number): number {
  const models = group.members.length;
  const same = countsOf(counts, image).reduce((sum, count) => sum + count * (count - 1), 0);
  return 100 * (1 - same / (models * (models - 1)));
}

/**
 * Intervals of what concerns models alone, with all N images to draw from, as its values have (SPEC
 * 2.2): where some image is undetermined, the intervals of an analysis, which draw determined images, are of another
 * number. Where none is, they are the same. Null for fewer than two models.
 */
export function networkIntervals(
  view: GroupView,
  pairs: readonly PairRow[],
): Record<'image' | 'pair', Record<NetworkStatistic, CorrectedInterval> | null> | null {
  if (!canDisagree(view.group)) return null;
  const images = [...view.group.votes.distinct.keys()];
  const differ = Float64Array.from(images, (image) => pairsThatDiffer(view, image));
  const split = view.group.votes.distinct;
  const all = Float64Array.from(images, (image) => (split[image]! > 1 ? 100 : 0));
  const of = (units: Units) =>
    bootstrap(units.length, {
      pairwise_disagreement_pct: meanOver(units, differ),
      all_disagree_pct: meanOver(units, all),
    })?.corrected ?? null;
  return { image: of(images.map((image) => [image])), pair: of(pairs.map((row) => row.images)) };
}
