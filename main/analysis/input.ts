import type { StimulusImage } from '../domain/stimulus-set.ts';
import { at } from '../domain/arrays.ts';
import type { Answers } from './known-answers.ts';
import type { HumanView } from './humans.ts';
import type { Units } from './intervals.ts';
import { type LabelCounts, type LabelMatrix, missing } from './labels.ts';
import type { Ratings, SetAnswer } from './answers.ts';
import type { SoftmaxRows } from './softmax.ts';
import type { Target } from '../contract/recipes.ts';

/**
 * Order of names: ascending by Unicode code point (metrics.md 0). JavaScript's `<` compares UTF-16 units, which puts
 * characters beyond U+FFFF before U+E000..U+FFFF.
 */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const x = a.charCodeAt(at);
    const y = b.charCodeAt(at);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** A UTF-16 unit's place in code point order: surrogates, which stand for U+10000 and up, come last. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** The indices 0..items.length-1 in the order of their items. */
export function sortedIndices<T>(items: readonly T[], compare: (a: T, b: T) => number): number[] {
  return [...items.keys()].sort((a, b) => compare(items[a]!, items[b]!));
}

/** An image as the analysis knows it. Pair and alpha are null also where only predictions are known. */
export interface ImageInput extends Readonly<StimulusImage> {
  /**
   * The image lies between no two classes and is a unit of replication of its own, as test images are: all images of an
   * input, or none. Absent: its pair is the unit, and without a pair nothing is known of units.
   */
  readonly independent?: true;
}

/** A snapshot as the analysis knows it. With a repeat it belongs to a seed group, without to a diverse group. */
export interface ModelInput {
  readonly name: string;
  readonly architecture: string;
  /** Test accuracy in percent that it was trained to; null: an outside model, which has no target. */
  readonly target: Target | null;
  readonly repeat: number | null;
  readonly seed: number | null;
  /** The collection that it belongs to instead of the diverse group; absent or null: none. */
  readonly collection?: string | null;
  /** What is known of its answers; absent: all softmax values. */
  readonly answers?: Exclude<Answers, 'softmax'>;
  /** The training that it comes from: several snapshots of one are left out together. Absent: its name. */
  readonly block?: string;
}

/**
 * All K softmax values of each model on each image: `[model][image][k]` at once, or one model's `[image][k]` when it is
 * asked for, so that a thousand models need not be in memory together.
 */
type Probabilities =
  | { readonly softmax: Float32Array | Float64Array }
  | { readonly readSoftmax: (model: number) => Float32Array | Float64Array };

/** Keys of the parts of an input, e.g. hashes: equal keys, equal content. With them, earlier work is reused. */
interface InputKeys {
  /** Ids, pairs and alphas of the images, and the number of classes. */
  readonly images: string;
  /** An entry a labeler: its labels. Of counts: one entry. */
  readonly labelers: readonly string[];
  /** An entry a model: its labels and softmax. */
  readonly models: readonly string[];
}

/**
 * Input of an analysis, in any order of images, labelers and models. Without labelers or counts the numbers that need people
 * are null; without models there are no groups.
 */
export type AnalysisInput = {
  readonly images: readonly ImageInput[];
  /** Number of classes K. */
  readonly classes: number;
  readonly labelers: readonly string[];
  /** `[labeler][image]`, a class index or -1 where the labeler gave no label. */
  readonly humanLabels: Int16Array;
  /** `[labeler][image]`, 1 where an image was shown and got no label (`LabelMatrix`). */
  readonly humanUnanswered?: Uint8Array | undefined;
  /**
   * How often each image was given each label, `[image][class]`, where nobody knows who gave which (metrics.md 14.1).
   * In place of labelers and their labels, which are empty.
   */
  readonly humanCounts?: Uint32Array | undefined;
  /** `[labeler][image]`, 1 where a person could not tell (metrics.md 14.2); the label is missing there. */
  readonly humanAbstained?: Uint8Array | undefined;
  /** People's answers where they are sets (metrics.md 14.3), by places of labelers and images: labels are missing. */
  readonly humanSets?: readonly SetAnswer[] | undefined;
  /** Where they are ratings (metrics.md 14.4): labels are the preferred ones. */
  readonly humanRatings?: readonly Ratings[] | undefined;
  /** Nobody knows who gave which answer: labelers only count those of an image. */
  readonly isAnonymous?: boolean | undefined;
  readonly models: readonly ModelInput[];
  /**
   * `[model][image]`, a class index for every image. It counts even where it is not the class of the largest softmax.
   */
  readonly modelLabels: Int16Array;
  readonly keys?: InputKeys;
} & Probabilities;

/**
 * Checks shapes and ranges. Files are checked, with row and remedy, where they are read: what is wrong here is a defect
 * of the caller.
 * @throws RangeError
 */
