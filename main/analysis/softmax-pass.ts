import { ExactSums } from './exact-sums.ts';
import type { HumanReference } from './human-reference.ts';
import { ScoreSheet, type Scores } from './scores.ts';
import type { Calibration } from './calibration.ts';

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
export const entropyScale = 16;

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
