import type { TargetArm } from '../../contrasts/contract/target-arms.ts';
import { at } from '../../../domain/numbers/index.ts';
import type { RandomStream } from '../../../domain/random/index.ts';
import { arePlaced } from '../../../domain/stimuli/index.ts';
import {
  entropyBits,
  mulberry32,
  normalCdf,
  resampling,
  smallestProbability,
} from '../../../analysis/statistics/index.ts';
import type { ImageInput } from '../../../analysis/outcomes/index.ts';
import { hardLabel, labelTargets, smoothingOf } from '../../contrasts/analysis/label-targets.ts';
import { imageCounts, type LabelCounts, topClass } from '../../../analysis/labels/index.ts';

/** Arms of which something is known before a training: not `person`, whose networks are taught one person each. */
export type PlannableArm = Exclude<TargetArm, 'person'>;
export const isPlannable = (arm: TargetArm): arm is PlannableArm => arm !== 'person';

/** People whose distribution of labels is known on every image, for plans and simulations of networks that they teach. */
export interface TaughtWorld {
  /** Each is an image of a unit. */
  readonly images: readonly ImageInput[];
  readonly classes: number;
  /** `[image][k]`: how likely a person gives the label k. */
  readonly shares: Float64Array;
  /** For each image: the pair, or the image itself where it lies between no classes. */
  readonly units: Int32Array;
  readonly unitCount: number;
  /** For each image, the place of the study's image that it stands for. */
  readonly sources: Int32Array;
}

/** Images that a world has at most, and how often a study's images are drawn. */
const [mostImages, draws] = [1000, 4];

/** Concentrations that are tried: of Dirichlet's distribution, the same for every class. */
const concentrations = Array.from({ length: 41 }, (_, step) => 10 ** (-3 + step / 10));

/**
 * The concentration with which counts of labels are most likely, if shares of labels come from Dirichlet's distribution with
 * the same concentration for every class (Minka 2000): the smaller, the more images all people agree on.
 */
export function concentrationOf(counts: LabelCounts, images: readonly number[]): number {
  const { classes } = counts;
  let [best, most] = [at(concentrations, 0), Number.NEGATIVE_INFINITY];
  for (const a of concentrations) {
    let likelihood = 0;
    for (const image of images) {
      const own = imageCounts(counts, image);
      for (const c of own) for (let j = 0; j < c; j++) likelihood += Math.log(a + j);
      for (let j = 0; j < counts.present[image]!; j++) likelihood -= Math.log(classes * a + j);
    }
    if (likelihood > most) [best, most] = [a, likelihood];
  }
  return best;
}

/**
 * People like those who gave these labels. Each image stands there several times, each time with shares of labels that it
 * may have in truth: drawn from the posterior of Dirichlet's distribution.
 * @param counts labels of all people; images without a label are left out
 */
export function worldOfLabels(images: readonly ImageInput[], counts: LabelCounts, random: RandomStream): TaughtWorld {
  const labeled = [...images.keys()].filter((image) => counts.present[image]! > 0);
  const used = arePlaced(images) ? labeled : random.shuffle([...labeled]).slice(0, mostImages);
  const a = concentrationOf(counts, used);
  return worldOf(images, used, counts.classes, (image, row) => {
    const own = imageCounts(counts, image);
    let sum = 0;
    for (let k = 0; k < row.length; k++) {
      row[k] = gamma(random, a + own[k]!);
      sum += row[k]!;
    }
    for (let k = 0; k < row.length; k++) row[k]! /= sum;
  });
}

/** What is assumed of people where there are no labels yet: the levels that these give are about those of the paper. */
export const assumedPeople = {
  /** Standard deviations over pairs, in alpha and of a logarithm: where people flip, and over how much of the pair. */
  place: 0.12,
  breadth: 0.6,
  /** A person's standard deviation in a pair of median breadth. */
  noise: 0.08,
  /** Share of labels for other classes. */
  lapse: 0.01,
} as const;

/** People of whom nothing is known yet, on images between two classes. */
export function assumedWorld(images: readonly ImageInput[], classes: number, random: RandomStream): TaughtWorld {
  const pairs = new Map<string, { place: number; scale: number }>();
  return worldOf(images, [...images.keys()], classes, (image, row, draw) => {
    const { pairI, pairJ, alpha } = at(images, image);
    if (pairI === null || pairJ === null || alpha === null) throw new RangeError('an image between no classes');
    const key = `${pairI}-${pairJ}-${draw}`;
    const pair = pairs.get(key) ?? {
      place: assumedPeople.place * random.normal(),
      scale: assumedPeople.noise * Math.exp(assumedPeople.breadth * random.normal()),
    };
    pairs.set(key, pair);
    const share = normalCdf((alpha - 0.5 + pair.place) / pair.scale);
    row.fill(assumedPeople.lapse / classes);
    row[pairI]! += (1 - assumedPeople.lapse) * (1 - share);
    row[pairJ]! += (1 - assumedPeople.lapse) * share;
  });
}

