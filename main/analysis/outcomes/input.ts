import type { StimulusImage } from '../../domain/stimuli/stimulus-set.ts';
import { at } from '../../domain/numbers/arrays.ts';
import type { Answers } from '../labels/known-answers.ts';
import type { HumanView } from '../raters/humans.ts';
import type { Units } from '../statistics/intervals.ts';
import { type LabelMatrix, missing, takeRaters } from '../labels/labels.ts';
import { labelersOf, type People, takePeople, wrongPeople } from '../labels/answers.ts';
import type { SoftmaxRows } from '../labels/softmax.ts';
import type { Target } from '../../contract/recipes/recipes.ts';

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
 * Input of an analysis, in any order of images, labelers and models. Where nobody answered, the numbers that need people are
 * null; without models there are no groups.
 */
export type AnalysisInput = {
  readonly images: readonly ImageInput[];
  /** Number of classes K. */
  readonly classes: number;
  readonly people: People;
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
  const { images, classes, people, models, modelLabels } = input;
  const check = (holds: boolean, message: string): void => {
    if (!holds) throw new RangeError(message);
  };
  const outputs = models.length * images.length;
  check(Number.isInteger(classes) && classes >= 1 && classes <= 32_767, 'classes must be 1 to 32767');
  check(modelLabels.length === outputs, 'modelLabels must be models x images');
  if ('softmax' in input)
    check(input.softmax.length === outputs * classes, 'softmax must be models x images x classes');
  const wrong = wrongPeople(people, images.length, classes);
  check(wrong === null, wrong ?? '');
  check(
    modelLabels.every((label) => label >= 0 && label < classes),
    'model labels must be 0 to classes - 1',
  );
  check(
    images.every(({ truth }) => truth == null || (Number.isInteger(truth) && truth >= 0 && truth < classes)),
    'true classes must be 0 to classes - 1',
  );
  check(new Set(images.map(({ id }) => id)).size === images.length, 'image ids must differ');
}

/** The input in the order of metrics.md 0: images by id, labelers and models by name. */
export interface OrderedInput {
  readonly classes: number;
  readonly images: readonly ImageInput[];
  readonly imageIds: readonly number[];
  readonly people: People;
  /** Of `people`; none of counts. */
  readonly labelers: readonly string[];
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
  const labelerOrder = sortedIndices(labelersOf(input.people), compareCodePoints);
  const modelOrder = sortedIndices(input.models, (a, b) => compareCodePoints(a.name, b.name));
  const { classes, keys } = input;
  const images = imageOrder.map((index) => at(input.images, index));
  const people = takePeople(input.people, labelerOrder, imageOrder);
  const models = { raters: modelOrder.length, images: images.length, classes, values: input.modelLabels };
  return {
    classes,
    images,
    imageIds: images.map(({ id }) => id),
    people,
    labelers: labelersOf(people),
    models: modelOrder.map((index) => at(input.models, index)),
    modelLabels: takeRaters(models, modelOrder, imageOrder),
    readSoftmax: orderedSoftmax(input, modelOrder, imageOrder),
    keys: keys
      ? {
          images: keys.images,
          labelers: people.kind === 'counts' ? keys.labelers : labelerOrder.map((index) => at(keys.labelers, index)),
          models: modelOrder.map((index) => at(keys.models, index)),
        }
      : null,
  };
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
