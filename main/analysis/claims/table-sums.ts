import { certaintyClass, hcClasses } from '../raters/humans.ts';
import type { LabelCounts, Votes } from '../labels/labels.ts';
import { allAmong } from '../outcomes/outcomes.ts';

/**
 * Values of the tables as functions of sums over images, so that the value without a pair of classes follows from the
 * sums without its images (metrics.md 13.8).
 */

/** Types of images, as the softmax of Table 4 is listed by. */
const types = ['type_a', 'type_c', 'both_agree', 'both_disagree'] as const;
type TypeName = (typeof types)[number];

type CertaintyName = `model_certainty_${(typeof hcClasses)[number]}`;
/** Other shares of Tables 1 and 3. */
export type PartValue = 'nn_disagree_pct' | 'both_disagree_pct' | 'both_agree_pct' | 'exception_pct';

export type SumValue =
  | 'type_a_pct'
  | 'type_b_pct'
  | 'type_c_pct'
  | 'misclassified_per_model_pct'
  | 'misclassified_across_pct'
  | 'pairwise_disagreement_pct'
  | 'any_differ_pct'
  | 'human_disagree_pct'
  | PartValue
  | 'krippendorff_alpha'
  | 'fleiss_kappa'
  | 'js_bits'
  | `max_softmax_${TypeName}`
  | CertaintyName;

/** Places in a vector of sums; `two`: 0 where the group has one network, so that shares of it are undefined. */
const place = {
  images: 0,
  determined: 1,
  typed: 2,
  typeA: 3,
  typeB: 4,
  typeC: 5,
  wrongShare: 6,
  wrongAny: 7,
  paired: 8,
  pairsDiffer: 9,
  anyDiffer: 10,
  peopleDisagree: 11,
  divergence: 12,
  labeled: 13,
  softmax: 14,
  certainty: 22,
  alpha: 42,
  fleiss: 43,
  agreeing: 44,
  bothDisagree: 45,
  labels: 46,
} as const;

/** Length of a vector of sums. */
export const sumsLength = (classes: number): number => place.labels + classes;

/** People's labels of each image; made anew where somebody is left out. */
export interface PeopleFacts {
  readonly counts: LabelCounts<Votes>;
  /** Chance that people all give one and the same label: 1 or 0 where all of them are asked; NaN: undetermined. */
  readonly same: Float64Array;
  /** For each label, the chance that all give it, `[image][k]`. */
  readonly agreeing: Float64Array;
  /** Index into `hcClasses`, or -1. */
  readonly certainty: Int8Array;
  /** Entropy of q in bits. */
  readonly entropy: Float64Array;
}

/** How many people are asked about each image; 0: about too few of them is anything known. */
export const askedOf = ({ present }: Pick<LabelCounts, 'present'>, asked: number): Uint32Array =>
  present.map((n) => (asked >= 2 && n >= asked ? asked : 0));

/**
 * `askedOf` where one person can be left out: U-statistics of one order, with and without that person (metrics.md 13.2).
 */
export const askedOfAllButOne = (counts: Pick<LabelCounts, 'present'>, asked: number): Uint32Array =>
  askedOf(counts, asked).map((m, image) => {
    const least = Math.min(m, counts.present[image]! - 1);
    return m === 0 || least < 2 ? 0 : least;
  });

/**
 * @param asked as if so many of each image's people had been asked, the mean over all ways to choose them (Hurlbert
 * 1971); null: all of them
 */