/** @param used places of images @param fill the shares of an image in one of its draws */
function worldOf(
  images: readonly ImageInput[],
  used: readonly number[],
  classes: number,
  fill: (image: number, row: Float64Array, draw: number) => void,
): TaughtWorld {
  const times = Math.max(1, Math.min(draws, Math.floor(mostImages / Math.max(1, used.length))));
  const placed = arePlaced(images);
  const sources = Int32Array.from({ length: times * used.length }, (_, place) => at(used, place % used.length));
  const shares = new Float64Array(sources.length * classes);
  const unitOf = new Map<string, number>();
  const units = Int32Array.from(sources, (image, place) => {
    const draw = Math.floor(place / used.length);
    fill(image, shares.subarray(place * classes, (place + 1) * classes), draw);
    const { pairI, pairJ } = at(images, image);
    const key = placed ? `${pairI}-${pairJ}-${draw}` : `${place}`;
    if (!unitOf.has(key)) unitOf.set(key, unitOf.size);
    return unitOf.get(key) ?? 0;
  });
  return {
    classes,
    shares,
    units,
    unitCount: unitOf.size,
    sources,
    images: Array.from(sources, (image, place) => ({ ...at(images, image), id: place })),
  };
}

/** Marsaglia and Tsang 2000; below 1 by a power of a uniform number. */
function gamma(random: RandomStream, shape: number): number {
  if (shape < 1) return Math.max(1e-300, gamma(random, shape + 1) * (1 - random.float()) ** (1 / shape));
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const z = random.normal();
    const v = (1 + c * z) ** 3;
    if (v > 0 && Math.log(1 - random.float()) < z ** 2 / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** A label of a person, with these shares. @param random uniform in [0, 1) */
export function drawLabel(random: () => number, shares: Float64Array, image: number, classes: number): number {
  let left = random();
  for (let k = 0; k < classes - 1; k++) {
    left -= shares[image * classes + k]!;
    if (left < 0) return k;
  }
  return classes - 1;
}

/** Halves of people that are drawn for the expectation of targets: so many that all have about this number of labels. */
const labelsOfHalves = 2000;
const halvesWithin = [50, 400] as const;

/** No target is taken to have less of a class: nobody knows that nobody would say it. */
const leastShare = 1e-3;

export interface ExpectedTargets {
  readonly world: TaughtWorld;
  readonly arms: readonly PlannableArm[];
  /** Labels of each image that make targets; null: endlessly many. */
  readonly teachers: number | null;
  /** `[image][k]` of the study's images, of the arm `distill`. */
  readonly distilled: Float32Array | null;
}

/**
 * What each arm's target of an image is on average over the people who might have taught: what networks predict that learned
 * all that targets say. Of `human` these are the shares themselves. Ties of modes count evenly.
 */
export function expectedTargets({
  world,
  arms,
  teachers,
  distilled,
}: ExpectedTargets): Map<PlannableArm, Float64Array> {
  const { classes, shares, sources } = world;
  const { majority, forced, entropy } = teachers === null ? endlessly(world) : onAverage(world, teachers);
  const epsilon = smoothingOf([Float64Array.from({ length: classes }, (_, k) => (k === 0 ? 1 : 0))], entropy);
  const known = fixedTargets(world);
  const targets: Record<PlannableArm, () => Float64Array> = {
    human: () => shares,
    majority: () => majority,
    smoothing: () => majority.map((p) => (1 - epsilon) * p + epsilon / classes),
    permuted: () => ofSameMajority(world, majority),
    human_forced: () => forced,
    distill: () =>
      Float64Array.from(shares, (share, cell) => {
        const source = sources[Math.floor(cell / classes)]! * classes;
        const isTaught = distilled?.subarray(source, source + classes).some((p) => p > 0) === true;
        return isTaught ? distilled[source + (cell % classes)]! : share;
      }),
    alpha_hard: () => known('alpha_hard'),
    alpha_soft: () => known('alpha_soft'),
    truth: () => known('truth'),
  };
  const least = (p: number): number => leastShare + (1 - classes * leastShare) * p;
  return new Map(arms.map((arm) => [arm, arm === 'human' ? shares : targets[arm]().map(least)]));
}

interface Modes {
  /** `[image][k]`: expectation of the majority, and of the distribution with its mode forced. */
  majority: Float64Array;
  forced: Float64Array;
  /** Mean entropy of people's distributions, bits. */
  entropy: number;
}

/** Modes of random groups of `teachers` people. */
function onAverage({ classes, shares, images }: TaughtWorld, teachers: number): Modes {
  const random = mulberry32(resampling.seed);
  const halves = Math.round(Math.min(Math.max(labelsOfHalves / teachers, halvesWithin[0]), halvesWithin[1]));
  const [majority, forced] = [new Float64Array(shares.length), shares.slice()];
  const own = new Uint32Array(classes);
  let entropy = 0;
  for (let image = 0; image < images.length; image++) {
    const other = hardLabel(at(images, image)) ?? null;
    const row = image * classes;
    for (let half = 0; half < halves; half++) {
      own.fill(0);
      for (let label = 0; label < teachers; label++) own[drawLabel(random, shares, image, classes)]! += 1;
      let [top, mode, ties] = [0, 0, 0];
      for (let k = 0; k < classes; k++) {
        if (own[k]! < top || own[k] === 0) continue;
        ties = own[k] === top ? ties + 1 : 1;
        [top, mode] = [own[k]!, k];
      }
      for (let k = 0; k < classes; k++) if (own[k] === top) majority[row + k]! += 1 / (ties * halves);
      // The entropy is a mean over all images, so few groups are enough.
      if (half < 4) entropy += entropyBits(Array.from(own, (c) => c / teachers)) / (4 * images.length);
      if (ties > 1 || other === null || other === mode) continue;
      const moved = (top - own[other]!) / (teachers * halves);
      forced[row + mode]! -= moved;
      forced[row + other]! += moved;
    }
  }
  return { majority, forced: forced.map((p) => Math.max(0, p)), entropy };
}

/** Modes of infinitely many people. */
function endlessly({ classes, shares, images }: TaughtWorld): Modes {
  const [majority, forced] = [new Float64Array(shares.length), shares.slice()];
  let entropy = 0;
  images.forEach((image, place) => {
    const own = shares.subarray(place * classes, (place + 1) * classes);
    const [mode, other] = [place * classes + topClass(own), hardLabel(image) ?? null];
    majority[mode] = 1;
    entropy += entropyBits(own) / images.length;
    if (other === null) return;
    const hard = place * classes + other;
    [forced[hard], forced[mode]] = [shares[mode]!, shares[hard]!];
  });
  return { majority, forced, entropy };
}

/** Targets that ask nobody. */
function fixedTargets({ images, classes }: TaughtWorld): (arm: PlannableArm) => Float64Array {
  const counts = { images: images.length, classes, counts: new Uint32Array(images.length * classes).fill(1) };
  const { arms } = labelTargets(images, { ...counts, present: new Uint32Array(images.length).fill(classes) }, null);
  return (arm) => Float64Array.from((arms[arm] ?? []).flatMap((row) => [...row]));
}

/** Mean shares of images with the same majority, weighted by how often it is that. */
function ofSameMajority({ images, classes, shares }: TaughtWorld, majority: Float64Array): Float64Array {
  const [sums, weights] = [new Float64Array(classes * classes), new Float64Array(classes)];
  for (let cell = 0; cell < majority.length; cell++) {
    const [image, mode] = [Math.floor(cell / classes), cell % classes];
    weights[mode]! += majority[cell]!;
    for (let k = 0; k < classes; k++) sums[mode * classes + k]! += majority[cell]! * shares[image * classes + k]!;
  }
  const permuted = new Float64Array(images.length * classes);
  for (let cell = 0; cell < majority.length; cell++) {
    const [image, mode] = [Math.floor(cell / classes), cell % classes];
    // A class that no image has as its majority has no shares to give.
    if (majority[cell] === 0) continue;
    for (let k = 0; k < classes; k++)
      permuted[image * classes + k]! += (majority[cell]! * sums[mode * classes + k]!) / weights[mode]!;
  }
  return permuted;
}

/**
 * What is assumed of networks that predict images that they were not taught. Noise has the mean 0 and is the same in all arms, so
 * that differences between arms come from their targets alone.
 */
export const assumedStudents = {
  /** How much of the way from the mean of all arms' targets to those of its own arm a network goes: on average, and up to how much more or less. */
  realized: 0.5,
  realizedRange: 0.1,
  /** How far all networks' predictions of a pair, and a network's beside them, are off at most: shares of the room that an image has. */
  pair: 0.4,
  network: 0.4,
} as const;

/** Predictions of each arm's networks, and how they can vary. */
export interface Students {
  readonly world: TaughtWorld;
  /** Expected targets by arm, `[image][k]`, and their mean over the arms. */
  readonly targets: ReadonlyMap<PlannableArm, Float64Array>;
  readonly middle: Float64Array;
  /** By image: the two classes between which predictions vary, and the least share that an arm's networks give one of them. */
  readonly axes: readonly (readonly [number, number])[];
  readonly room: Float64Array;
}

export function studentsOf(world: TaughtWorld, targets: ReadonlyMap<PlannableArm, Float64Array>): Students {
  const { classes, shares, images } = world;
  const middle = new Float64Array(shares.length);
  for (const of of targets.values()) of.forEach((p, cell) => (middle[cell]! += p / targets.size));
  const axes = images.map(({ pairI, pairJ }, image) =>
    pairI !== null && pairJ !== null ? ([pairI, pairJ] as const) : firstTwo(shares, image, classes),
  );
  const most = assumedStudents.realized + assumedStudents.realizedRange;
  const room = Float64Array.from(axes, (pair, image) =>
    Math.min(
      ...[...targets.values()].flatMap((own) =>
        pair.map((k) => towards(middle[image * classes + k]!, own[image * classes + k]!, most)),
      ),
    ),
  );
  return { world, targets, middle, axes, room };
}

const towards = (middle: number, own: number, share: number): number => middle + share * (own - middle);

/** Softmax of a network `[image][k]`. @param off by unit, -1 to 1, in the room that each image has */
export function predict(
  { world, targets, middle, axes, room }: Students,
  arm: PlannableArm,
  { realized, off }: { realized: number; off: (unit: number) => number },
): Float64Array {
  const { classes, units } = world;
  const own = targets.get(arm) ?? new Float64Array();
  const softmax = middle.map((p, cell) => towards(p, own[cell]!, realized));
  axes.forEach(([i, j], image) => {
    const shift = room[image]! * off(units[image]!);
    softmax[image * classes + i]! -= shift;
    softmax[image * classes + j]! += shift;
  });
  return softmax;
}

const around = (random: RandomStream, range: number): number => range * (2 * random.float() - 1);

/** Simulated networks: softmax of each seed of each arm. */
export function drawStudents(
  students: Students,
  seeds: number,
  random: RandomStream,
): ReadonlyMap<PlannableArm, Float64Array[]> {
  const { pair, network, realized, realizedRange } = assumedStudents;
  const { unitCount } = students.world;
  const draw = (range: number): Float64Array => Float64Array.from({ length: unitCount }, () => around(random, range));
  const ofUnits = draw(pair);
  return new Map(
    Array.from(students.targets.keys(), (arm) => [
      arm,
      Array.from({ length: seeds }, () => {
        const own = draw(network);
        return predict(students, arm, {
          realized: realized + around(random, realizedRange),
          off: (unit) => ofUnits[unit]! + own[unit]!,
        });
      }),
    ]),
  );
}

/** Means of four equally likely parts of how far predictions are off: the sum of two uniform numbers. */
const offMeans = [-0.5, -0.14, 0.14, 0.5].map((part) => part * 2 * assumedStudents.pair);

/** Predictions of an arm's networks on the whole: equally likely ones. */
export const typicalStudents = (students: Students, arm: PlannableArm): Float64Array[] =>
  offMeans.map((off) => predict(students, arm, { realized: assumedStudents.realized, off: () => off }));

function firstTwo(shares: Float64Array, image: number, classes: number): [number, number] {
  const order = Array.from({ length: classes }, (_, k) => k).sort(
    (a, b) => shares[image * classes + b]! - shares[image * classes + a]! || a - b,
  );
  return [order[1] ?? 0, order[0] ?? 0];
}

/** Expected score of a prediction against people, less what does not depend on the prediction. */
export function expectedScore(
  outcome: 'nll' | 'brier',
  { shares, classes }: TaughtWorld,
  p: Float64Array,
  image: number,
): number {
  let sum = 0;
  for (let cell = image * classes; cell < (image + 1) * classes; cell++)
    sum +=
      outcome === 'brier'
        ? (shares[cell]! - p[cell]!) ** 2
        : -shares[cell]! * Math.log(Math.max(smallestProbability, p[cell]!));
  return sum;
}

/** Variance of the difference of two predictions' scores on an image by which label one person gives. */
export function labelVariance(
  outcome: 'nll' | 'brier',
  { shares, classes }: TaughtWorld,
  [a, b]: readonly [Float64Array, Float64Array],
  image: number,
): number {
  let [mean, square] = [0, 0];
  for (let cell = image * classes; cell < (image + 1) * classes; cell++) {
    const weight =
      outcome === 'brier'
        ? -2 * (a[cell]! - b[cell]!)
        : Math.log(Math.max(smallestProbability, b[cell]!)) - Math.log(Math.max(smallestProbability, a[cell]!));
    mean += shares[cell]! * weight;
    square += shares[cell]! * weight ** 2;
  }
  return Math.max(0, square - mean ** 2);
}