export function checkInput(input: AnalysisInput): void {
  const { images, classes, labelers, humanLabels, humanCounts, models, modelLabels } = input;
  const check = (holds: boolean, message: string): void => {
    if (!holds) throw new RangeError(message);
  };
  const within = (labels: Int16Array, lowest: number): boolean =>
    labels.every((label) => label >= lowest && label < classes);
  const outputs = models.length * images.length;
  check(Number.isInteger(classes) && classes >= 1 && classes <= 32_767, 'classes must be 1 to 32767');
  check(humanLabels.length === labelers.length * images.length, 'humanLabels must be labelers x images');
  check(modelLabels.length === outputs, 'modelLabels must be models x images');
  if ('softmax' in input)
    check(input.softmax.length === outputs * classes, 'softmax must be models x images x classes');
  const { humanUnanswered: none } = input;
  check(none === undefined || none.length === humanLabels.length, 'humanUnanswered must be labelers x images');
  check(
    humanCounts === undefined || (labelers.length === 0 && humanCounts.length === images.length * classes),
    'humanCounts must be images x classes, without labelers',
  );
  const { humanAbstained: abstained } = input;
  check(abstained === undefined || abstained.length === humanLabels.length, 'humanAbstained must be labelers x images');
  for (const { image, labeler } of [...(input.humanSets ?? []), ...(input.humanRatings ?? [])]) {
    check(image < images.length && labeler < labelers.length, 'answers must be of these images and labelers');
  }
  check(within(humanLabels, -1), 'human labels must be -1 to classes - 1');
  check(within(modelLabels, 0), 'model labels must be 0 to classes - 1');
  check(
    images.every(({ truth }) => truth == null || (Number.isInteger(truth) && truth >= 0 && truth < classes)),
    'true classes must be 0 to classes - 1',
  );
  check(new Set(images.map(({ id }) => id)).size === images.length, 'image ids must differ');
  check(new Set(labelers).size === labelers.length, 'labeler names must differ');
}

/** The input in the order of metrics.md 0: images by id, labelers and models by name. */
export interface OrderedInput {
  readonly classes: number;
  readonly images: readonly ImageInput[];
  readonly imageIds: readonly number[];
  readonly labelers: readonly string[];
  readonly humanLabels: LabelMatrix;
  /** In place of labelers' labels; null: it is known who gave which label. */
  readonly humanCounts: LabelCounts | null;
  /** How many could not tell, of each image; null: no such answer was offered. */
  readonly humanAbstained: Uint32Array | null;
  /** By labeler, then image; null: answers are not sets. So are ratings. */
  readonly humanSets: readonly SetAnswer[] | null;
  readonly humanRatings: readonly Ratings[] | null;
  readonly isAnonymous: boolean;
  readonly models: readonly ModelInput[];
  readonly modelLabels: LabelMatrix;
  /** `[image][k]` of one model. Good until the next call. */
  readonly readSoftmax: (model: number) => SoftmaxRows;
  readonly keys: InputKeys | null;
}

/** Checks the input and puts it in order, so that results do not depend on the order in which rows came. */
export function orderInput(input: AnalysisInput): OrderedInput {
  checkInput(input);
  const imageOrder = sortedIndices(input.images, (a, b) => a.id - b.id);
  const labelerOrder = sortedIndices(input.labelers, compareCodePoints);
  const modelOrder = sortedIndices(input.models, (a, b) => compareCodePoints(a.name, b.name));
  const matrix = (values: Int16Array, raterOrder: readonly number[]): LabelMatrix => ({
    raters: raterOrder.length,
    images: imageOrder.length,
    classes: input.classes,
    values: permute(values, new Int16Array(values.length), raterOrder, imageOrder),
  });
  const { keys } = input;
  const images = imageOrder.map((index) => at(input.images, index));
  return {
    classes: input.classes,
    images,
    imageIds: images.map(({ id }) => id),
    labelers: labelerOrder.map((index) => at(input.labelers, index)),
    humanLabels: {
      ...matrix(input.humanLabels, labelerOrder),
      unanswered:
        input.humanUnanswered &&
        permute(input.humanUnanswered, new Uint8Array(input.humanUnanswered.length), labelerOrder, imageOrder),
    },
    humanAbstained: input.humanAbstained ? countAbstained(input.humanAbstained, imageOrder) : null,
    humanCounts: input.humanCounts ? orderCounts(input.humanCounts, imageOrder, input.classes) : null,
    humanSets: input.humanSets ? orderAnswers(input.humanSets, labelerOrder, imageOrder) : null,
    humanRatings: input.humanRatings ? orderAnswers(input.humanRatings, labelerOrder, imageOrder) : null,
    isAnonymous: input.isAnonymous ?? false,
    models: modelOrder.map((index) => at(input.models, index)),
    modelLabels: matrix(input.modelLabels, modelOrder),
    readSoftmax: orderedSoftmax(input, modelOrder, imageOrder),
    keys: keys
      ? {
          images: keys.images,
          labelers: input.humanCounts ? keys.labelers : labelerOrder.map((index) => at(keys.labelers, index)),
          models: modelOrder.map((index) => at(keys.models, index)),
        }
      : null,
  };
}

