import {
  imageCounts,
  labelCounts,
  type LabelCounts,
  type LabelMatrix,
  missing,
  wasShown,
} from '../../../analysis/labels/index.ts';
import {
  bitSet,
  type BitSet,
  eachPair,
  labelPlanes,
  pairCount,
  PairTable,
  popcount,
} from '../../../analysis/raters/index.ts';
import { type ErrorColumn, errorColumns, errorKappa } from '../../../analysis/responses/index.ts';
import { byName, spread, type Spread } from '../../../analysis/statistics/index.ts';

/**
 * Error consistency of every pair (Geirhos, Meding and Wichmann 2020, arXiv:2006.16736; metrics.md 3): do two decision
 * makers err on the same images? Relative to a reference label, on the n trials where both labels and the reference
 * exist: c_obs = share both right or both wrong; c_exp = a_x a_y + (1 - a_x)(1 - a_y) with accuracies a;
 * kappa = (c_obs - c_exp) / (1 - c_exp), -1..1.
 */
export interface ErrorConsistency {
  pairs: PairTable<ErrorColumn>;
  /** Over the pairs that have one. */
  kappa: Spread;
  c_obs: Spread;
  /** Pairs without kappa: no trial, or both always right, or both always wrong. */
  n_null: number;
}

/**
 * What each person is compared with, by place: the true class of each image shown to them, or else the majority of the
 * others; `missing`: none. One array for all people, good until the next call.
 */
export function referencesOfPeople(people: LabelMatrix, truth: Int16Array | null) {
  const { images, values } = people;
  const standing = contenders(labelCounts(people));
  const reference = new Int16Array(images);
  return (person: number): { labels: Int16Array; reference: Int16Array } => {
    const labels = values.subarray(person * images, (person + 1) * images);
    for (let image = 0; image < images; image++) {
      const label = labels[image]!;
      reference[image] = truth
        ? trueIfShown(truth, people, person * images + image, image)
        : label === missing
          ? missing
          : majorityWithout(standing, image, label, missing);
    }
    return { labels, reference };
  };
}

/** Between models. `reference`: the true class or the majority of all labelers, or `missing`, an image each. */
export function modelConsistency(
  models: LabelMatrix,
  names: readonly string[],
  reference: Int16Array,
): ErrorConsistency {
  const { raters, images, values } = models;
  const n = reference.reduce((sum, label) => sum + (label === missing ? 0 : 1), 0);
  const right = Array.from({ length: raters }, (_, model) =>
    bitSet(images, (image) => reference[image] !== missing && values[model * images + image] === reference[image]),
  );
  const rights = right.map((set) => common(set, set));
  const rows = new PairRows(names, names, pairCount(raters));
  eachPair(raters, (a, b) => rows.add(a, b, errorKappa(n, rights[a]!, rights[b]!, common(right[a]!, right[b]!))));
  return rows.consistency();
}

/**
 * Between a person and a model. The reference is the true class where it is known for some images (the published way);
 * else the majority of the other labelers, so nobody is their own judge.
 */
export function humanModelConsistency(
  humans: LabelMatrix,
  humanNames: readonly string[],
  models: LabelMatrix,
  modelNames: readonly string[],
  truth: Int16Array | null = null,
): ErrorConsistency {
  const { images } = humans;
  const referenceOf = referencesOfPeople(humans, truth);
  const { planes, words, bits } = labelPlanes(models);
  const rows = new PairRows(humanNames, modelNames, humans.raters * models.raters);
  for (let human = 0; human < humans.raters; human++) {
    const { labels, reference } = referenceOf(human);
    const wanted = labelPlanes({ raters: 1, images, classes: models.classes, values: reference });
    const right = bitSet(images, (image) => reference[image] !== missing && labels[image] === reference[image]);
    const n = common(wanted.present, wanted.present);
    const rightHuman = common(right, right);
    for (let model = 0; model < models.raters; model++) {
      let rightModel = 0;
      let both = 0;
      for (let word = 0; word < words; word++) {
        let equal = wanted.present[word]!;
        for (let plane = 0; plane < planes; plane++) {
          equal &= ~(bits[(model * planes + plane) * words + word]! ^ wanted.bits[plane * words + word]!);
        }
        rightModel += popcount(equal);
        both += popcount(equal & right[word]!);
      }
      rows.add(human, model, errorKappa(n, rightHuman, rightModel, both));
    }
  }
  return rows.consistency();
}

