import { entropyBits } from '../statistics/entropy.ts';
import type { HumanReference } from './labels.ts';
import { type Calibration, type Scores, ScoreSheet } from './scores.ts';

/**
 * Sums of numbers from 0 to 1 that come out the same in every order, so that a model can be added to (or taken from) a
 * mean of softmax without summing the others again, to the same last bit.
 *
 * Each number is split into a multiple of 2^-42 and a rest, itself rounded to a multiple of 2^-85 (3e-26). Multiples of
 * one power of two are added without rounding as long as the sum needs no more than 53 bits: up to 1024 numbers here.
 */
export class ExactSums {
  readonly #high: Float64Array;
  readonly #low: Float64Array;

  constructor(length: number) {
    this.#high = new Float64Array(length);
    this.#low = new Float64Array(length);
  }

  get length(): number {
    return this.#high.length;
  }

  /** Adds one number to each sum; `sign` -1 takes it away again. */
  add(values: ArrayLike<number>, sign: 1 | -1 = 1): void {
    const [high, low] = [this.#high, this.#low];
    for (let at = 0; at < high.length; at++) {
      const value = values[at]!;
      const upper = value + coarse - coarse;
      high[at]! += sign * upper;
      low[at]! += sign * (value - upper + fine - fine);
    }
  }

  at(index: number): number {
    return this.#high[index]! + this.#low[index]!;
  }

  copy(): ExactSums {
    const other = new ExactSums(this.length);
    other.#high.set(this.#high);
    other.#low.set(this.#low);
    return other;
  }
}

/** Adding and taking away 1.5 * 2^(52 - b) rounds to a multiple of 2^-b: b = 42 and 85. */
const coarse = 1.5 * 2 ** 10;
const fine = 1.5 * 2 ** -33;

/** Softmax of one model on all images, `[image][k]`. */
export type SoftmaxRows = Float32Array | Float64Array;

/** What is kept of one model's softmax, so that the softmax itself need not be. */
export interface ModelPass {
  /** max_k p_k of each image. */
  readonly top: SoftmaxRows;
  readonly scores: Scores;
  readonly calibration: Calibration;
}

/** Sums over the models of a group: what mean softmax and uncertainty are made from. */
export interface SoftmaxSums {
  readonly models: number;
  /** sum_m p_mk: `[image][k]`. */
  readonly softmax: ExactSums;
  /** sum_m H(p_m) in bits, divided by `entropyScale` so that each part is 0 to 1. */
  readonly entropy: ExactSums;
}

/** Entropies of up to 2^16 classes, in bits, are below. A power of two: dividing by it rounds nothing. */
const entropyScale = 16;

export const noSums = (images: number, classes: number): SoftmaxSums => ({
  models: 0,
  softmax: new ExactSums(images * classes),
  entropy: new ExactSums(images),
});

/** The sums with one model more. The given sums are changed, and must not be used again. */
export function addModel(sums: SoftmaxSums, rows: SoftmaxRows, classes: number): SoftmaxSums {
  const entropies = new Float64Array(sums.entropy.length);
  for (let image = 0, at = 0; image < entropies.length; image++) {
    let nats = 0;
    for (let k = 0; k < classes; k++, at++) {
      const p = rows[at]!;
      if (p > 0) nats -= p * Math.log(p);
    }
    entropies[image] = Math.max(0, nats) / Math.LN2 / entropyScale;
  }
  sums.softmax.add(rows);
  sums.entropy.add(entropies);
  return { ...sums, models: sums.models + 1 };
}

/** Reads one model's softmax once. `labels`: its labels, which may differ from the largest softmax (metrics.md 0). */
export function passModel(
  rows: SoftmaxRows,
  labels: ArrayLike<number>,
  classes: number,
  reference: HumanReference,
): ModelPass {
  const images = labels.length;
  const top = rows instanceof Float32Array ? new Float32Array(images) : new Float64Array(images);
  const sheet = new ScoreSheet(reference);
  for (let image = 0; image < images; image++) {
    const at = image * classes;
    let largest = 0;
    let squares = 0;
    for (let k = 0; k < classes; k++) {
      const p = rows[at + k]!;
      if (p > largest) largest = p;
      squares += p * p;
    }
    top[image] = largest;
    sheet.add(image, labels[image]!, rows, at, squares, largest);
  }
  return { top, scores: sheet.scores(), calibration: sheet.calibration };
}

/** All models of a group as one model that predicts their mean softmax. */
export interface Ensemble {
  /** p = (1/M) sum_m p_m: `[image][k]`. */
  readonly mean: Float64Array;
  /** The lowest class within 1e-12 of the largest mean. */
  readonly label: number[];
}

export function ensemble({ models, softmax }: SoftmaxSums, classes: number): Ensemble {
  const mean = Float64Array.from({ length: softmax.length }, (_, at) => softmax.at(at) / models);
  const label = Array.from({ length: mean.length / classes }, (_, image) => {
    return topClass(mean.subarray(image * classes, (image + 1) * classes));
  });
  return { mean, label };
}

/** The lowest class within 1e-12 of the largest softmax. */
export function topClass(softmax: Float64Array): number {
  const top = softmax.reduce((a, b) => Math.max(a, b), 0);
  return softmax.findIndex((p) => p >= top - 1e-12);
}

/** metrics.md 6 of the ensemble; `labeled`: images that any label was given to. */
export function ensembleScores(
  { mean, label }: Ensemble,
  reference: HumanReference,
): { scores: Scores; labeled: number; calibration: Calibration } {
  const classes = mean.length / label.length;
  const sheet = new ScoreSheet(reference);
  label.forEach((k, image) => {
    const row = mean.subarray(image * classes, (image + 1) * classes);
    const squares = row.reduce((sum, p) => sum + p * p, 0);
    const top = row.reduce((a, b) => Math.max(a, b), 0);
    sheet.add(image, k, row, 0, squares, top);
  });
  return { scores: sheet.scores(), labeled: sheet.labeled, calibration: sheet.calibration };
}

/**
 * How unsure the ensemble is of each image, in bits (metrics.md 6): total = H(mean softmax), 0..log2 K; aleatoric =
 * mean of the models' own entropies; epistemic = total - aleatoric, floored at 0: the mutual information of label and
 * model (BALD, Houlsby 2011).
 */
export interface Uncertainty {
  total_bits: number[];
  aleatoric_bits: number[];
  epistemic_bits: number[];
}

export function uncertainty({ mean, label }: Ensemble, { models, entropy }: SoftmaxSums): Uncertainty {
  const classes = mean.length / label.length;
  const total = label.map((_, image) => entropyBits(mean.subarray(image * classes, (image + 1) * classes)));
  const aleatoric = label.map((_, image) => (entropy.at(image) * entropyScale) / models);
  const epistemic = total.map((bits, image) => Math.max(0, bits - aleatoric[image]!));
  return { total_bits: total, aleatoric_bits: aleatoric, epistemic_bits: epistemic };
}
