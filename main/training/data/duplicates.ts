import { createHash } from 'node:crypto';
import { type Findings, maxExamples } from '../../contract/findings.ts';
import { at } from '../../domain/arrays.ts';
import { createResampler, type ImageSize, imageLength } from '../../domain/images.ts';
import type { FoundImages } from './sources/source.ts';

type Duplicates = Pick<Findings, 'sameInTest' | 'nearInTest' | 'inTwoClasses' | 'comparedAll'>;

/** Images are compared as gray pictures of this many pixels a side. */
const side = 16;
const cells = side * side;
/**
 * Two images are nearly the same if the root of the mean squared difference of their small gray pictures is at most this
 * share of the training picture's standard deviation: a correlation of about 0.995.
 */
const nearShare = 0.1;
/** Gray levels. Pictures with less contrast all resemble each other. */
const leastContrast = 4;
/** About ten seconds. */
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
  return createHash('sha256').update(images.subarray(index * length, (index + 1) * length)).digest('base64');
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

/**
 * Compares each test image with the training images of nearly the same mean gray: two means never differ by more than
 * the root of the mean squared difference. @returns false where there were too many comparisons
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
  const largest = train.deviation.reduce((most, each) => Math.max(most, each), 0) * nearShare;
  let comparisons = 0;
  for (let index = 0; index < test.count; index++) {
    if (isSkipped[index] === 1) continue;
    const mean = test.mean[index] as number;
    let first = -1;
    for (let k = lowerBound(order, train.mean, mean - largest); k < order.length; k++) {
      const candidate = at(order, k);
      if ((train.mean[candidate] as number) > mean + largest) break;
      if (++comparisons > maxComparisons) return false;
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