/** `to[row][column] = from[rows[row]][columns[column]]`. Gives `to`. */
function permute<Cells extends Int16Array | Uint8Array>(
  from: Cells,
  to: Cells,
  rows: readonly number[],
  columns: readonly number[],
): Cells {
  const width = columns.length;
  // Stored sets have their images in order: copying rows takes a tenth of the time.
  const isInOrder = columns.every((column, index) => column === index);
  rows.forEach((row, toRow) => {
    if (isInOrder) to.set(from.subarray(row * width, (row + 1) * width), toRow * width);
    else
      for (let column = 0; column < width; column++) to[toRow * width + column] = from[row * width + columns[column]!]!;
  });
  return to;
}

/** Places as in the order of labelers and images, sorted by them. */
function orderAnswers<Answer extends { readonly image: number; readonly labeler: number }>(
  answers: readonly Answer[],
  labelers: readonly number[],
  images: readonly number[],
): Answer[] {
  const placesOf = (order: readonly number[]): number[] => {
    const places = new Array<number>(order.length);
    order.forEach((from, to) => (places[from] = to));
    return places;
  };
  const [labelerAt, imageAt] = [placesOf(labelers), placesOf(images)];
  return answers
    .map((answer) => ({ ...answer, image: at(imageAt, answer.image), labeler: at(labelerAt, answer.labeler) }))
    .sort((a, b) => a.labeler - b.labeler || a.image - b.image);
}

function countAbstained(given: Uint8Array, order: readonly number[]): Uint32Array {
  const images = order.length;
  const counts = new Uint32Array(images);
  order.forEach((from, to) => {
    for (let cell = from; cell < given.length; cell += images) counts[to]! += given[cell]!;
  });
  return counts;
}

function orderCounts(given: Uint32Array, order: readonly number[], classes: number): LabelCounts {
  const counts = new Uint32Array(given.length);
  const present = new Uint32Array(order.length);
  order.forEach((from, to) => {
    const own = given.subarray(from * classes, (from + 1) * classes);
    counts.set(own, to * classes);
    present[to] = own.reduce((sum, count) => sum + count, 0);
  });
  return { images: order.length, classes, counts, present };
}

function orderedSoftmax(
  input: AnalysisInput,
  modelOrder: readonly number[],
  imageOrder: readonly number[],
): (model: number) => SoftmaxRows {
  const { classes } = input;
  const length = imageOrder.length * classes;
  const given = (model: number): SoftmaxRows => {
    if (!('softmax' in input)) return input.readSoftmax(model);
    return input.softmax.subarray(model * length, (model + 1) * length);
  };
  const inOrder = imageOrder.every((from, to) => from === to);
  return (model) => {
    const rows = given(at(modelOrder, model));
    if (rows.length !== length) throw new RangeError('softmax of a model must be images x classes');
    return inOrder ? rows : permuteRows(rows, imageOrder, classes);
  };
}

function permuteRows(rows: SoftmaxRows, order: readonly number[], classes: number): SoftmaxRows {
  const ordered = rows.slice();
  order.forEach((from, to) => ordered.set(rows.subarray(from * classes, (from + 1) * classes), to * classes));
  return ordered;
}

/** Images of one pair in the order of alpha, then id; pairs ascending by (i, j). Images without a pair are in none. */
export interface PairRow {
  readonly i: number;
  readonly j: number;
  /** Places in the order of `meta.images`. */
  readonly images: readonly number[];
}

export function pairRows(images: readonly ImageInput[]): PairRow[] {
  const placed = images.flatMap(({ pairI: i, pairJ: j, alpha }, index) =>
    i === null || j === null || alpha === null ? [] : [{ i, j, alpha, index }],
  );
  placed.sort((a, b) => a.i - b.i || a.j - b.j || a.alpha - b.alpha || a.index - b.index);
  const rows = Map.groupBy(placed, ({ i, j }) => `${i}-${j}`);
  return [...rows.values()].map((row) => {
    const { i, j } = at(row, 0);
    return { i, j, images: row.map(({ index }) => index) };
  });
}

/** A pair as expected.json names it: "49"; with more than ten classes "4-9", where "112" could be two pairs. */
export const pairName = ({ i, j }: { i: number; j: number }, classes: number): string =>
  classes > 10 ? `${i}-${j}` : `${i}${j}`;

/** The true class of each image, `missing` where it is unknown; null if it is unknown everywhere. */
export function trueLabels(images: readonly ImageInput[]): Int16Array | null {
  if (!images.some(({ truth }) => truth != null)) return null;
  return Int16Array.from(images, ({ truth }) => truth ?? missing);
}

/** What is resampled (metrics.md 8: of determined images): images, or pairs of them without the empty ones. */
export interface ResamplingUnits {
  readonly image: Units;
  readonly pair: Units;
}

export function resamplingUnits(pairs: readonly PairRow[], { status }: HumanView): ResamplingUnits {
  return unitsWhere(pairs, status.length, (image) => status[image] !== null);
}

/** Units among `images` images: those that `drawn` is true of, and the pairs that have such images. */
function unitsWhere(pairs: readonly PairRow[], images: number, drawn: (image: number) => boolean): ResamplingUnits {
  return {
    image: Array.from({ length: images }, (_, image) => image).flatMap((image) => (drawn(image) ? [[image]] : [])),
    pair: pairs.map((row) => row.images.filter(drawn)).filter((found) => found.length > 0),
  };
}
