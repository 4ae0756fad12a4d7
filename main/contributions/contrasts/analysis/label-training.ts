import { at } from '../../../domain/numbers/index.ts';
import {
  byName,
  countEntropyBits,
  type DistanceName,
  distances,
  entropyBits,
  mulberry32,
  pearson,
  resampling,
  spread,
  type Spread,
  studentQuantile,
} from '../../../analysis/statistics/index.ts';
import type { Experiment } from './effect-cells.ts';
import { type Effect, EffectEstimator, type EffectParts } from './effects.ts';
import { crossing } from '../../../analysis/responses/index.ts';
import { type ImageInput, pairRows } from '../../../analysis/outcomes/index.ts';
import { shuffle } from './label-targets.ts';
import {
  Calibration,
  imageCounts,
  labelCounts,
  type LabelCounts,
  type LabelMatrix,
  missing,
  modalLabels,
  topClass,
} from '../../../analysis/labels/index.ts';

/** A network that was taught by one arm. */
export interface TaughtNetwork {
  readonly arm: string;
  readonly seed: string;
  /** `[image][k]` of the held-out images. */
  readonly softmax: Float64Array;
}

/** Networks of several arms on images that none was taught, which people labeled who taught none. */
export interface LabelTraining {
  readonly images: readonly ImageInput[];
  /** Labels of the people who examine; every image has one. Raters in the order of their names. */
  readonly people: LabelMatrix;
  readonly networks: readonly TaughtNetwork[];
  /** The arm that others are compared with. */
  readonly reference: string;
  /** Networks in a group, for type C. */
  readonly order: number;
  /** How much lower accuracy on the test set may be, as a share. */
  readonly margin: number;
  /** Accuracy on the test set, 0..1, by arm and seed. */
  readonly accuracy: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Scores of a network on one image, against people's labels: differences between arms are of these. Lower is better. */
const imageScoreNames = ['nll', 'brier', 'js'] as const;
export type ImageScore = (typeof imageScoreNames)[number];

const distanceOf: Record<ImageScore, DistanceName> = { nll: 'soft_xent_nats', brier: 'brier_soft', js: 'js_bits' };

/** Scores by image, of one network or of all, `[network][image]`; NaN: nobody labeled it. */
type ScoresByImage = Record<ImageScore, Float64Array>;

export const labelScores = ['nll', 'brier', 'brier_unbiased', 'accuracy', 'ece', 'entropy_mean'] as const;
export type LabelScore = (typeof labelScores)[number];

/** Scores of one network (metrics.md 17.2): means over the held-out images, all but accuracy and ece lower is better. */
export type SeedScores = { n: number } & Record<LabelScore, number | null>;

/** How well labels of the people who examine can be predicted at all (metrics.md 17.3); null: not defined. */
export interface LabelFloor {
  /** Images with two of their labels or more. */
  n: number;
  /** What the true distribution would score with so many labels. */
  brier_floor: number | null;
  nll_floor: number | null;
  /** What half of the people score who predict the other half. */
  brier_ceiling: number | null;
  nll_ceiling: number | null;
}

/** What Jensen–Shannon divergences of networks lie between (metrics.md 17.8), in bits: of images with two labels or more. */
export interface DivergenceFloor {
  /** Divergence of people's own shares from as many new labels, if people answer by these shares. */
  js_floor: number | null;
  /** Between both halves of the people. */
  js_ceiling: number | null;
}

/** Jensen–Shannon divergences between people's shares and each network of an arm (metrics.md 17.8), in bits. */
export interface DivergenceResult {
  /** Mean over the held-out images with a label. */
  seeds: Record<string, number | null>;
  over_seeds: Spread;
  /** Arm - reference; null for the reference itself. */
  against_reference: Effect | null;
}

/** How entropies of people and networks go together, and how reliable those of people are (metrics.md 17.4). */
export interface EntropyAgreement {
  r: number | null;
  r_half: number | null;
  reliability: number | null;
  /** r / sqrt(reliability); can exceed 1. */
  corrected: number | null;
}

export interface NonInferiority {
  n: number;
  /** Mean difference of accuracy to the reference with the same seed, as a share. */
  mean: number | null;
  /** Lower end of its one-sided 95 % interval. */
  lower: number | null;
  margin: number;
  non_inferior: boolean | null;
}

export interface ArmResult {
  seeds: Record<string, SeedScores>;
  over_seeds: Record<LabelScore, Spread>;
  entropy: EntropyAgreement;
  /** |alpha where the mean softmax crosses - where people's labels do|, over the pairs. */
  flip_error: Spread;
  type_c: Effect;
  /** Arm - reference; null for the reference itself. */
  against_reference: { nll: Effect; brier: Effect } | null;
  non_inferiority: NonInferiority | null;
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

const sharesOf = (counts: ArrayLike<number>, n: number): number[] => Array.from(counts, (c) => c / n);
const squaresOf = (q: readonly number[]): number => q.reduce((sum, share) => sum + share * share, 0);

/** Scores of one network. @param softmax `[image][k]` */
function scoresByImage(counts: LabelCounts, softmax: Float64Array): ScoresByImage {
  const { images, classes } = counts;
  const found = byName(imageScoreNames, () => new Float64Array(images).fill(Number.NaN));
  for (let image = 0; image < images; image++) {
    const own = distances(imageCounts(counts, image), softmax.subarray(image * classes, (image + 1) * classes));
    if (own === null) continue;
    for (const score of imageScoreNames) found[score][image] = own[distanceOf[score]];
  }
  return found;
}

const known = (values: Float64Array): number[] => [...values.filter((value) => !Number.isNaN(value))];

/** Scores of one network against people's labels (metrics.md 17.2). @param softmax `[image][k]` */
export function labelSeedScores(
  counts: LabelCounts,
  softmax: Float64Array,
  { nll, brier }: Pick<ScoresByImage, 'nll' | 'brier'> = scoresByImage(counts, softmax),
): SeedScores {
  const { images, classes, present } = counts;
  const [unbiased, entropy]: [number[], number[]] = [[], []];
  const [calibration, right]: [Calibration, number[]] = [new Calibration(), []];
  for (let image = 0; image < images; image++) {
    const n = present[image]!;
    const own = imageCounts(counts, image);
    const p = softmax.subarray(image * classes, (image + 1) * classes);
    if (n === 0) continue;
    if (n >= 2) unbiased.push(brier[image]! - (1 - squaresOf(sharesOf(own, n))) / (n - 1));
    entropy.push(entropyBits(p) * Math.LN2);
    const modes = modalLabels(own);
    if (modes.length !== 1) continue;
    const label = topClass(p);
    right.push(label === modes[0] ? 1 : 0);
    calibration.add(p[label]!, label === modes[0]);
  }
  return {
    n: entropy.length,
    nll: mean(known(nll)),
    brier: mean(known(brier)),
    brier_unbiased: mean(unbiased),
    accuracy: mean(right),
    ece: calibration.expected(),
    entropy_mean: mean(entropy),
  };
}

/** Mean over images with two labels or more. */
const ofLabeled = (counts: LabelCounts, of: (labels: readonly number[], n: number) => number): number | null =>
  mean(
    [...counts.present.keys()].flatMap((image) => {
      const n = counts.present[image]!;
      return n < 2 ? [] : [of([...imageCounts(counts, image)], n)];
    }),
  );

/** Floor and ceiling of NLL and Brier score (metrics.md 17.3), from people's labels alone. */
export function labelFloor(counts: LabelCounts): LabelFloor {
  return {
    n: counts.present.reduce((images, n) => images + (n >= 2 ? 1 : 0), 0),
    brier_floor: ofLabeled(counts, (c, n) => (1 - squaresOf(sharesOf(c, n))) / (n - 1)),
    nll_floor: ofLabeled(counts, (c, n) => {
      const seen = c.filter((count) => count > 0);
      return entropyBits(seen.map((count) => count / n)) * Math.LN2 + (seen.length - 1) / (2 * n);
    }),
    brier_ceiling: ofLabeled(counts, (c, n) => {
      const h = Math.floor(n / 2);
      return (n * n * (1 - squaresOf(sharesOf(c, n)))) / (h * (n - h) * (n - 1));
    }),
    nll_ceiling: ofLabeled(counts, halfPredictsHalf),
  };
}

/**
 * Expected NLL of the n - h labels of one half of the people under the shares of the other half, h = floor(n / 2), with
 * Perks' prior (1 / K a class), exact over all splits.
 */
function halfPredictsHalf(labels: readonly number[], n: number): number {
  const h = Math.floor(n / 2);
  const nllOf = (e: number, x: number): number => (-(e - x) / (n - h)) * Math.log((x + 1 / labels.length) / (h + 1));
  return labels.reduce((nll, e) => nll + overHalves(e, n, (x) => (x === e ? 0 : nllOf(e, x))), 0);
}

/** Expectation of a function of how many of a class's e labels are in the first half, floor(n / 2) of all n. */
function overHalves(e: number, n: number, of: (x: number) => number): number {
  const h = Math.floor(n / 2);
  let sum = 0;
  for (let x = Math.max(0, h - (n - e)); x <= Math.min(e, h); x++) {
    const hypergeometric = Math.exp(logChoose(e, x) + logChoose(n - e, h - x) - logChoose(n, h));
    sum += hypergeometric * of(x);
  }
  return sum;
}

/** Expectation of a function of how many of n labels are of a class with the share e / n. */
function overDraws(e: number, n: number, of: (x: number) => number): number {
  if (e === 0 || e === n) return of(e);
  const [logShare, logRest] = [Math.log(e / n), Math.log(1 - e / n)];
  let sum = 0;
  for (let x = 0; x <= n; x++) sum += Math.exp(logChoose(n, x) + x * logShare + (n - x) * logRest) * of(x);
  return sum;
}

const logFactorials = [0];

function logFactorial(n: number): number {
  for (let k = logFactorials.length; k <= n; k++) logFactorials.push(at(logFactorials, k - 1) + Math.log(k));
  return at(logFactorials, n);
}

const logChoose = (of: number, k: number): number => logFactorial(of) - logFactorial(k) - logFactorial(of - k);

/** What Jensen–Shannon divergences lie between (metrics.md 17.8), from people's labels alone. Exact: a sum over classes. */
export function divergenceFloor(counts: LabelCounts): DivergenceFloor {
  const sumOf = (labels: readonly number[], of: (e: number) => number): number =>
    labels.reduce((sum, e) => sum + of(e), 0);
  return {
    js_floor: ofLabeled(counts, (labels, n) =>
      sumOf(labels, (e) => overDraws(e, n, (x) => divergencePart(x / n, e / n))),
    ),
    js_ceiling: ofLabeled(counts, (labels, n) => {
      const h = Math.floor(n / 2);
      return sumOf(labels, (e) => overHalves(e, n, (x) => divergencePart(x / h, (e - x) / (n - h))));
    }),
  };
}

/** What one class adds to the divergence of two distributions that give it a and b, in bits. */
function divergencePart(a: number, b: number): number {
  const bits = (share: number): number => (share > 0 ? -share * Math.log2(share) : 0);
  return bits((a + b) / 2) - (bits(a) + bits(b)) / 2;
}

/** Splits of people for the reliability of their entropies. */
const splits = 100;

/** Mean correlation of entropies between halves of the people, over random splits; null where none is defined. */
export function halvesCorrelation(people: LabelMatrix): number | null {
  const { raters, images, classes, values } = people;
  const half = Math.floor(raters / 2);
  const random = mulberry32(resampling.seed);
  const order = Array.from({ length: raters }, (_, rater) => rater);
  const entropies = (of: readonly number[]): (number | null)[] => {
    const counts = new Uint32Array(images * classes);
    for (const rater of of) {
      for (let image = 0; image < images; image++) {
        const label = values[rater * images + image]!;
        if (label !== missing) counts[image * classes + label]!++;
      }
    }
    return Array.from({ length: images }, (_, image) =>
      countEntropyBits(counts.subarray(image * classes, (image + 1) * classes)),
    );
  };
  const found = Array.from({ length: splits }, () => {
    const shuffled = shuffle(order, random);
    return pearson(entropies(shuffled.slice(0, half)), entropies(shuffled.slice(half, 2 * half)));
  });
  return mean(found.filter((r) => r !== null));
}

/** metrics.md 17 of networks that were taught by people's labels, by other targets, or not at all. */
export class LabelTrainingAnalysis {
  readonly #given: LabelTraining;
  readonly #counts: LabelCounts;
  readonly #experiment: Experiment;
  readonly #byImage: ScoresByImage;
  readonly #typeC: EffectEstimator;
  readonly #estimators: Record<ImageScore, EffectEstimator>;
  #halves: number | null | undefined;

