import { canDisagree, type ModelGroup } from '../../../analysis/outcomes/index.ts';
import { imageCounts, type LabelCounts } from '../../../analysis/labels/index.ts';
import {
  disagreePct,
  fleissKappa,
  type HumanStatus,
  type HumanView,
  krippendorffAlpha,
} from '../../../analysis/raters/index.ts';
import { countEntropyBits, percent } from '../../../analysis/statistics/index.ts';

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
