import { at } from '../../domain/numbers/arrays.ts';
import {
  certaintyPct,
  countLabels,
  imageCounts,
  labelCounts,
  missing,
  modalLabels,
  tallyCounts,
} from '../labels/labels.ts';
import type { LabelCounts, LabelMatrix, Tally, Votes } from '../labels/labels.ts';
import type { LabelSet } from '../labels/answers.ts';
import type { ResponseKind } from '../../contract/stimuli/responses.ts';
import { countEntropyBits } from '../statistics/entropy.ts';
import { haveShares } from '../../domain/results/response-kinds.ts';
import type { PairCounts } from './pair-counts.ts';
import { expectedPairwiseDisagreement, pairwiseDisagreementPct } from './agreement.ts';
import { percent, spread, type Spread } from '../statistics/spread.ts';

/** Whether people agree on an image; null: undetermined, fewer than two labels (metrics.md 1). */
export type HumanStatus = 'agree' | 'disagree' | null;

/** Classes of human certainty in percent, highest first, as Table 5 lists them. */
export const hcClasses = [100, 90, 80, 70, 60, 50, 40, 30, 20, 10] as const;
type HcClass = (typeof hcClasses)[number];

/** metrics.md 1, of each image, in the order of `meta.images`. */
export interface ImageLabels {
  n_labels: number[];
  status: HumanStatus[];
  /** The modal label if unique, else null. */
  majority_label: (number | null)[];
  modal_labels: number[][];
  /** The label that all gave, where status is agree. */
  unanimous_label: (number | null)[];
  n_classes: number[];
  certainty_pct: (number | null)[];
  hc_class: (HcClass | null)[];
  /** Entropy of the labels given, 0 to log2 K. */
  entropy_bits: (number | null)[];
}

/** metrics.md 1 and 2.3. */
export interface HumanLabels extends ImageLabels {
  /** Images by class, keys "100" to "10". */
  hc_counts: Record<string, number>;
  /** Images with two or more modal labels. */
  n_majority_ties: number;
  /** Percent of the determined images. */
  disagree_pct: number | null;
  /** Two people who labeled an image. From counts: the expectation, mean over images, without spread. From sets: none. */
  pairwise_disagreement_pct: Spread;
  /** By labeler: images on which the others disagree. Null: nobody knows who gave which label. */
  leave_one_out_n_disagree: Record<string, number> | null;
}

/** People's labels of each image, as comparisons with models need them. */
export interface HumanView {
  readonly status: readonly HumanStatus[];
  /** Null unless status is agree. */
  readonly unanimous: readonly (number | null)[];
  readonly distinct: Uint16Array;
  readonly hcClass: readonly (HcClass | null)[];
  /** N_D: images with a status. */
  readonly determined: number;
  readonly agreed: number;
}

/** Status of an image with n labels, `distinct` of them different (the paper; what is missing, metrics.md 1). */
function labelStatus(present: number, distinct: number): HumanStatus {
  if (present < 2) return null;
  return distinct === 1 ? 'agree' : 'disagree';
}

/**
 * Class of human certainty: 100 if all agree; else 10 * floor((20 top + n) / (2n)), the nearest ten, half up, clamped
 * to 10..90, so that an image on which people differ is never in class 100 (metrics.md 1).
 */
export function certaintyClass(status: HumanStatus, top: number, present: number): HcClass | null {
  if (status === null) return null;
  if (status === 'agree') return 100;
  // Split votes are sums of parts: what is half up to rounding goes up.
  const tens = Math.floor((20 * top + present) / (2 * present) + 1e-9);
  return (10 * Math.min(9, Math.max(1, tens))) as HcClass;
}

export function viewHumans({ present, distinct, top, mode }: Tally): HumanView {
  const status = Array.from(present, (n, image) => labelStatus(n, distinct[image]!));
  return {
    status,
    unanimous: status.map((value, image) => (value === 'agree' ? mode[image]! : null)),
    distinct,
    hcClass: status.map((value, image) => certaintyClass(value, top[image]!, present[image]!)),
    determined: status.filter((value) => value !== null).length,
    agreed: status.filter((value) => value === 'agree').length,
  };
}

/** Images on which people disagree, percent of those with a status. */
export function disagreePct(statuses: readonly HumanStatus[]): number | null {
  const determined = statuses.filter((status) => status !== null);
  return percent(determined.filter((status) => status === 'disagree').length, determined.length);
}

/** People's answers as every measure takes them, made from any kind of answers by `readHumans` (metrics.md 14). */
export interface HumanCounts {
  readonly kind: ResponseKind;
  /** Who gave which label, of ratings the preferred ones; null: nobody knows, or answers are sets. */
  readonly labels: LabelMatrix | null;
  /** People whose answers are known to be theirs; null: nobody knows who gave which. */
  readonly people: number | null;
  /** Votes for each class: of sets, split votes. */
  readonly votes: LabelCounts<Votes>;
  /** Votes as counts of labels; null: answers are sets. */
  readonly counts: LabelCounts | null;
  /** Counts that fewer people are drawn from; of sets, those of people who named one class alone. */
  readonly drawn: LabelCounts;
  /** How many could not tell, of each image; null: no such answer was offered. */
  readonly abstained: Uint32Array | null;
  /** Each image's answers, in the order of labelers; null: they are no sets. */
  readonly sets: readonly (readonly LabelSet[])[] | null;
  readonly tally: Tally;
  readonly view: HumanView;
}

