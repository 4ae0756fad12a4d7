/** An image as the analysis knows it. Pair and alpha are null where only predictions are known. */
export interface ImageInput {
  readonly id: number;
  readonly pairI: number | null;
  readonly pairJ: number | null;
  /** Weight of class j, 0..1. */
  readonly alpha: number | null;
}

/** A snapshot as the analysis knows it. With a repeat it belongs to a seed group, without to a diverse group. */
export interface ModelInput {
  readonly name: string;
  readonly architecture: string;
  /** Test accuracy in percent. */
  readonly target: number;
  readonly repeat: number | null;
  readonly seed: number | null;
}

/**
 * All K softmax values of each model on each image: `[model][image][k]` at once, or one model's `[image][k]` when it is
 * asked for, so that a thousand models need not be in memory together.
 */
export type Probabilities =
  | { readonly softmax: Float32Array | Float64Array }
  | { readonly softmaxOf: (model: number) => Float32Array | Float64Array };

/**
 * What the parts of an input are known by, e.g. hashes of their content: equal keys, equal content. With them, work done
 * for an earlier input is not done again.
 */
export interface InputKeys {
  /** Ids, pairs and alphas of the images, and the number of classes. */
  readonly images: string;
  /** An entry a labeler: its labels. */
  readonly labelers: readonly string[];
  /** An entry a model: its labels and softmax. */
  readonly models: readonly string[];
}

/**
 * Everything that an analysis is made from, in any order of images, labelers and models. Without labelers the numbers
 * that need people come out null; without models there are no groups.
 */
export type AnalysisInput = {
  readonly images: readonly ImageInput[];
  /** Number of classes K. */
  readonly classes: number;
  readonly labelers: readonly string[];
  /** `[labeler][image]`, a class index or -1 where the labeler gave no label. */
  readonly humanLabels: Int16Array;
  readonly models: readonly ModelInput[];
  /** `[model][image]`, a class index; no model may miss an image. Authoritative, whatever the softmax says. */
  readonly modelLabels: Int16Array;
  readonly keys?: InputKeys;
} & Probabilities;

/**
 * Checks shapes and ranges. Files are checked, with row and remedy, where they are read: what is wrong here is a defect
 * of the caller.
 * @throws RangeError
 */
export function checkInput(input: AnalysisInput): void {
  const { images, classes, labelers, humanLabels, models, modelLabels } = input;
  const outputs = models.length * images.length;
  check(Number.isInteger(classes) && classes >= 1 && classes <= 32_767, 'classes must be 1 to 32767');
  check(humanLabels.length === labelers.length * images.length, 'humanLabels must be labelers x images');
  check(modelLabels.length === outputs, 'modelLabels must be models x images');
  if ('softmax' in input)
    check(input.softmax.length === outputs * classes, 'softmax must be models x images x classes');
  check(within(humanLabels, -1, classes), 'human labels must be -1 to classes - 1');
  check(within(modelLabels, 0, classes), 'model labels must be 0 to classes - 1');
  check(new Set(images.map(({ id }) => id)).size === images.length, 'image ids must differ');
  check(new Set(labelers).size === labelers.length, 'labeler names must differ');
}

function check(holds: boolean, message: string): void {
  if (!holds) throw new RangeError(message);
}

function within(labels: Int16Array, lowest: number, classes: number): boolean {
  return labels.every((label) => label >= lowest && label < classes);
}
