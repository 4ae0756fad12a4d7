import { at } from '../../domain/numbers/arrays.ts';
import type { LabelMatrix } from '../labels/labels.ts';
import { countPairs, eachPair } from '../raters/pair-counts.ts';
import { Calibration } from '../labels/scores.ts';
import { spread } from '../statistics/spread.ts';

/** What a network answered to all test images of its data set. */
export interface TestAnswers {
  /** Hash of the data set. */
  readonly dataSet: string;
  /** Share of right labels, 0..1. */
  readonly accuracy: number;
  /** Mean of the largest softmax, 0..1. */
  readonly certainty: number;
  /** Expected calibration error, 0..1. */
  readonly ece: number;
  /** A label for each test image, in their order; null: not kept, as there are too many. */
  readonly labels: ArrayLike<number> | null;
}

/**
 * Mean largest softmax and expected calibration error (metrics.md 6) on images whose classes are known.
 * @param softmax [images, classes] @throws RangeError there is no image
 */
export function confidenceOn(
  right: ArrayLike<number>,
  { labels, softmax }: { labels: ArrayLike<number>; softmax: ArrayLike<number> },
): { certainty: number; ece: number } {
  const calibration = new Calibration();
  const tops = largestSoftmax(softmax, labels.length);
  tops.forEach((top, image) => calibration.add(top, labels[image] === right[image]));
  const [certainty, ece] = [spread(tops).mean, calibration.expected()];
  if (certainty === null || ece === null) throw new RangeError('there is no test image');
  return { certainty, ece };
}

/** The largest softmax of each image. @param softmax [images, classes] */
export function largestSoftmax(softmax: ArrayLike<number>, images: number): number[] {
  const classes = images === 0 ? 0 : softmax.length / images;
  return Array.from({ length: images }, (_, image) => {
    let top = 0;
    for (let k = image * classes; k < (image + 1) * classes; k++) top = Math.max(top, softmax[k]!);
    return top;
  });
}

/** Shares of the test images on which two networks agree, as `agreementLine` takes them. */
export interface TestAgreement {
  images: number;
  /** By places in the list of networks; null: one of them answered to images of another data set. */
  agreement: (a: number, b: number) => number | null;
}

/** Null: the labels of some network are not kept, or there are fewer than two networks. */
export function testAgreement(networks: readonly TestAnswers[]): TestAgreement | null {
  const labels = networks.map((network) => network.labels ?? []);
  const images = labels[0]?.length ?? 0;
  if (networks.length < 2 || images === 0 || networks.some((network) => network.labels === null)) return null;
  const isComparable = networks.map(
    ({ dataSet }, place) => dataSet === networks[0]?.dataSet && at(labels, place).length === images,
  );
  const same = new Map<number, number>();
  const places = networks.flatMap((_, place) => (isComparable[place] ? [place] : []));
  const counts = countPairs(
    labelMatrix(
      places.map((place) => at(labels, place)),
      images,
    ),
  );
  const key = (a: number, b: number): number => Math.min(a, b) * networks.length + Math.max(a, b);
  eachPair(places.length, (a, b, index) =>
    same.set(key(at(places, a), at(places, b)), at(counts.same, index) / images),
  );
  return { images, agreement: (a, b) => same.get(key(a, b)) ?? null };
}

function labelMatrix(rows: readonly ArrayLike<number>[], images: number): LabelMatrix {
  const values = new Int16Array(rows.length * images);
  rows.forEach((row, rater) => values.set(row, rater * images));
  const classes = 1 + values.reduce((most, label) => Math.max(most, label), 0);
  return { raters: rows.length, images, classes: Math.max(2, classes), values };
}
