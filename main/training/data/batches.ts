import { batchMisfit, misfitError } from '../../domain/networks/trainable.ts';
import { at } from '../../domain/numbers/arrays.ts';
import { imageLength } from '../../domain/data/images.ts';
import { randomStream } from '../../domain/random/random.ts';
import { type AugmentationKey, createAugmenter } from './augment.ts';
import type { ImageForm, LabeledImages } from './data-set.ts';

/**
 * Number of batches in an epoch. The remaining images (different ones in each epoch, as the order changes) are dropped,
 * so that all steps have one shape and an engine can record them once. PyTorch: drop_last=True.
 * @throws UserError `data-set.smaller-than-batch`
 */
export function stepsPerEpoch(count: number, batch: number): number {
  const misfit = batchMisfit(batch, count);
  if (misfit) throw misfitError(misfit, 'recipe.batch');
  return Math.floor(count / batch);
}

/** The order of the training images in an epoch: a permutation of 0 ... count - 1. */
export function batchOrder(seed: number, epoch: number, count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  return randomStream(seed, 'batch-order', epoch).shuffle(order);
}

/** Positions of the images of a step (from 0) of an epoch. */
export function stepIndices(order: Uint32Array, batch: number, step: number): Uint32Array {
  return order.subarray(step * batch, (step + 1) * batch);
}

/** Labels of the images at these positions, int32 [n]. */
export function gatherLabels({ labels }: LabeledImages, indices: ArrayLike<number>): Int32Array {
  return Int32Array.from(indices, (index) => labels[index] as number);
}

/** Writes the images into `target`, float32 [n, height, width, channels]: (pixel / 255 - mean) / std, augmented if given. */
export function gatherImages(
  set: LabeledImages,
  indices: ArrayLike<number>,
  form: ImageForm,
  augmentation: AugmentationKey | undefined,
  target: Float32Array,
): void {
  const size = imageLength(form);
  const tables = normalizationTables(form);
  const augment = augmentation && createAugmenter(form, augmentation);
  for (let n = 0; n < indices.length; n++) {
    const index = indices[n] as number;
    if (augment) augment(set.images, index, target, n);
    else normalizeInto(set.images, index * size, target, n * size, size, tables);
  }
}

/** Normalizes uint8 [..., channels] into `target`; the same bits as from `gatherImages`. */
export function normalizeImages(
  pixels: Uint8Array,
  form: Pick<ImageForm, 'mean' | 'std'>,
  target = new Float32Array(pixels.length),
): Float32Array {
  normalizeInto(pixels, 0, target, 0, pixels.length, normalizationTables(form));
  return target;
}

/** For each channel, what each byte becomes. */
const normalizationTables = ({ mean, std }: Pick<ImageForm, 'mean' | 'std'>): Float32Array[] =>
  mean.map((average, channel) => normalizationTable(average, at(std, channel)));

function normalizationTable(mean: number, std: number): Float32Array {
  const table = new Float32Array(256);
  for (let value = 0; value < 256; value++) table[value] = (value / 255 - mean) / std;
  return table;
}

function normalizeInto(
  source: Uint8Array,
  sourceOffset: number,
  target: Float32Array,
  targetOffset: number,
  length: number,
  tables: readonly Float32Array[],
): void {
  if (tables.length === 1) normalizeGray(source, sourceOffset, target, targetOffset, length, tables[0]!);
  else normalizeColor(source, sourceOffset, target, targetOffset, length, tables);
}

/** Gray has a loop of its own, as the one for color takes longer. */
function normalizeGray(
  source: Uint8Array,
  sourceOffset: number,
  target: Float32Array,
  targetOffset: number,
  length: number,
  table: Float32Array,
): void {
  for (let k = 0; k < length; k++) target[targetOffset + k] = table[source[sourceOffset + k]!]!;
}

function normalizeColor(
  source: Uint8Array,
  sourceOffset: number,
  target: Float32Array,
  targetOffset: number,
  length: number,
  tables: readonly Float32Array[],
): void {
  const [red, green, blue] = tables as [Float32Array, Float32Array, Float32Array];
  for (let k = 0; k < length; k += 3) {
    const [from, to] = [sourceOffset + k, targetOffset + k];
    target[to] = red[source[from]!]!;
    target[to + 1] = green[source[from + 1]!]!;
    target[to + 2] = blue[source[from + 2]!]!;
  }
}