/** People whose answers are labels, or of whom it is only known how many gave each. */
export function countHumans(
  labels: LabelMatrix | LabelCounts,
  { kind, isAnonymous = false }: { kind: Exclude<ResponseKind, 'set'>; isAnonymous?: boolean },
): HumanCounts {
  const matrix = 'values' in labels ? labels : null;
  const counts = 'values' in labels ? labelCounts(labels) : labels;
  const tally = tallyCounts(counts);
  const view = viewHumans(tally);
  return {
    kind,
    labels: isAnonymous ? null : matrix,
    people: isAnonymous ? null : (matrix?.raters ?? null),
    votes: counts,
    counts,
    drawn: counts,
    abstained: kind === 'abstain' && matrix ? countAbstained(matrix) : null,
    sets: null,
    tally,
    view: haveShares(kind) ? view : { ...view, hcClass: view.hcClass.map(() => null) },
  };
}

function countAbstained({ images, unanswered }: LabelMatrix): Uint32Array {
  const counts = new Uint32Array(images);
  unanswered?.forEach((is, cell) => (counts[cell % images]! += is));
  return counts;
}

/** Labelers; where nobody knows who they were, the most answers about an image: there were at least as many. */
export const countLabelers = ({ people, votes }: Pick<HumanCounts, 'people' | 'votes'>): number =>
  people ?? votes.present.reduce((most, n) => Math.max(most, n), 0);

/** Fewest and most answers about the images that have any. */
export function rangeOf(present: Uint32Array): { least: number; most: number } {
  const answered = present.filter((n) => n > 0);
  const most = answered.reduce((a, b) => Math.max(a, b), 0);
  return { least: answered.reduce((a, b) => Math.min(a, b), most), most };
}

/** What the counts of each image's labels say of it. */
export function describeImages(counts: LabelCounts<Votes>, counted: Tally, view: HumanView): ImageLabels {
  return {
    n_labels: [...counted.present],
    status: [...view.status],
    majority_label: Array.from(counted.mode, (label, image) => (counted.modes[image] === 1 ? label : null)),
    modal_labels: Array.from(counted.mode, (_, image) => modalLabels(imageCounts(counts, image))),
    unanimous_label: [...view.unanimous],
    n_classes: [...counted.distinct],
    certainty_pct: certaintyPct(counted),
    hc_class: [...view.hcClass],
    entropy_bits: Array.from(counted.mode, (_, image) => countEntropyBits(imageCounts(counts, image))),
  };
}

export function describeHumans(
  { kind, labels, votes, counts, tally: counted, view }: HumanCounts,
  labelers: readonly string[],
  pairs: PairCounts | null,
): HumanLabels {
  const leftOut = labels && leaveOneOutDisagreements(labels, counted);
  return {
    ...describeImages(votes, counted, view),
    ...(!haveShares(kind) && {
      certainty_pct: view.status.map(() => null),
      entropy_bits: view.status.map(() => null),
    }),
    hc_counts: Object.fromEntries(hcClasses.map((hc) => [String(hc), view.hcClass.filter((c) => c === hc).length])),
    n_majority_ties: counted.modes.filter((modes) => modes > 1).length,
    disagree_pct: disagreePct(view.status),
    pairwise_disagreement_pct: pairs
      ? pairwiseDisagreementPct(pairs)
      : counts
        ? expectedPairwiseDisagreement(counts)
        : spread([]),
    leave_one_out_n_disagree:
      leftOut && Object.fromEntries(labelers.map((name, labeler) => [name, at(leftOut, labeler)])),
  };
}

/**
 * For each labeler, the number of images on which the others disagree (metrics.md 1; the paper's Table 3 has nine
 * people, its Table 5 ten). Leaving out a label lowers n by one, and the number of different labels if nobody else gave
 * it.
 */
function leaveOneOutDisagreements(labels: LabelMatrix, { present, distinct }: Tally): number[] {
  const disagreements = new Array<number>(labels.raters).fill(0);
  const counts = new Uint32Array(labels.classes);
  for (let image = 0; image < labels.images; image++) {
    if (distinct[image]! < 2) continue;
    countLabels(labels, image, counts);
    for (let labeler = 0; labeler < labels.raters; labeler++) {
      const label = labels.values[labeler * labels.images + image]!;
      const gave = label !== missing;
      const others = present[image]! - (gave ? 1 : 0);
      const othersDistinct = distinct[image]! - (gave && counts[label] === 1 ? 1 : 0);
      if (labelStatus(others, othersDistinct) === 'disagree') disagreements[labeler]!++;
    }
  }
  return disagreements;
}
