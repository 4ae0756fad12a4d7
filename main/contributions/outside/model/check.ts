import type { InputMapping, ModelMapping, OutsideCheck } from '../contract/outside.ts';
import { UserError } from '../../../contract/wire/index.ts';
import { at, formatPercent } from '../../../domain/numbers/index.ts';
import { imageLength, imagesAt } from '../../../domain/data/index.ts';
import { clip, imageNet } from '../contract/files.ts';
import type { DataSet } from '../../../training/data/index.ts';
import { Confusion } from '../../../training/predictions/index.ts';
import type { MappedPredictions } from './mapping.ts';

interface Checked {
  data: DataSet;
  mapping: ModelMapping;
  /** Test images that are classified at most. */
  images: number;
  predict(
    mapping: ModelMapping,
    pixels: Uint8Array,
    onProgress: (done: number) => Promise<void>,
  ): Promise<MappedPredictions>;
  onProgress(done: number, total: number): Promise<void>;
}

type Warning = OutsideCheck['warnings'][number];

/** Images on which alternatives are tried: models of large images take longer for each. */
const triedImages = ({ width, height }: InputMapping): number => (width * height <= 64 * 64 ? 300 : 60);

/** Accuracy with a mapping on test images, and alternatives that do better, which make the mapping suspect. */
export async function checkMapping({ data, mapping, images, predict, onProgress }: Checked): Promise<OutsideCheck> {
  const { input } = mapping;
  const chosen = evenly(data.test.count, images);
  const alternatives = otherInputs(input, data);
  const tried = evenly(chosen.length, triedImages(input)).map((index) => at(chosen, index));
  const total = chosen.length + (alternatives.length + 1) * tried.length;
  let done = 0;
  const classify = async (each: ModelMapping, positions: readonly number[]): Promise<MappedPredictions> => {
    const result = await predict(each, imagesAt(data.test.images, imageLength(data), positions), (count) =>
      onProgress(Math.min(total, done + count), total),
    );
    done += positions.length;
    return result;
  };
  const { labels, other } = await classify(mapping, chosen);
  const actual = chosen.map((position) => at(data.test.labels, position));
  const errors = actual.filter((label, n) => label !== labels[n]).length;
  const accuracy = percentRight(actual.length - errors, actual.length);
  const actualOfTried = tried.map((position) => at(data.test.labels, position));
  const isRight = (predicted: ArrayLike<number>): boolean[] => actualOfTried.map((label, n) => label === predicted[n]);
  const labelOf = new Map(chosen.map((position, n) => [position, at(labels, n)]));
  const own = isRight(tried.map((position) => labelOf.get(position) ?? -1));
  const ownPercent = percentRight(own.filter(Boolean).length, own.length);

  const warnings: (Warning & { accuracy: number })[] = [];
  for (const { mistake, says, input: changed } of alternatives) {
    const predictions = await attempt(() => classify({ ...mapping, input: changed }, tried));
    const right = predictions && isRight(predictions.labels);
    if (!right || !isBetter(own, right)) continue;
    const percent = percentRight(right.filter(Boolean).length, right.length);
    const text = `${says}: the accuracy on ${tried.length} images is then ${percentText(percent)}, not ${percentText(ownPercent)}.`;
    warnings.push({ mistake, text, accuracy: percent, mapping: { ...mapping, input: changed } });
  }
  const reordered = otherOrder(actual, labels, mapping, data.classes);
  if (reordered) warnings.push(reordered);
  warnings.sort((a, b) => b.accuracy - a.accuracy);
  // Cosines are no probabilities, whatever they add up to.
  const asProbabilities =
    mapping.kind === 'onnx' && mapping.output.values === 'logits'
      ? { ...mapping, output: { ...mapping.output, values: 'probabilities' as const } }
      : null;
  const isTwice = asProbabilities && (await attempt(() => classify(asProbabilities, tried.slice(0, 20))));
  return {
    images: chosen.length,
    errors,
    accuracy,
    confusion: confusionOf(actual, labels, data.classes),
    other: other && {
      mean: other.reduce((sum, value) => sum + value, 0) / other.length,
      mostly: other.filter((value) => value > 0.5).length,
    },
    warnings: [
      ...warnings,
      ...(isTwice ? [alreadyProbabilities(asProbabilities, ownPercent)] : []),
      ...(warnings.length === 0 && isChance(actual.length - errors, actual.length, data.classes.length)
        ? [noBetterThanChance(mapping, accuracy)]
        : []),
    ],
  };
}