/**
 * The true class of an image that was shown to a rater, else `missing`: a trial without a label is an error, as in the
 * published analyses, and an image that was not shown is no trial.
 */
const trueIfShown = (truth: Int16Array, matrix: LabelMatrix, cell: number, image: number): number =>
  wasShown(matrix, cell) ? truth[image]! : missing;

/** Between people: relative to the true classes, or else to the majority of the labelers outside the pair. */
export const humanConsistency = (
  humans: LabelMatrix,
  names: readonly string[],
  truth: Int16Array | null = null,
): ErrorConsistency => (truth ? consistencyToTruth(humans, names, truth) : consistencyToOthers(humans, names));

function consistencyToTruth(humans: LabelMatrix, names: readonly string[], truth: Int16Array): ErrorConsistency {
  const { raters, images, values } = humans;
  const bits = (holds: (cell: number, image: number) => boolean): BitSet[] =>
    Array.from({ length: raters }, (_, rater) =>
      bitSet(images, (image) => truth[image] !== missing && holds(rater * images + image, image)),
    );
  const present = bits((cell) => wasShown(humans, cell));
  const right = bits((cell, image) => values[cell] === truth[image]);
  const rows = new PairRows(names, names, pairCount(raters));
  eachPair(raters, (a, b) => {
    const n = common(present[a]!, present[b]!);
    const [rightA, rightB] = [common(right[a]!, present[b]!), common(right[b]!, present[a]!)];
    rows.add(a, b, errorKappa(n, rightA, rightB, common(right[a]!, right[b]!)));
  });
  return rows.consistency();
}

/**
 * The reference is the majority of the labelers outside the pair. Where no two labels can change the
 * majority (`isSettled`) it is everybody's, and images are compared 32 at a time; the others one by one.
 */
function consistencyToOthers(humans: LabelMatrix, names: readonly string[]): ErrorConsistency {
  const { raters, images, values } = humans;
  const standing = contenders(labelCounts(humans));
  const settled = bitSet(images, (image) => isSettled(standing, image));
  const open = Array.from({ length: images }, (_, image) => image).filter((image) => !isSettled(standing, image));
  const majority = (image: number): number => standing.label[standing.start[image]!]!;
  const row = (rater: number, image: number): number => values[rater * images + image]!;
  const onSettled = (holds: (rater: number, image: number) => boolean): BitSet[] =>
    Array.from({ length: raters }, (_, rater) =>
      bitSet(images, (image) => (settled[image >>> 5]! & (1 << (image & 31))) !== 0 && holds(rater, image)),
    );
  const present = onSettled((rater, image) => row(rater, image) !== missing);
  const right = onSettled((rater, image) => row(rater, image) === majority(image));
  const openLabels = openRows(humans, open);
  const rows = new PairRows(names, names, pairCount(raters));
  eachPair(raters, (a, b) => {
    const trials = common(present[a]!, present[b]!);
    const rightA = common(right[a]!, present[b]!);
    const rightB = common(right[b]!, present[a]!);
    const both = common(right[a]!, right[b]!);
    const rest = openTrials(standing, open, openLabels[a]!, openLabels[b]!);
    const kappa = errorKappa(trials + rest.n, rightA + rest.rightA, rightB + rest.rightB, both + rest.both);
    rows.add(a, b, kappa);
  });
  return rows.consistency();
}

