import { fleissKappa, krippendorffAlpha } from '../raters/agreement.ts';
import { countEntropyBits } from '../statistics/entropy.ts';
import { canDisagree } from '../outcomes/image-types.ts';
import type { ModelGroup } from '../outcomes/groups.ts';
import { disagreePct, type HumanStatus, type HumanView } from '../raters/humans.ts';
import { imageCounts, type LabelCounts } from '../labels/labels.ts';
import { allAmong } from '../outcomes/outcomes.ts';
import { percent } from '../statistics/spread.ts';

/** What people say where "can't tell" is an answer (metrics.md 14.2). */
export interface Abstaining {
  n_abstain: number[];
  /** Percent of all answers. */
  abstain_pct: number | null;
  /** Null: fewer than two answers, or nobody gave a label; agree: all gave the same label. */
  status_strict: HumanStatus[];
  disagree_strict_pct: number | null;
  /** With "can't tell" as one more class. */
  fleiss_with_abstain: number | null;
  krippendorff_with_abstain: number | null;
  entropy_with_abstain_bits: (number | null)[];
}

/** Types on the images with a strict status; null for a group of fewer than two networks. */
export interface StrictTypes {
  type_a_strict_pct: number | null;
  type_c_strict_pct: number | null;
}

/** Status of people who could also say that they cannot tell. @param abstained how many did, of each image */
export const strictStatus = ({ present }: LabelCounts, abstained: Uint32Array, view: HumanView): HumanStatus[] =>
  Array.from(present, (n, image): HumanStatus => {
    const others = abstained[image]!;
    if (n === 0 || n + others < 2) return null;
    return others === 0 && view.distinct[image] === 1 ? 'agree' : 'disagree';
  });

/** @param abstained people who could not tell, of each image */
export function describeAbstaining(counts: LabelCounts, abstained: Uint32Array, view: HumanView): Abstaining {
  const withAbstain = oneClassMore(counts, abstained);
  const strict = strictStatus(counts, abstained, view);
  const [labels, cannotTell] = [sum(counts.present), sum(abstained)];
  return {
    n_abstain: [...abstained],
    abstain_pct: percent(cannotTell, labels + cannotTell),
    status_strict: strict,
    disagree_strict_pct: disagreePct(strict),
    fleiss_with_abstain: fleissKappa(withAbstain),
    krippendorff_with_abstain: krippendorffAlpha(withAbstain),
    entropy_with_abstain_bits: Array.from(abstained, (_, image) => countEntropyBits(imageCounts(withAbstain, image))),
  };
}

/** Shares of types A and C by a strict status of people, percent of the images that have one. */
export function strictTypes(strict: readonly HumanStatus[], group: ModelGroup): StrictTypes {
  const share = (status: HumanStatus, differ: boolean): number | null => {
    if (!canDisagree(group)) return null;
    const found = strict.filter((one, image) => one === status && group.votes.distinct[image]! > 1 === differ);
    return percent(found.length, strict.filter((one) => one !== null).length);
  };
  return { type_a_strict_pct: share('agree', true), type_c_strict_pct: share('disagree', false) };
}

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

/** Counts with one class more. */
function oneClassMore({ images, classes, counts, present }: LabelCounts, extra: Uint32Array): LabelCounts {
  const wide = new Uint32Array(images * (classes + 1));
  for (let image = 0; image < images; image++) {
    wide.set(counts.subarray(image * classes, (image + 1) * classes), image * (classes + 1));
    wide[image * (classes + 1) + classes] = extra[image]!;
  }
  return { images, classes: classes + 1, counts: wide, present: present.map((n, image) => n + extra[image]!) };
}

const sum = (numbers: Uint32Array): number => numbers.reduce((total, n) => total + n, 0);