/** At most `most` of the positions 0 ... count - 1, evenly spaced. */
function evenly(count: number, most: number): number[] {
  const chosen = Math.min(count, most);
  return Array.from({ length: chosen }, (_, k) => Math.floor((k * count) / chosen));
}

const percentText = (percent: number): string => formatPercent(percent / 100);
const percentRight = (right: number, count: number): number => (100 * right) / count;

/** Null where the alternative cannot be run, or gives nothing that its mapping allows. */
async function attempt<Result>(run: () => Promise<Result>): Promise<Result | null> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof UserError && error.code !== 'outside.memory') return null;
    throw error;
  }
}

/** Images on which only one is right differ by more than three standard deviations of a fair coin. */
function isBetter(own: readonly boolean[], alternative: readonly boolean[]): boolean {
  const gained = alternative.filter((right, n) => right && !own[n]).length;
  const lost = own.filter((right, n) => right && !alternative[n]).length;
  return gained - lost >= 3 && gained - lost > 3 * Math.sqrt(gained + lost);
}

function isChance(right: number, count: number, classes: number): boolean {
  const share = 1 / classes;
  return right <= count * share + 3 * Math.sqrt(count * share * (1 - share));
}

interface OtherInput {
  mistake: Warning['mistake'];
  /** What is probably wrong. */
  says: string;
  input: InputMapping;
}

/** The input with one thing changed. */
function otherInputs(input: InputMapping, data: DataSet): OtherInput[] {
  const others: OtherInput[] = [];
  const add = (mistake: OtherInput['mistake'], says: string, change: Partial<InputMapping>): void => {
    others.push({ mistake, says, input: { ...input, ...change } });
  };
  const isColor = input.channels !== 'gray';
  if (isColor && data.channels === 3) {
    const [from, to] = input.channels === 'rgb' ? (['RGB', 'BGR'] as const) : (['BGR', 'RGB'] as const);
    const swapped = { mean: input.mean.toReversed(), std: input.std.toReversed() };
    add('channel-order', `Red and blue are probably swapped, so choose ${to} instead of ${from}`, {
      channels: input.channels === 'rgb' ? 'bgr' : 'rgb',
      ...swapped,
    });
  }
  for (const { name, ...scaling } of scalings(input, data)) {
    if (!isSameScaling(input, scaling)) add('range', `Values are probably scaled wrongly, so choose ${name}`, scaling);
  }
  const inverted = input.invert
    ? 'Black and white are probably swapped, so do not invert'
    : 'Black and white are probably swapped, so choose inverted';
  add('inverted', inverted, { invert: !input.invert });
  add('transposed', 'Rows and columns of the images are probably exchanged', { transposed: !input.transposed });
  const layouts = { nchw: 'nhwc', nhwc: 'nchw', 'flat-nchw': 'flat-nhwc', 'flat-nhwc': 'flat-nchw' } as const;
  const layout = layouts[input.layout];
  if (isColor) add('layout', `The order of dimensions is probably ${layout.toUpperCase()}`, { layout });
  return others;
}

type Scaling = Pick<InputMapping, 'range' | 'mean' | 'std'>;

function scalings({ channels }: InputMapping, data: DataSet): (Scaling & { name: string })[] {
  const depth = channels === 'gray' ? 1 : 3;
  const none = { mean: Array<number>(depth).fill(0), std: Array<number>(depth).fill(1) };
  const ordered = (values: readonly number[]): number[] => (channels === 'bgr' ? values.toReversed() : [...values]);
  const plain: (Scaling & { name: string })[] = [
    { name: 'values from 0 to 1', range: [0, 1], ...none },
    { name: 'values from 0 to 255', range: [0, 255], ...none },
    { name: 'values from -1 to 1', range: [-1, 1], ...none },
  ];
  if (depth === 3) {
    const { mean, std } = imageNet;
    plain.push({ name: "ImageNet's mean and deviation", range: [0, 1], mean: ordered(mean), std: ordered(std) });
    plain.push({ name: "CLIP's mean and deviation", range: [0, 1], mean: ordered(clip.mean), std: ordered(clip.std) });
  }
  if (depth === data.channels) {
    const [mean, std] = [ordered(data.mean), ordered(data.std)];
    plain.push({ name: "the data set's own mean and deviation", range: [0, 1], mean, std });
  }
  return plain;
}

