import { canDisagree } from '../outcomes/image-types.ts';
import type { ModelGroup } from '../outcomes/groups.ts';
import { imageCounts, type LabelCounts } from '../labels/labels.ts';
import { allAmong } from '../outcomes/outcomes.ts';
import { percent } from '../statistics/spread.ts';

/** Types as they would be if m people had been asked, exactly (Hurlbert 1971; metrics.md 14.1). */
export interface RarefiedTypes {
  /** Images with at least m labels; 0 for m below 2. */
  n_images: number;
  /** Chance that m of the labels are all the same, mean over these images. */
  unanimous_pct: number | null;
  /** Different labels among m. */
  distinct_mean: number | null;
  /** The rest is null for a group of fewer than two networks. */
  type_a_pct: number | null;
  type_c_pct: number | null;
  both_disagree_pct: number | null;
  both_agree_pct: number | null;
  /** Part of both_agree: on different labels. */
  exception_pct: number | null;
}

export function rarefyTypesTo(
  labels: LabelCounts,
  group: Pick<ModelGroup, 'members' | 'votes'>,
  m: number,
): RarefiedTypes {
  const sums = { unanimous: 0, distinct: 0, a: 0, c: 0, bothDisagree: 0, bothAgree: 0, exception: 0 };
  let images = 0;
  for (let image = 0; m >= 2 && image < labels.images; image++) {
    const n = labels.present[image]!;
    if (n < m) continue;
    images++;
    const doNetworksDiffer = group.votes.distinct[image]! > 1;
    let [same, onAnother] = [0, 0];
    imageCounts(labels, image).forEach((count, k) => {
      if (count === 0) return;
      const chance = allAmong(count, n, m);
      same += chance;
      if (k !== group.votes.mode[image]) onAnother += chance;
      sums.distinct += 1 - allAmong(n - count, n, m);
    });
    sums.unanimous += same;
    if (doNetworksDiffer) {
      sums.a += same;
      sums.bothDisagree += 1 - same;
    } else {
      sums.c += 1 - same;
      sums.bothAgree += same;
      sums.exception += onAnother;
    }
  }
  const ofTypes = (part: number): number | null => (canDisagree(group) ? percent(part, images) : null);
  return {
    n_images: images,
    unanimous_pct: percent(sums.unanimous, images),
    distinct_mean: images === 0 ? null : sums.distinct / images,
    type_a_pct: ofTypes(sums.a),
    type_c_pct: ofTypes(sums.c),
    both_disagree_pct: ofTypes(sums.bothDisagree),
    both_agree_pct: ofTypes(sums.bothAgree),
    exception_pct: ofTypes(sums.exception),
  };
}