export function peopleFacts(counts: LabelCounts<Votes>, asked: Uint32Array | null = null): PeopleFacts {
  const { images, classes, present } = counts;
  const same = new Float64Array(images).fill(Number.NaN);
  const agreeing = new Float64Array(images * classes);
  const certainty = new Int8Array(images).fill(-1);
  const entropy = new Float64Array(images);
  for (let image = 0; image < images; image++) {
    const n = present[image]!;
    let [top, mode] = [0, -1];
    for (let k = 0; k < classes; k++) {
      const c = counts.counts[image * classes + k]!;
      if (c === 0) continue;
      entropy[image]! -= (c / n) * Math.log2(c / n);
      if (c > top) [top, mode] = [c, k];
    }
    if (n < 2) continue;
    const m = asked ? asked[image]! : n;
    if (m > 0) same[image] = 0;
    if (asked && m > 0) {
      for (let k = 0; k < classes; k++) {
        const chance = allAmong(counts.counts[image * classes + k]!, n, m);
        agreeing[image * classes + k] = chance;
        same[image]! += chance;
      }
    } else if (m > 0 && top === n) {
      agreeing[image * classes + mode] = 1;
      same[image] = 1;
    }
    const hc = certaintyClass(top === n ? 'agree' : 'disagree', top, n);
    certainty[image] = hc === null ? -1 : hcClasses.indexOf(hc);
  }
  return { counts, same, agreeing, certainty, entropy };
}

/** Networks of a group: votes, and sums of softmax where it is known for all of them. */
export interface NetworkSums {
  readonly networks: number;
  /** r_k, `[image][k]`. */
  readonly votes: Int32Array;
  /** Sum of p_k, `[image][k]`, and of max p, `[image]`. */
  readonly softmax: { readonly sums: Float64Array; readonly top: Float64Array } | null;
}

/** Sums of the images of each pair, and last of those of no pair: `[pair][sumsLength]`. */
export function sumsByPair(
  people: PeopleFacts,
  networks: NetworkSums,
  unitOf: Int32Array,
  units: number,
): Float64Array {
  const { classes, images, present } = people.counts;
  const length = sumsLength(classes);
  const sums = new Float64Array((units + 1) * length);
  const { votes, networks: M, softmax } = networks;
  for (let image = 0; image < images; image++) {
    const at = unitOf[image]! * length;
    const first = image * classes;
    const agree = people.same[image]!;
    let [distinct, most, same, common] = [0, 0, 0, -1];
    for (let k = 0; k < classes; k++) {
      const r = votes[first + k]!;
      if (r === 0) continue;
      distinct++;
      if (r > most) [most, common] = [r, k];
      same += r * (r - 1);
    }
    sums[at + place.images]! += 1;
    if (M >= 2) {
      sums[at + place.paired]! += 1;
      sums[at + place.pairsDiffer]! += 1 - same / (M * (M - 1));
      if (distinct > 1) sums[at + place.anyDiffer]! += 1;
    }
    if (!Number.isNaN(agree)) {
      sums[at + place.determined]! += 1;
      sums[at + place.peopleDisagree]! += 1 - agree;
      for (let k = first; M > 0 && agree > 0 && k < first + classes; k++) {
        const [chance, right] = [people.agreeing[k]!, votes[k]!];
        if (chance === 0) continue;
        sums[at + place.wrongShare]! += (chance * (M - right)) / M;
        if (right < M) sums[at + place.wrongAny]! += chance;
      }
      const top = softmax ? softmax.top[image]! : null;
      const alike = distinct === 1 ? people.agreeing[first + common]! : 0;
      if (M >= 2) addType(sums, at, { agree, alike, doNetworksAgree: distinct === 1, top, M });
      const certainty = people.certainty[image]!;
      if (M > 0) addMean(sums, at + place.certainty + 2 * certainty, (100 * most) / M, 1);
    }
    addPeople(sums, at, people.counts, image);
    if (softmax && M > 0 && present[image]! > 0) {
      addMean(sums, at + place.divergence, divergence(people, image, softmax.sums, M), 1);
    }
  }
  return sums;
}

function addMean(sums: Float64Array, at: number, value: number, n: number): void {
  sums[at]! += value;
  sums[at + 1]! += n;
}

