import type { TargetArm } from '../contract/target-arms.ts';
import { at } from '../../../domain/numbers/index.ts';
import { arePlaced } from '../../../domain/stimuli/index.ts';
import { entropyBits, mulberry32, resampling } from '../../../analysis/statistics/index.ts';
import type { ImageInput } from '../../../analysis/outcomes/index.ts';
import { imageCounts, type LabelCounts, modalLabels } from '../../../analysis/labels/index.ts';

/** Mean softmax of a group of networks, `[image][k]`, and the temperature at which it is taught. */
export interface Teacher {
  readonly softmax: Float64Array;
  /** Above 0; 1 changes nothing. */
  readonly temperature: number;
}

export interface LabelTargets {
  /** Share of a label that `smoothing` spreads evenly, 0..1: its mean entropy is that of people. */
  readonly epsilon: number;
  /** By image: the place of the one whose distribution `permuted` gives it. */
  readonly permutation: readonly number[];
  /** Distributions over the classes, by image; `distill` only with a teacher. */
  readonly arms: Partial<Record<TargetArm, readonly Float64Array[]>>;
}

/** Alphas so near the middle belong to neither class. */
const middle = 1e-12;

const isMiddle = (alpha: number): boolean => Math.abs(alpha - 0.5) <= middle;

/** Arms that these images do not have: they lie between no classes, or their true classes are not known. */
export const unavailableArms = (images: readonly ImageInput[]): TargetArm[] => [
  ...(arePlaced(images) ? [] : (['alpha_hard', 'alpha_soft'] as const)),
  ...(images.every((image) => hardLabel(image) !== undefined) ? [] : (['human_forced'] as const)),
  ...(images.every(({ truth }) => truth != null) ? [] : (['truth'] as const)),
];

/** The nearer class, or the true one of an image that lies between none; null: in the middle; undefined: not known. */
export function hardLabel({ pairI, pairJ, alpha, truth }: ImageInput): number | null | undefined {
  if (pairI === null || pairJ === null || alpha === null) return truth ?? undefined;
  return isMiddle(alpha) ? null : alpha < 0.5 ? pairI : pairJ;
}

/**
 * The targets of all arms. `alpha_hard`: the nearer class, both in the middle; `alpha_soft`: (1 - alpha, alpha);
 * `majority`: evenly on the modal labels; `human`: c / n; `permuted`: those of another image of the same modal labels;
 * `smoothing`: the majority's, smoothed to the mean entropy of people; `distill`: the teacher's; `human_forced`: people's,
 * with the entries of the hard label and of the mode exchanged; `truth`: the true class. Without `unavailableArms`. The hard
 * label is the nearer class, and of an image that lies between none its true class.
 * @param counts labels of the people who teach; every image has one, so that all arms teach the same images
 */
export function labelTargets(
  images: readonly ImageInput[],
  counts: LabelCounts,
  teacher: Teacher | null,
): LabelTargets {
  const { classes } = counts;
  const modes = images.map((_, image) => modalLabels(imageCounts(counts, image)));
  const human = images.map((_, image) => {
    const n = counts.present[image]!;
    return Float64Array.from(imageCounts(counts, image), (c) => c / n);
  });
  const on = (labels: readonly number[]): Float64Array => {
    const target = new Float64Array(classes);
    for (const label of labels) target[label]! += 1 / labels.length;
    return target;
  };
  const majority = modes.map(on);
  const epsilon = smoothingOf(majority, mean(human.map(entropyBits)));
  const permutation = permutedWithin(modes);
  const missing = unavailableArms(images);
  const hard = images.map((image) => hardLabel(image) ?? null);
  return {
    epsilon,
    permutation,
    arms: {
      ...(arePlaced(images) && {
        alpha_hard: images.map(({ pairI, pairJ, alpha }) => {
          if (isMiddle(alpha)) return on([pairI, pairJ]);
          return on([alpha < 0.5 ? pairI : pairJ]);
        }),
        alpha_soft: images.map(({ pairI, pairJ, alpha }) => {
          const target = new Float64Array(classes);
          target[pairI] = 1 - alpha;
          target[pairJ] = alpha;
          return target;
        }),
      }),
      ...(!missing.includes('human_forced') && {
        human_forced: human.map((target, place) => forced(target, at(hard, place), at(modes, place))),
      }),
      ...(!missing.includes('truth') && { truth: images.map(({ truth }) => on([truth ?? 0])) }),
      majority,
      human,
      permuted: permutation.map((place) => at(human, place)),
      smoothing: majority.map((target) => smoothed(target, epsilon)),
      ...(teacher && { distill: images.map((_, image) => distilled(teacher, image, classes)) }),
    },
  };
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

const smoothed = (target: Float64Array, epsilon: number): Float64Array =>
  target.map((q) => (1 - epsilon) * q + epsilon / target.length);

/** Halvings of [0, 1]. */
const halvings = 100;

/** The one epsilon with which the mean entropy of smoothed targets is that of people. @param wanted the latter, in bits */
export function smoothingOf(majority: readonly Float64Array[], wanted: number): number {
  const entropy = (epsilon: number): number => mean(majority.map((target) => entropyBits(smoothed(target, epsilon))));
  if (wanted <= entropy(0) + 1e-12) return 0;
  let [low, high] = [0, 1];
  for (let step = 0; step < halvings; step++) {
    const half = (low + high) / 2;
    if (entropy(half) < wanted) low = half;
    else high = half;
  }
  return (low + high) / 2;
}

/** Fisher and Yates, from the end. @param random uniform in [0, 1) */
export function shuffle<T>(list: readonly T[], random: () => number): T[] {
  const shuffled = [...list];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
  }
  return shuffled;
}

/** Permutes places within each group of equal modal labels, groups in order of their labels, by one random stream. */
function permutedWithin(modes: readonly (readonly number[])[]): number[] {
  const groups = [...Map.groupBy(modes.keys(), (place) => at(modes, place).join()).values()].sort((a, b) =>
    compareLists(at(modes, at(a, 0)), at(modes, at(b, 0))),
  );
  const random = mulberry32(resampling.seed);
  const from = new Array<number>(modes.length);
  for (const places of groups) {
    const shuffled = shuffle(places, random);
    places.forEach((place, index) => {
      from[place] = at(shuffled, index);
    });
  }
  return from;
}

/** Element by element; of lists that begin alike the shorter first. */
function compareLists(a: readonly number[], b: readonly number[]): number {
  const differing = a.findIndex((value, index) => value !== b[index]);
  return differing < 0 || differing >= b.length ? a.length - b.length : at(a, differing) - at(b, differing);
}

/** A teacher's softmax of an image at its temperature: p^(1 / T), normalized. */
export function distilled({ softmax, temperature }: Teacher, image: number, classes: number): Float64Array {
  const warmed = softmax.slice(image * classes, (image + 1) * classes).map((p) => p ** (1 / temperature));
  const sum = warmed.reduce((total, p) => total + p, 0);
  return warmed.map((p) => p / sum);
}

/** Swaps the shares of the modal and the hard label: the entropy stays, the winner changes. @param hard null: in the middle */
function forced(human: Float64Array, hard: number | null, modes: readonly number[]): Float64Array {
  const target = human.slice();
  const mode = modes[0];
  if (hard === null || mode === undefined || modes.length !== 1) return target;
  [target[hard], target[mode]] = [human[mode]!, human[hard]!];
  return target;
}
