import { UserError } from '../../contract/errors.ts';
import { randomStream } from '../../domain/random.ts';
import { type AugmentationKey, createAugmenter } from './augment.ts';
import type { ImageForm, LabelledImages } from './types.ts';

/** Images ready for a network, with their labels. */
export interface Batch {
  /** float32 [n, height, width, 1]: (pixel / 255 - mean) / std. */
  images: Float32Array;
  /** int32 [n] */
  labels: Int32Array;
}

/**
 * How many batches an epoch has: whole ones only. The images left over (another few each epoch, as the order changes)
 * are dropped, so that all steps have one shape and an engine can record them once. PyTorch: drop_last=True.
 * @throws UserError `data-set.smaller-than-batch`
 */
export function stepsPerEpoch(count: number, batch: number): number {
  if (batch <= count) return Math.floor(count / batch);
  throw new UserError({
    code: 'data-set.smaller-than-batch',
    what: `A batch of ${batch} is larger than the training set of ${count} images`,
    where: 'recipe.batch',
    remedy: `Choose a batch of at most ${count}.`,
  });
}

/** The order in which an epoch goes through the training images: a permutation of 0 ... count - 1. */
export function batchOrder(seed: number, epoch: number, count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  return randomStream(seed, 'batch-order', epoch).shuffle(order);
}

/** The images of a step (from 0) of an epoch. */
export function indicesOfStep(order: Uint32Array, batch: number, step: number): Uint32Array {
  return order.subarray(step * batch, (step + 1) * batch);
}

/** The images at these positions, normalised; changed at random if an augmentation is given. */
export function gatherBatch(
  set: LabelledImages,
  indices: ArrayLike<number>,
  form: ImageForm,
  augmentation?: AugmentationKey,
): Batch {
  const size = form.height * form.width;
  const images = new Float32Array(indices.length * size);
  const labels = Int32Array.from(indices, (index) => set.labels[index] as number);
  const normalised = normalisationTable(form);
  const augment = augmentation && createAugmenter(form, augmentation);
  for (let n = 0; n < indices.length; n++) {
    const index = indices[n] as number;
    if (augment) augment(set.images, index, images, n);
    else normaliseInto(set.images, index * size, images, n * size, size, normalised);
  }
  return { images, labels };
}

/** uint8 images of the data set's size to float32, (pixel / 255 - mean) / std: what `gatherBatch` does, for stimuli. */
export function normaliseImages(pixels: Uint8Array, form: Pick<ImageForm, 'mean' | 'std'>): Float32Array {
  const images = new Float32Array(pixels.length);
  normaliseInto(pixels, 0, images, 0, pixels.length, normalisationTable(form));
  return images;
}

function normalisationTable({ mean, std }: Pick<ImageForm, 'mean' | 'std'>): Float32Array {
  return Float32Array.from({ length: 256 }, (_, value) => (value / 255 - mean) / std);
}

function normaliseInto(
  source: Uint8Array,
  sourceOffset: number,
  target: Float32Array,
  targetOffset: number,
  length: number,
  table: Float32Array,
): void {
  for (let k = 0; k < length; k++) target[targetOffset + k] = table[source[sourceOffset + k] as number] as number;
}
