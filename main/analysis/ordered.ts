import { checkInput, type AnalysisInput, type ModelInput } from './input.ts';
import type { LabelMatrix } from './labels.ts';
import { compareCodePoints, sortedIndices } from './order.ts';

/** The input in the order of SPEC 0: images by id, labelers and models by name. */
export interface OrderedInput {
  readonly imageIds: readonly number[];
  readonly labelers: readonly string[];
  readonly humanLabels: LabelMatrix;
  readonly models: readonly ModelInput[];
  readonly modelLabels: LabelMatrix;
  /** max_k p_k, `[model][image]`. */
  readonly maxSoftmax: Float32Array | Float64Array;
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
  const largest = largestProbabilities(input);
  return {
    imageIds: imageOrder.map((index) => input.images[index]!.id),
    labelers: labelerOrder.map((index) => input.labelers[index]!),
    humanLabels: matrix(input.humanLabels, labelerOrder),
    models: modelOrder.map((index) => input.models[index]!),
    modelLabels: matrix(input.modelLabels, modelOrder),
    maxSoftmax: permute(largest, new Float64Array(largest.length), modelOrder, imageOrder),
  };
}

/** `to[row][column] = from[rows[row]][columns[column]]`. */
function permute<T extends Int16Array | Float64Array>(
  from: Int16Array | Float32Array | Float64Array,
  to: T,
  rows: readonly number[],
  columns: readonly number[],
): T {
  const width = columns.length;
  rows.forEach((row, toRow) => {
    for (let column = 0; column < width; column++) to[toRow * width + column] = from[row * width + columns[column]!]!;
  });
  return to;
}

function largestProbabilities(input: AnalysisInput): Float32Array | Float64Array {
  if ('maxSoftmax' in input) return input.maxSoftmax;
  const { softmax, classes } = input;
  const largest = new Float64Array(softmax.length / classes);
  for (let row = 0, at = 0; row < largest.length; row++) {
    let top = softmax[at++]!;
    for (let k = 1; k < classes; k++, at++) if (softmax[at]! > top) top = softmax[at]!;
    largest[row] = top;
  }
  return largest;
}