/** Whether black and white become the same values. */
function isSameScaling(a: Scaling, b: Scaling): boolean {
  const ends = ({ range, mean, std }: Scaling): number[] =>
    range.flatMap((value) => mean.map((each, channel) => (value - each) / at(std, channel)));
  return ends(a).every((value, k) => Math.abs(value - at(ends(b), k)) < 1e-6);
}

/** The classes in the order in which predictions fit best, if that is another one and better. */
function otherOrder(
  actual: readonly number[],
  labels: ArrayLike<number>,
  mapping: ModelMapping,
  names: readonly string[],
): (Warning & { accuracy: number }) | null {
  const cells = confusionOf(actual, labels, names).sort(
    (a, b) => b.count - a.count || a.actual - b.actual || a.predicted - b.predicted,
  );
  // The output that is largest for each class; larger counts are assigned first.
  const meant = new Map<number, number>();
  const taken = new Set<number>();
  for (const { actual: truth, predicted } of cells) {
    if (meant.has(truth) || taken.has(predicted)) continue;
    meant.set(truth, predicted);
    taken.add(predicted);
  }
  const rest = names.map((_, k) => k).filter((k) => !taken.has(k));
  const order = names.map((_, k) => meant.get(k) ?? rest.shift() ?? k);
  const own = actual.map((label, n) => label === labels[n]);
  const reordered = actual.map((label, n) => order[label] === labels[n]);
  const moved = order.flatMap((from, k) => (from === k ? [] : [k]));
  // A better order always exists for a model that knows nothing.
  if (moved.length < 2 || !isBetter(own, reordered)) return null;
  const accuracy = percentRight(reordered.filter(Boolean).length, reordered.length);
  if (accuracy < 100 / names.length + 20 || accuracy < 50) return null;
  const examples = moved.slice(0, 3).map((k) => `what counts as "${at(names, at(order, k))}" is "${at(names, k)}"`);
  const ownAccuracy = percentRight(own.filter(Boolean).length, own.length);
  return {
    mistake: 'class-order',
    text: `The classes are probably in another order: ${examples.join(', ')}${moved.length > 3 ? ', ...' : ''}. The accuracy is then ${percentText(accuracy)}, not ${percentText(ownAccuracy)}.`,
    accuracy,
    mapping: inOrder(mapping, order),
  };
}

/** What stands for class `order[k]` stands for class k. */
function inOrder(mapping: ModelMapping, order: readonly number[]): ModelMapping {
  const ordered = <Each>(each: readonly Each[]): Each[] => order.map((from) => at(each, from));
  if (mapping.kind === 'image-text')
    return { ...mapping, text: { ...mapping.text, words: ordered(mapping.text.words) } };
  return { ...mapping, output: { ...mapping.output, classes: ordered(mapping.output.classes) } };
}

const alreadyProbabilities = (mapping: ModelMapping, accuracy: number): Warning => ({
  mistake: 'values',
  accuracy,
  mapping,
  text: 'The outputs already are probabilities, so choose probabilities instead of logits: softmax would otherwise be applied twice.',
});

const noBetterThanChance = (mapping: ModelMapping, accuracy: number): Warning => ({
  mistake: 'no-better-than-chance',
  accuracy: null,
  mapping,
  text: `The accuracy is ${percentText(accuracy)}, no better than chance. Check the mapping, and whether the model was trained for these classes.`,
});

const confusionOf = (actual: readonly number[], labels: ArrayLike<number>, { length }: readonly string[]) =>
  new Confusion(length).add(actual, labels).get().confusion;
