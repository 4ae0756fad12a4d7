import { checkInput, type AnalysisInput, type ImageInput, type InputKeys, type ModelInput } from './input.ts';
import type { LabelMatrix } from './labels.ts';
import { compareCodePoints, sortedIndices } from './order.ts';
import type { SoftmaxRows } from './softmax-pass.ts';

/** The input in the order of metrics.md 0: images by id, labelers and models by name. */
export interface OrderedInput {
  readonly classes: number;
  readonly images: readonly ImageInput[];
  readonly imageIds: readonly number[];
  readonly labelers: readonly string[];
  readonly humanLabels: LabelMatrix;
  readonly models: readonly ModelInput[];
  readonly modelLabels: LabelMatrix;
  /** `[image][k]` of one model. Good until the next call. */
  readonly softmaxOf: (model: number) => SoftmaxRows;
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
    values: permute(values, raterOrder, imageOrder),
  });
  const { keys } = input;
  const images = imageOrder.map((index) => input.images[index]!);
  return {
    classes: input.classes,
    images,
    imageIds: images.map(({ id }) => id),
    labelers: labelerOrder.map((index) => input.labelers[index]!),
    humanLabels: matrix(input.humanLabels, labelerOrder),
    models: modelOrder.map((index) => input.models[index]!),
    modelLabels: matrix(input.modelLabels, modelOrder),
    softmaxOf: orderedSoftmax(input, modelOrder, imageOrder),
    keys: keys
      ? {
          images: keys.images,
          labelers: labelerOrder.map((index) => keys.labelers[index]!),
          models: modelOrder.map((index) => keys.models[index]!),
        }
      : null,
  };
}

/** `to[row][column] = from[rows[row]][columns[column]]`. */
function permute(from: Int16Array, rows: readonly number[], columns: readonly number[]): Int16Array {
  const to = new Int16Array(from.length);
  const width = columns.length;
  rows.forEach((row, toRow) => {
    for (let column = 0; column < width; column++) to[toRow * width + column] = from[row * width + columns[column]!]!;
  });
  return to;
}

function orderedSoftmax(
  input: AnalysisInput,
  modelOrder: readonly number[],
  imageOrder: readonly number[],
): (model: number) => SoftmaxRows {
  const { classes } = input;
  const length = imageOrder.length * classes;
  const given = (model: number): SoftmaxRows => {
    if (!('softmax' in input)) return input.softmaxOf(model);
    return input.softmax.subarray(model * length, (model + 1) * length);
  };
  const inOrder = imageOrder.every((from, to) => from === to);
  return (model) => {
    const rows = given(modelOrder[model]!);
    if (rows.length !== length) throw new RangeError('softmax of a model must be images x classes');
    return inOrder ? rows : permuteRows(rows, imageOrder, classes);
  };
}

function permuteRows(rows: SoftmaxRows, order: readonly number[], classes: number): SoftmaxRows {
  const ordered = rows.slice();
  order.forEach((from, to) => ordered.set(rows.subarray(from * classes, (from + 1) * classes), to * classes));
  return ordered;
}
