import type { TargetArm } from '../../contrasts/contract/target-arms.ts';
import { at } from '../../../domain/numbers/index.ts';
import { distances } from '../../../analysis/statistics/index.ts';
import type { ImageInput } from '../../../analysis/outcomes/index.ts';
import { distilled, labelTargets } from '../../contrasts/analysis/label-targets.ts';
import { imageCounts, type LabelCounts, type LabelMatrix, missing } from '../../../analysis/labels/index.ts';

/** What one half of the people teaches, with one fold held out. */
export interface TaughtPart {
  /** Places of the taught images. */
  readonly images: readonly number[];
  /** Labels of the people who teach, of these images. */
  readonly counts: LabelCounts;
  /** Float32 `[image][k]` of all images of the set; zeros for those that are not taught. */
  readonly targets: Partial<Record<TargetArm, Float32Array>>;
  readonly epsilon: number;
  /** Places of the images that `permuted` takes the distributions of. */
  readonly permutation: readonly number[];
  readonly temperature: number | null;
  readonly temperatures: readonly TriedTemperature[];
}

interface TriedTemperature {
  temperature: number;
  /** In nats an image: of the teaching people's labels under the networks' softmax at this temperature. */
  nll: number;
}

export interface PartInput {
  readonly images: readonly ImageInput[];
  /** Labels of the people who teach, of all images. */
  readonly counts: LabelCounts;
  /** Whether an image may be taught, by place: it is not held out. */
  readonly mayTeach: (image: number) => boolean;
  /** Mean softmax `[image][k]` of the networks that teach `distill`, of all images; null: none do. */
  readonly softmax: Float64Array | null;
  readonly temperatures: readonly number[];
}

/**
 * The targets of all arms, made of nothing but images that may be taught and have a label, and of these people's labels.
 * The temperature is the one under which the networks' softmax predicts these labels best, the first of equal ones.
 * Networks that distill never saw the images, so a choice among fixed temperatures needs no images of its own.
 */
export function teachPart({ images, counts: all, mayTeach, softmax, temperatures }: PartInput): TaughtPart {
  const { classes } = all;
  const chosen = [...images.keys()].filter((image) => mayTeach(image) && all.present[image]! > 0);
  const counts = takeImages(all, chosen);
  const taught = softmax && takeRows(softmax, chosen, classes);
  const tried = taught
    ? temperatures.map((temperature) => ({ temperature, nll: nllAt(counts, taught, temperature) }))
    : [];
  const best = tried.reduce<TriedTemperature | null>((a, b) => (a === null || b.nll < a.nll ? b : a), null);
  const teacher = taught && best ? { softmax: taught, temperature: best.temperature } : null;
  const { arms, epsilon, permutation } = labelTargets(
    chosen.map((image) => at(images, image)),
    counts,
    teacher,
  );
  const spread = (rows: readonly Float64Array[]): Float32Array => {
    const targets = new Float32Array(images.length * classes);
    rows.forEach((row, place) => targets.set(row, at(chosen, place) * classes));
    return targets;
  };
  return {
    images: chosen,
    counts,
    epsilon,
    temperature: best?.temperature ?? null,
    temperatures: tried,
    permutation: permutation.map((place) => at(chosen, place)),
    targets: Object.fromEntries(Object.entries(arms).map(([arm, rows]) => [arm, spread(rows)])),
  };
}

/** Targets of one person's own labels. */
export interface PersonTargets {
  /** Places of the images that the person labeled. */
  readonly images: readonly number[];
  /** Float32 `[image][k]` of all images of the set: 1 at the person's label; zeros for other images. */
  readonly targets: Float32Array;
}

/** @param rater place of the person @param chosen places of the images that may be taught */
export function personTargets(
  { values, images: count, classes }: LabelMatrix,
  rater: number,
  chosen: readonly number[],
): PersonTargets {
  const labelOf = (image: number): number => values[rater * count + image] ?? missing;
  const images = chosen.filter((image) => labelOf(image) >= 0);
  const targets = new Float32Array(count * classes);
  for (const image of images) targets[image * classes + labelOf(image)] = 1;
  return { images, targets };
}

function nllAt(counts: LabelCounts, softmax: Float64Array, temperature: number): number {
  const { images, classes } = counts;
  let sum = 0;
  for (let image = 0; image < images; image++) {
    const p = distilled({ softmax, temperature }, image, classes);
    sum += distances(imageCounts(counts, image), p)?.soft_xent_nats ?? 0;
  }
  return images === 0 ? 0 : sum / images;
}

function takeImages({ classes, counts, present }: LabelCounts, images: readonly number[]): LabelCounts {
  const taken = new Uint32Array(images.length * classes);
  images.forEach((image, place) => taken.set(counts.subarray(image * classes, (image + 1) * classes), place * classes));
  return {
    images: images.length,
    classes,
    counts: taken,
    present: Uint32Array.from(images, (image) => present[image]!),
  };
}

/** Rows of `[image][k]`. */
export function takeRows(rows: Float64Array, images: readonly number[], classes: number): Float64Array {
  const taken = new Float64Array(images.length * classes);
  images.forEach((image, place) => taken.set(rows.subarray(image * classes, (image + 1) * classes), place * classes));
  return taken;
}
