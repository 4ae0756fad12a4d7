import { createHash } from 'node:crypto';
import { UserError } from '../../contract/wire/errors.ts';
import type { Channels, ImageSize } from '../../domain/data/images.ts';

/** Images with their labels, in the order of the file. */
export interface LabeledImages {
  count: number;
  /** uint8 [count, height, width, channels]; 0 is black. */
  images: Uint8Array;
  /** Class indices, [count]. */
  labels: Uint8Array;
}

/** @param code without its prefix `data-set.` */
export const dataError = (code: string, what: string, where: string, remedy: string, cause?: unknown): UserError =>
  new UserError(`data-set.${code}`, what, where, remedy, cause === undefined ? undefined : { cause });

/** Size of a data set's images, and the means and deviations by which networks' inputs are normalized. */
export interface ImageForm extends ImageSize {
  /**
   * Mean and population standard deviation of all training pixels (of test pixels, if there are no others) scaled to [0, 1], for each channel. MNIST: 0.1307 and
   * 0.3081.
   */
  mean: readonly number[];
  std: readonly number[];
}

export interface DataSet extends ImageForm {
  name: string;
  /** Names of the K classes, by index. */
  classes: readonly string[];
  train: LabeledImages;
  test: LabeledImages;
  /**
   * SHA-256 of the line `boundary-workbench/data-set/1 <classes> <height> <width> <train count> <test count>\n`, then
   * training pixels, training labels, test pixels, test labels, one byte each. Names of classes are not included. With
   * three channels the line is `boundary-workbench/data-set/2 <classes> <height> <width> <channels> <train count> <test
   * count>\n`.
   */
  hash: string;
}

/**
 * What normalizes a data set with these training pixels. A channel that never changes gets the deviation 1, as it has
 * nothing to scale. @param where names the images in the error @throws UserError `data-set.no-contrast`
 */
export function checkedStatistics(
  pixels: Uint8Array,
  channels: Channels,
  where: string,
): Pick<ImageForm, 'mean' | 'std'> {
  const { mean, std } = pixelStatistics(pixels, channels);
  if (std.some((deviation) => deviation > 0)) return { mean, std: std.map((deviation) => deviation || 1) };
  throw dataError('no-contrast', 'All training pixels have the same value', where, 'Check the file.');
}

/** Exact for each channel: from the count of each byte value. @param pixels uint8 [..., channels] */
export function pixelStatistics(pixels: Uint8Array, channels: Channels): Pick<ImageForm, 'mean' | 'std'> {
  const [mean, std]: [number[], number[]] = [[], []];
  for (let channel = 0; channel < channels; channel++) {
    const counts = countBytes(pixels, channel, channels);
    let [sum, squares] = [0, 0];
    counts.forEach((count, value) => {
      sum += count * value;
      squares += count * value * value;
    });
    const number = pixels.length / channels;
    const average = sum / number;
    mean.push(average / 255);
    std.push(Math.sqrt(Math.max(0, squares / number - average * average)) / 255);
  }
  return { mean, std };
}

/**
 * Counts the values of each `stride`th byte, in four tables in turn: incrementing one entry repeatedly (black pixels)
 * takes twice as long.
 */
function countBytes(bytes: Uint8Array, first: number, stride: number): Uint32Array {
  const tables = new Uint32Array(4 * 256);
  for (let k = first, table = 0; k < bytes.length; k += stride, table = (table + 1) & 3) {
    const at = (table << 8) | (bytes[k] as number);
    tables[at] = (tables[at] as number) + 1;
  }
  return tables.subarray(0, 256).map((count, value) => {
    const [second = 0, third = 0, fourth = 0] = [tables[256 + value], tables[512 + value], tables[768 + value]];
    return count + second + third + fourth;
  });
}

type HashedSet = Omit<DataSet, 'hash' | 'name' | 'mean' | 'std'>;

/** The line that a data set's hash begins with. */
export function dataSetHeader({ classes, height, width, channels, train, test }: HashedSet): string {
  const size = channels === 1 ? [height, width] : [height, width, channels];
  const version = channels === 1 ? 1 : 2;
  const numbers = [classes.length, ...size, train.count, test.count];
  return `boundary-workbench/data-set/${version} ${numbers.join(' ')}\n`;
}

/** See `DataSet.hash`. */
export function hashDataSet(set: HashedSet): string {
  const { train, test } = set;
  const hash = createHash('sha256').update(dataSetHeader(set), 'ascii');
  for (const bytes of [train.images, train.labels, test.images, test.labels]) hash.update(bytes);
  return hash.digest('hex');
}