interface TypedImage {
  /** Chance that people agree. */
  readonly agree: number;
  /** Chance that they agree on the networks' common label; 0 where networks disagree. */
  readonly alike: number;
  readonly doNetworksAgree: boolean;
  readonly top: number | null;
  readonly M: number;
}

function addType(sums: Float64Array, at: number, { agree, alike, doNetworksAgree, top, M }: TypedImage): void {
  const disagree = 1 - agree;
  sums[at + place.typed]! += 1;
  if (doNetworksAgree) {
    sums[at + place.typeB]! += alike;
    sums[at + place.typeC]! += disagree;
  } else {
    sums[at + place.typeA]! += agree;
    sums[at + place.typeB]! += disagree;
    sums[at + place.bothDisagree]! += disagree;
  }
  if (top === null) return;
  const [ofAgreeing, ofDisagreeing] = doNetworksAgree ? [2, 1] : [0, 3];
  addMean(sums, at + place.softmax + 2 * ofAgreeing, top * agree, M * agree);
  addMean(sums, at + place.softmax + 2 * ofDisagreeing, top * disagree, M * disagree);
}

/** Parts of Fleiss' kappa and Krippendorff's alpha: images with two labels or more. */
function addPeople(
  sums: Float64Array,
  at: number,
  { counts, present, classes }: LabelCounts<Votes>,
  image: number,
): void {
  const n = present[image]!;
  if (n < 2) return;
  let squares = 0;
  for (let k = 0; k < classes; k++) {
    const c = counts[image * classes + k]!;
    squares += c * c;
    sums[at + place.labels + k]! += c;
  }
  sums[at + place.alpha]! += (n * n - squares) / (n - 1);
  sums[at + place.fleiss]! += 1;
  sums[at + place.agreeing]! += (squares - n) / (n * (n - 1));
}

/** Jensen-Shannon divergence in bits of people's labels and the mean softmax of M networks (metrics.md 5). */
function divergence({ counts, entropy }: PeopleFacts, image: number, sums: Float64Array, M: number): number {
  const { classes } = counts;
  const n = counts.present[image]!;
  let [ofMiddle, ofModel] = [0, 0];
  for (let k = 0, at = image * classes; k < classes; k++, at++) {
    // What is left after a network's softmax is taken away may be a rounding below 0.
    const p = Math.max(0, sums[at]! / M);
    const middle = (counts.counts[at]! / n + p) / 2;
    if (p > 0) ofModel -= p * Math.log2(p);
    if (middle > 0) ofMiddle -= middle * Math.log2(middle);
  }
  return Math.max(0, ofMiddle - (entropy[image]! + ofModel) / 2);
}

/** Counts are exact, so that nothing is left of one whose images are all taken away. */
const ratio = (sum: number, n: number): number => (n === 0 ? Number.NaN : sum / n);

/** A value of the vector of sums that begins at `at`; NaN: undefined. `classes`: see `sumsLength`. */
type OfSums = (sums: Float64Array, at: number, classes: number) => number;
const share =
  (part: number, whole: number): OfSums =>
  (s, at) =>
    ratio(100 * s[at + part]!, s[at + whole]!);
const mean =
  (from: number): OfSums =>
  (s, at) =>
    ratio(s[at + from]!, s[at + from + 1]!);