  constructor(given: LabelTraining) {
    this.#given = given;
    this.#counts = labelCounts(given.people);
    this.#experiment = this.#makeExperiment();
    this.#byImage = this.#scores();
    this.#typeC = new EffectEstimator(this.#experiment, { type: 'type_c', m: given.order });
    this.#estimators = byName(
      imageScoreNames,
      (score) =>
        new EffectEstimator({ ...this.#experiment, values: this.#byImage[score] }, { type: 'value', scale: 'real' }),
    );
  }

  /** By name, in the order of their first network. */
  get arms(): string[] {
    return [...new Set(this.#given.networks.map(({ arm }) => arm))];
  }

  get floor(): LabelFloor {
    return labelFloor(this.#counts);
  }

  get divergenceFloor(): DivergenceFloor {
    return divergenceFloor(this.#counts);
  }

  arm(arm: string): ArmResult {
    const { reference } = this.#given;
    const own = this.#given.networks.filter((network) => network.arm === arm);
    const seeds = Object.fromEntries(
      this.#seeds(arm, ({ softmax }, scores) => labelSeedScores(this.#counts, softmax, scores)),
    );
    const all = Object.values(seeds);
    const average = meanOf(own.map(({ softmax }) => softmax));
    const against = (of: ImageScore): Effect => this.difference(arm, of).effect;
    return {
      seeds,
      over_seeds: byName(labelScores, (score) => spread(all.map((scores) => scores[score]))),
      entropy: this.#entropy(average),
      flip_error: spread(this.#flipErrors(average)),
      type_c: this.#typeC.estimate({ type: 'mean', at: { arm } }).effect,
      against_reference: arm === reference ? null : { nll: against('nll'), brier: against('brier') },
      non_inferiority: arm === reference ? null : this.#nonInferiority(arm),
    };
  }

  divergence(arm: string): DivergenceResult {
    const seeds = this.#seeds(arm, (_, { js }) => mean(known(js)));
    return {
      seeds: Object.fromEntries(seeds),
      over_seeds: spread(seeds.map(([, js]) => js)),
      against_reference: arm === this.#given.reference ? null : this.difference(arm, 'js').effect,
    };
  }

  /** The arm's mean score less that of the reference. */
  difference(arm: string, of: ImageScore): EffectParts {
    return this.#estimators[of].estimate({ type: 'difference', a: { arm }, b: { arm: this.#given.reference } });
  }

  /** The arm's score less that of the reference on each image, by place. */
  byImage(arm: string, of: ImageScore): Map<number, number> {
    return this.#estimators[of].byImage({ type: 'difference', a: { arm }, b: { arm: this.#given.reference } });
  }

  /** Seeds are blocks: one seed was used in every arm. */
  #makeExperiment(): Experiment {
    const { images, people, networks } = this.#given;
    const { classes } = people;
    const values = new Int16Array(networks.length * images.length);
    networks.forEach(({ softmax }, run) =>
      images.forEach((_, image) => {
        values[run * images.length + image] = topClass(softmax.subarray(image * classes, (image + 1) * classes));
      }),
    );
    return {
      images,
      people,
      values: null,
      within: ['arm'],
      runs: networks.map(({ arm, seed }) => ({ name: `${arm} ${seed}`, block: seed, levels: { arm } })),
      labels: { raters: networks.length, images: images.length, classes, values },
    };
  }

  #scores(): ScoresByImage {
    const { networks, images } = this.#given;
    const found = byName(imageScoreNames, () => new Float64Array(networks.length * images.length));
    networks.forEach(({ softmax }, network) => {
      const own = scoresByImage(this.#counts, softmax);
      for (const score of imageScoreNames) found[score].set(own[score], network * images.length);
    });
    return found;
  }

  /** A value of each network of an arm, by seed. */
  #seeds<T>(arm: string, of: (network: TaughtNetwork, scores: ScoresByImage) => T): [string, T][] {
    const { networks, images } = this.#given;
    return networks.flatMap((network, place): [string, T][] => {
      if (network.arm !== arm) return [];
      const [from, to] = [place * images.length, (place + 1) * images.length];
      const scores = byName(imageScoreNames, (score) => this.#byImage[score].subarray(from, to));
      return [[network.seed, of(network, scores)]];
    });
  }

  #entropy(average: Float64Array): EntropyAgreement {
    const { classes } = this.#counts;
    const images = [...this.#given.images.keys()];
    const r = pearson(
      images.map((image) => countEntropyBits(imageCounts(this.#counts, image))),
      images.map((image) => entropyBits(average.subarray(image * classes, (image + 1) * classes))),
    );
    // Splits take a while, and differences need none.
    this.#halves ??= halvesCorrelation(this.#given.people);
    const half = this.#halves;
    const reliability = half === null || half <= 0 ? null : (2 * half) / (1 + half);
    const corrected = r === null || reliability === null ? null : r / Math.sqrt(reliability);
    return { r, r_half: half, reliability, corrected };
  }

  #flipErrors(average: Float64Array): (number | null)[] {
    const { images } = this.#given;
    const { classes, present } = this.#counts;
    return pairRows(images).map(({ i, j, images: row }) => {
      const cross = (difference: (image: number) => number): number | null =>
        crossing(row.map((image) => ({ alpha: at(images, image).alpha ?? 0, difference: difference(image) })))
          .alpha_cross;
      const people = cross((image) => {
        const own = imageCounts(this.#counts, image);
        return (own[j]! - own[i]!) / present[image]!;
      });
      const networks = cross((image) => average[image * classes + j]! - average[image * classes + i]!);
      return people === null || networks === null ? null : Math.abs(networks - people);
    });
  }

  /** On the test set, with the same seeds (metrics.md 17.5). */
  #nonInferiority(arm: string): NonInferiority {
    const { accuracy, reference, margin } = this.#given;
    const base = accuracy[reference] ?? {};
    const differences = Object.entries(accuracy[arm] ?? {}).flatMap(([seed, own]) => {
      const other = base[seed];
      return other === undefined ? [] : [own - other];
    });
    const { mean: difference, std_ddof1: deviation, n } = spread(differences);
    const isDefined = difference !== null && deviation !== null && deviation ** 2 >= 1e-18;
    const lower = isDefined ? difference - (studentQuantile(0.95, n - 1) * deviation) / Math.sqrt(n) : null;
    return { n, mean: difference, lower, margin, non_inferior: lower === null ? null : lower > -margin };
  }
}

/** Mean of rows of equal length. */
export function meanOf(rows: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(rows[0]?.length ?? 0);
  for (const row of rows) row.forEach((value, place) => (sum[place]! += value));
  return sum.map((value) => value / rows.length);
}
