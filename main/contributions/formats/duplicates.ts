import { createHash } from 'node:crypto';
import { type Findings, maxExamples } from '../../contract/results/index.ts';
import { at } from '../../domain/numbers/index.ts';
import { createResampler, imageLength, type ImageSize } from '../../domain/data/index.ts';
import type { FoundImages } from './sources/source.ts';

type Duplicates = Pick<Findings, 'sameInTest' | 'nearInTest' | 'inTwoClasses' | 'comparedAll'>;

/** Images are compared as gray pictures of this many pixels a side. */
const side = 16;
const cells = side * side;
/**
 * Two images are nearly the same if the root of the mean squared difference of their small gray pictures is at most this
 * share of the training picture's standard deviation: a correlation of about 0.99.
 */
const nearShare = 0.15;
/** Gray levels. Pictures with less contrast all resemble each other. */
const leastContrast = 4;
/** Some ten seconds. */
const maxComparisons = 1_000_000_000;

/**
 * Finds images that are in both parts, pixel by pixel or nearly, and those that are in two classes. Of a test image, the
 * first training image counts.
 */
export function findDuplicates(found: Pick<FoundImages, 'size' | 'train' | 'test' | 'nameOf'>): Duplicates {
  const { size, train, test, nameOf } = found;
  const seen = new Map<string, { part: 'train' | 'test'; index: number; label: number }>();
  const [sameInTest, nearInTest, inTwoClasses] = [new Pairs(), new Pairs(), new Pairs()];
  const isSame = new Uint8Array(test.count);
  for (const part of ['train', 'test'] as const) {
    const { count, images, labels } = found[part];
    for (let index = 0; index < count; index++) {
      const key = hashOf(images, index, size);
      const label = labels[index] as number;
      const other = seen.get(key);
      if (!other) {
        seen.set(key, { part, index, label });
        continue;
      }
      const [first, second] = [nameOf(other.part, other.index), nameOf(part, index)];
      if (other.label !== label) inTwoClasses.add(first, second);
      if (part === 'test' && other.part === 'train') {
        isSame[index] = 1;
        sameInTest.add(first, second);
      }
    }
  }
  const comparedAll = compare(smallPictures(train, size), smallPictures(test, size), isSame, (first, second) => {
    nearInTest.add(nameOf('train', first), nameOf('test', second));
  });
  const [same, near, two] = [sameInTest.found(), nearInTest.found(), inTwoClasses.found()];
  return { sameInTest: same, nearInTest: near, inTwoClasses: two, comparedAll };
}

class Pairs {
  #count = 0;
  readonly #examples: { first: string; second: string }[] = [];

  add(first: string, second: string): void {
    this.#count++;
    if (this.#examples.length < maxExamples) {
      this.#examples.push({ first: first.slice(0, 1000), second: second.slice(0, 1000) });
    }
  }