function openRows({ raters, images, values }: LabelMatrix, open: readonly number[]): Int16Array[] {
  return Array.from({ length: raters }, (_, rater) =>
    Int16Array.from(open, (image) => values[rater * images + image]!),
  );
}

function openTrials(standing: Contenders, open: readonly number[], ofA: Int16Array, ofB: Int16Array) {
  const found = { n: 0, rightA: 0, rightB: 0, both: 0 };
  for (let at = 0; at < open.length; at++) {
    const [x, y] = [ofA[at]!, ofB[at]!];
    if (x === missing || y === missing) continue;
    const reference = majorityWithout(standing, open[at]!, x, y);
    if (reference === missing) continue;
    found.n++;
    if (x === reference) found.rightA++;
    if (y === reference) found.rightB++;
    if (x === reference && y === reference) found.both++;
  }
  return found;
}

/** How many items two sets have in common. */
function common(x: BitSet, y: BitSet): number {
  let bits = 0;
  for (let word = 0; word < x.length; word++) bits += popcount(x[word]! & y[word]!);
  return bits;
}

class PairRows {
  readonly #names: { a: readonly string[]; b: readonly string[] };
  readonly #pairs: { a: Uint32Array; b: Uint32Array };
  readonly #columns: Record<ErrorColumn, Float64Array>;
  #length = 0;

  constructor(a: readonly string[], b: readonly string[], count: number) {
    this.#names = { a, b };
    this.#pairs = { a: new Uint32Array(count), b: new Uint32Array(count) };
    this.#columns = byName(errorColumns, () => new Float64Array(count));
  }

  add(a: number, b: number, of: Record<ErrorColumn, number>): void {
    const at = this.#length++;
    this.#pairs.a[at] = a;
    this.#pairs.b[at] = b;
    for (const column of errorColumns) this.#columns[column][at] = of[column];
  }

  consistency(): ErrorConsistency {
    const pairs = new PairTable(this.#names, this.#pairs, this.#columns);
    const kappa = spread(pairs.values('kappa'));
    return { pairs, kappa, c_obs: spread(pairs.values('c_obs')), n_null: pairs.length - kappa.n };
  }
}

/**
 * Labels that could become the majority of an image once up to two labels are taken away: those whose count is at most
 * two below the largest. No other can catch up, because the largest loses two at most.
 */
export interface Contenders {
  /** Contenders of image i are entries `start[i]` to `start[i + 1] - 1`. */
  readonly start: Uint32Array;
  readonly label: Int16Array;
  readonly count: Uint32Array;
}

export function contenders(labels: LabelCounts): Contenders {
  const start = new Uint32Array(labels.images + 1);
  const label: number[] = [];
  const count: number[] = [];
  for (let image = 0; image < labels.images; image++) {
    const counts = imageCounts(labels, image);
    const top = counts.reduce((a, b) => Math.max(a, b), 0);
    counts.forEach((c, k) => {
      if (c === 0 || c < top - 2) return;
      label.push(k);
      count.push(c);
    });
    start[image + 1] = label.length;
  }
  return { start, label: Int16Array.from(label), count: Uint32Array.from(count) };
}

/**
 * The unique modal label of an image without one label x and one label y (`missing` takes nothing away), or `missing`
 * for a tie or when no label remains.
 */
export function majorityWithout({ start, label, count }: Contenders, image: number, x: number, y: number): number {
  let top = 0;
  let majority = missing;
  for (let at = start[image]!; at < start[image + 1]!; at++) {
    const k = label[at]!;
    const remaining = count[at]! - (k === x ? 1 : 0) - (k === y ? 1 : 0);
    if (remaining > top) {
      top = remaining;
      majority = k;
    } else if (remaining === top) majority = missing;
  }
  return majority;
}

/** Whether the majority of an image stays what it is, whichever two labels are taken away. */
function isSettled({ start, count }: Contenders, image: number): boolean {
  const from = start[image]!;
  return start[image + 1]! - from === 1 && count[from]! > 2;
}
