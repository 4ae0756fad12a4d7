import { UserError } from '../../contract/wire/errors.ts';
import type { SoftLabels } from '../../contract/recipes/recipes.ts';
import { kept } from '../../domain/numbers/arrays.ts';
import { imageLength, imagesAt } from '../../domain/data/images.ts';
import { randomStream } from '../../domain/random/random.ts';
import type { BlobStore } from '../../files/blobs.ts';
import type { DataSet } from '../data/data-set.ts';

/** A data set whose last training images have distributions as labels. */
export interface TaughtDataSet extends DataSet {
  /** `first`: position of the first of them in `train`. `targets`: float32 [count, classes]. Absent: there are none. */
  soft?: { readonly first: number; readonly targets: Float32Array };
}

/** A process trains many runs on the same images, and engines hold a data set by its identity. */
let last: { data: DataSet; key: string; taught: TaughtDataSet } | undefined;

/**
 * The data set with the images of `softLabels` after its own training images. Their label is the class with the largest share,
 * the first of several. Inputs are normalized as in the data set.
 * @throws UserError `soft-labels.mismatch`, `soft-labels.not-distributions`, `soft-labels.empty`
 */
export function withSoftLabels(data: DataSet, softLabels: SoftLabels | undefined, blobs: BlobStore): TaughtDataSet {
  if (!softLabels) return data;
  const key = softLabels.pixels + softLabels.targets;
  if (last?.data !== data || last.key !== key) last = { data, key, taught: readSoftLabels(data, softLabels, blobs) };
  return last.taught;
}

function readSoftLabels(data: DataSet, { pixels, targets }: SoftLabels, blobs: BlobStore): TaughtDataSet {
  const [size, classes] = [imageLength(data), data.classes.length];
  const [images, bytes] = [blobs.get(pixels), blobs.get(targets)];
  const count = images.length / size;
  if (!Number.isInteger(count) || bytes.length !== 4 * count * classes) {
    throw unsuitable(
      'mismatch',
      `${images.length} bytes of pixels and ${bytes.length} of targets are not images of ${data.width} x ${data.height} x ${data.channels} with a share of each of ${classes} classes`,
    );
  }
  const rows = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const row = (image: number): Float32Array => rows.subarray(image * classes, (image + 1) * classes);
  const chosen = Array.from({ length: count }, (_, image) => image).filter((image) => row(image).some(Boolean));
  const wrong = chosen.find((image) => !isDistribution(row(image)));
  if (wrong !== undefined) throw unsuitable('not-distributions', `The shares of image ${wrong + 1} do not sum up to 1`);
  if (chosen.length === 0) throw unsuitable('empty', 'No image has a target');
  const { train } = data;
  const joined = new Uint8Array(train.images.length + chosen.length * size);
  joined.set(train.images);
  joined.set(imagesAt(images, size, chosen), train.images.length);
  const labels = new Uint8Array(train.count + chosen.length);
  labels.set(train.labels);
  const kept = new Float32Array(chosen.length * classes);
  chosen.forEach((image, k) => {
    const own = row(image);
    labels[train.count + k] = own.indexOf(Math.max(...own));
    kept.set(own, k * classes);
  });
  return {
    ...data,
    train: { count: labels.length, images: joined, labels },
    soft: { first: train.count, targets: kept },
  };
}

/** The tolerance is for shares in float32. */
const isDistribution = (shares: Float32Array): boolean =>
  shares.every((share) => share >= 0) && Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-4;

const unsuitable = (code: string, what: string): UserError =>
  new UserError(`soft-labels.${code}`, what, 'recipe.softLabels', 'Make the soft labels anew from a study’s labels.');

/** How many images of a batch have distributions as labels. @throws UserError `soft-labels.share` */
export function softCount({ share }: SoftLabels, batch: number): number {
  const count = Math.round(share * batch);
  if (count > 0) return count;
  throw new UserError(
    'soft-labels.share',
    `A share of ${share} of a batch of ${batch} is less than half an image`,
    'recipe.softLabels.share',
    `Choose a share of at least ${1 / batch}, or larger batches.`,
  );
}

/**
 * In which order a training takes `count` images with distributions as labels: round after round through all of them, each
 * in an order that is a function of (seed, round). Gives the images that take the `n` places of a step (from 0), and the
 * round of each.
 */
export function softOrder(seed: number, count: number) {
  /** Orders of the last rounds. */
  const orders = new Map<number, Uint32Array>();
  const orderOf = (round: number): Uint32Array =>
    kept(orders, round, () => {
      const order = Uint32Array.from({ length: count }, (_, index) => index);
      randomStream(seed, 'soft-labels', round).shuffle(order);
      orders.delete(round - 2);
      return order;
    });
  return (step: number, n: number): { images: Uint32Array; rounds: Uint32Array } => {
    const rounds = Uint32Array.from({ length: n }, (_, k) => Math.floor((step * n + k) / count));
    return { images: rounds.map((round, k) => orderOf(round)[(step * n + k) % count]!), rounds };
  };
}