export const sumValues: Readonly<Record<SumValue, OfSums>> = {
  type_a_pct: share(place.typeA, place.typed),
  type_b_pct: share(place.typeB, place.typed),
  type_c_pct: share(place.typeC, place.typed),
  misclassified_per_model_pct: share(place.wrongShare, place.determined),
  misclassified_across_pct: share(place.wrongAny, place.determined),
  pairwise_disagreement_pct: share(place.pairsDiffer, place.paired),
  any_differ_pct: share(place.anyDiffer, place.paired),
  human_disagree_pct: share(place.peopleDisagree, place.determined),
  nn_disagree_pct: (s, at) => ratio(100 * (s[at + place.typeA]! + s[at + place.bothDisagree]!), s[at + place.typed]!),
  both_disagree_pct: share(place.bothDisagree, place.typed),
  both_agree_pct: (s, at) => {
    const others = s[at + place.typeA]! + s[at + place.typeC]! + s[at + place.bothDisagree]!;
    return ratio(100 * (s[at + place.typed]! - others), s[at + place.typed]!);
  },
  exception_pct: (s, at) => {
    const others = s[at + place.typeA]! + s[at + place.typeB]! + s[at + place.typeC]!;
    return ratio(100 * (s[at + place.typed]! - others), s[at + place.typed]!);
  },
  krippendorff_alpha: (s, at, classes) => {
    const { n, squares } = labelsOf(s, at, classes);
    const expected = n * n - squares;
    return expected === 0 ? Number.NaN : 1 - (s[at + place.alpha]! * (n - 1)) / expected;
  },
  fleiss_kappa: (s, at, classes) => {
    const { n, squares } = labelsOf(s, at, classes);
    if (s[at + place.fleiss] === 0 || squares === n * n) return Number.NaN;
    const expected = squares / (n * n);
    return (s[at + place.agreeing]! / s[at + place.fleiss]! - expected) / (1 - expected);
  },
  js_bits: (s, at) => ratio(s[at + place.divergence]!, s[at + place.labeled]!),
  ...(Object.fromEntries(types.map((type, n) => [`max_softmax_${type}`, mean(place.softmax + 2 * n)])) as Record<
    `max_softmax_${TypeName}`,
    OfSums
  >),
  ...(Object.fromEntries(hcClasses.map((hc, n) => [`model_certainty_${hc}`, mean(place.certainty + 2 * n)])) as Record<
    CertaintyName,
    OfSums
  >),
};

function labelsOf(s: Float64Array, at: number, classes: number): { n: number; squares: number } {
  let [n, squares] = [0, 0];
  for (let k = at + place.labels; k < at + place.labels + classes; k++) {
    n += s[k]!;
    squares += s[k]! ** 2;
  }
  return { n, squares };
}

/**
 * Sums of all images but those of each pair, and last of all images, in place of sums by pair: `[pair][sumsLength]`.
 * @returns its argument
 */
export function leaveOutPairs(sums: Float64Array, classes: number): Float64Array {
  const length = sumsLength(classes);
  const total = new Float64Array(length);
  for (let row = 0; row < sums.length; row += length) {
    for (let n = 0; n < length; n++) total[n]! += sums[row + n]!;
  }
  const last = sums.length - length;
  for (let row = 0; row < last; row += length) {
    for (let n = 0; n < length; n++) sums[row + n] = total[n]! - sums[row + n]!;
  }
  sums.set(total, last);
  return sums;
}

/** A value of each vector of sums: without each pair of classes, and last with all. NaN: undefined. */
export function valuesOf(value: SumValue, sums: Float64Array, classes: number): Float64Array {
  const of = sumValues[value];
  const length = sumsLength(classes);
  const found = new Float64Array(sums.length / length);
  for (let row = 0; row < found.length; row++) found[row] = of(sums, row * length, classes);
  return found;
}

/**
 * Pairs that have an image of the class that a value of a class is about; null: it is about no class.
 * @param sums as `leaveOutPairs` leaves them
 */
export function pairsWithClass(value: SumValue, sums: Float64Array, classes: number): number | null {
  const certainty = hcClasses.findIndex((hc) => value === `model_certainty_${hc}`);
  const type = types.findIndex((one) => value === `max_softmax_${one}`);
  if (certainty < 0 && type < 0) return null;
  const at = certainty >= 0 ? place.certainty + 2 * certainty + 1 : place.softmax + 2 * type + 1;
  const length = sumsLength(classes);
  const last = sums.length - length;
  let pairs = 0;
  for (let row = 0; row < last; row += length) if (sums[last + at]! - sums[row + at]! > 0) pairs++;
  return pairs;
}