  found(): Findings['sameInTest'] {
    return { count: this.#count, examples: this.#examples };
  }
}

function hashOf(images: Uint8Array, index: number, size: ImageSize): string {
  const length = imageLength(size);
  return createHash('sha256')
    .update(images.subarray(index * length, (index + 1) * length))
    .digest('base64');
}

interface Pictures {
  count: number;
  /** Gray values, [count, side, side]. */
  values: Float32Array;
  mean: Float32Array;
  deviation: Float32Array;
}

function smallPictures({ count, images }: { count: number; images: Uint8Array }, size: ImageSize): Pictures {
  const { channels } = size;
  const resample = createResampler({ ...size, channels: 1 }, { width: side, height: side, channels: 1 });
  const gray = new Float32Array(size.width * size.height);
  const pictures: Pictures = {
    count,
    values: new Float32Array(count * cells),
    mean: new Float32Array(count),
    deviation: new Float32Array(count),
  };
  for (let index = 0; index < count; index++) {
    const start = index * imageLength(size);
    for (let k = 0; k < gray.length; k++) {
      let sum = 0;
      for (let c = 0; c < channels; c++) sum += images[start + k * channels + c] as number;
      gray[k] = sum / channels;
    }
    resample(gray, 0, pictures.values, index * cells);
    let [total, squares] = [0, 0];
    for (let k = index * cells; k < (index + 1) * cells; k++) {
      const value = pictures.values[k] as number;
      total += value;
      squares += value * value;
    }
    const mean = total / cells;
    pictures.mean[index] = mean;
    pictures.deviation[index] = Math.sqrt(Math.max(0, squares / cells - mean * mean));
  }
  return pictures;
}

/** Mean gray of the quarters of a small picture: averages never differ by more than the pictures. */
const quarters = 4;

function quartersOf({ count, values }: Pictures): Float32Array {
  const means = new Float32Array(count * quarters);
  for (let k = 0; k < count * cells; k++) {
    const cell = k % cells;
    const quarter = (cell >= cells / 2 ? 2 : 0) + (cell % side >= side / 2 ? 1 : 0);
    const at = Math.floor(k / cells) * quarters + quarter;
    means[at] = (means[at] as number) + (values[k] as number) / (cells / quarters);
  }
  return means;
}

/**
 * Compares each test image with the training images of nearly the same mean gray, first by their quarters.
 * @returns false where there were too many comparisons
 */
function compare(
  train: Pictures,
  test: Pictures,
  isSkipped: Uint8Array,
  take: (first: number, second: number) => void,
): boolean {
  const order = Uint32Array.from({ length: train.count }, (_, index) => index).sort(
    (a, b) => (train.mean[a] as number) - (train.mean[b] as number) || a - b,
  );
  const unsorted = quartersOf(train);
  const sorted = new Float32Array(unsorted.length);
  order.forEach((index, k) => sorted.set(unsorted.subarray(index * quarters, (index + 1) * quarters), k * quarters));
  const asked = quartersOf(test);
  let comparisons = 0;
  for (let index = 0; index < test.count; index++) {
    if (isSkipped[index] === 1) continue;
    const mean = test.mean[index] as number;
    // Largest root mean square difference to a training picture that this one resembles, see `isNear`.
    const most = (nearShare / (1 - nearShare)) * (test.deviation[index] as number);
    const limit = quarters * most * most;
    let first = -1;
    for (let k = lowerBound(order, train.mean, mean - most); k < order.length; k++) {
      let sum = 0;
      for (let quarter = 0; quarter < quarters; quarter++) {
        const difference = (sorted[k * quarters + quarter] as number) - (asked[index * quarters + quarter] as number);
        sum += difference * difference;
      }
      if (++comparisons > maxComparisons) return false;
      if (sum > limit) {
        if ((train.mean[order[k] as number] as number) > mean + most) break;
        continue;
      }
      const candidate = order[k] as number;
      if ((first < 0 || candidate < first) && isNear(train, candidate, test, index)) first = candidate;
    }
    if (first >= 0) take(first, index);
  }
  return true;
}

function lowerBound(order: Uint32Array, means: Float32Array, least: number): number {
  let [low, high] = [0, order.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((means[at(order, middle)] as number) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Stops as soon as the difference is too large: after a few pixels for most pairs. */
function isNear(train: Pictures, first: number, test: Pictures, second: number): boolean {
  const contrast = train.deviation[first] as number;
  if (contrast < leastContrast) return false;
  // Nearly equal pictures have nearly equal contrast.
  const most = nearShare * contrast;
  if (Math.abs(contrast - (test.deviation[second] as number)) > most) return false;
  const limit = most * most * cells;
  const [a, b] = [first * cells, second * cells];
  let sum = 0;
  // From everywhere in the picture, as its edges are often alike.
  for (let k = 0; k < cells; k++) {
    const cell = (k * 101) & (cells - 1);
    const difference = (train.values[a + cell] as number) - (test.values[b + cell] as number);
    sum += difference * difference;
    if (sum > limit) return false;
  }
  return true;
}
