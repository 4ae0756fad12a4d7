import { imageCounts, type LabelSet, tallyCounts } from '../../analysis/labels/index.ts';
import { allAmong, type ModelGroup } from '../../analysis/outcomes/index.ts';
import { describeImages, disagreePct, type HumanStatus, viewHumans } from '../../analysis/raters/index.ts';
import { splitVotes } from '../../analysis/responses/index.ts';
import { strictTypes } from '../answers/analysis/abstaining.ts';
import { coveredPct, type DescribedSets, describeSets } from '../answers/analysis/sets.ts';
import { percent } from '../../analysis/statistics/index.ts';

/** Answers that are sets of classes (metrics.md 14.3). Lists follow the order of images. */
export interface SetResponses extends DescribedSets {
  n_people: number[];
  /** Split vote: each person's vote is shared out among the classes named. [image][class]. */
  q: (number[] | null)[];
  entropy_bits: (number | null)[];
  certainty_pct: (number | null)[];
  majority_label: (number | null)[];
  /** agree: all named the same one class; null: fewer than two people. */
  status: HumanStatus[];
  disagree_pct: number | null;
  /** Chance that a person named the label of a network of the group. */
  covered_pct: (number | null)[];
  type_a_pct: number | null;
  type_c_pct: number | null;
  /** By number of people. */
  rarefaction: Record<string, { n_images: number; unanimous_pct: number | null }>;
  /** Split votes are no counts. */
  fleiss_kappa: null;
  krippendorff_alpha: null;
  cohen: null;
  error_consistency: null;
}

/**
 * metrics.md 14.3.
 * @param answers of each image, in any order of people @param classes number of classes K
 * @param sizes numbers of people to rarefy to
 */
export function analyzeSets(
  answers: readonly (readonly LabelSet[])[],
  classes: number,
  group: ModelGroup,
  sizes: readonly number[],
): SetResponses {
  const votes = splitVotes(answers, classes);
  const tally = tallyCounts(votes);
  const { entropy_bits, certainty_pct, majority_label, status } = describeImages(votes, tally, viewHumans(tally));
  const { type_a_strict_pct, type_c_strict_pct } = strictTypes(status, group);
  return {
    n_people: [...votes.present],
    q: Array.from(votes.present, (n, image) => (n === 0 ? null : Array.from(imageCounts(votes, image), (c) => c / n))),
    entropy_bits,
    certainty_pct,
    majority_label,
    status,
    disagree_pct: disagreePct(status),
    ...describeSets(answers),
    covered_pct: coveredPct(answers, group),
    type_a_pct: type_a_strict_pct,
    type_c_pct: type_c_strict_pct,
    rarefaction: Object.fromEntries(sizes.map((m) => [String(m), rarefySets(answers, m)])),
    fleiss_kappa: null,
    krippendorff_alpha: null,
    cohen: null,
    error_consistency: null,
  };
}

/** Chance that m people all name the same one class; over images that m people answered. */
function rarefySets(
  answers: readonly (readonly LabelSet[])[],
  m: number,
): { n_images: number; unanimous_pct: number | null } {
  let [images, unanimous] = [0, 0];
  for (const sets of answers) {
    if (m < 2 || sets.length < m) continue;
    images++;
    const alone = sets.flatMap((set) => (set.length === 1 ? set : []));
    for (const people of Map.groupBy(alone, (k) => k).values()) unanimous += allAmong(people.length, sets.length, m);
  }
  return { n_images: images, unanimous_pct: percent(unanimous, images) };
}
