import type { Calibration } from './calibration.ts';
import { entropyBits } from './entropy.ts';
import type { HumanReference } from './human-reference.ts';
import { ScoreSheet, type Scores } from './scores.ts';
import { entropyScale, type SoftmaxSums } from './softmax-pass.ts';

/** All models of a group as one that says their mean softmax. */
export interface Ensemble {
  /** p = (1/M) sum_m p_m: `[image][k]`. */
  readonly mean: Float64Array;
  /** The lowest class within 1e-12 of the largest mean. */
  readonly label: number[];
}

export function ensemble({ models, softmax }: SoftmaxSums, classes: number): Ensemble {
  const mean = Float64Array.from({ length: softmax.length }, (_, at) => softmax.at(at) / models);
  const label = Array.from({ length: mean.length / classes }, (_, image) => {
    const row = mean.subarray(image * classes, (image + 1) * classes);
    const top = row.reduce((a, b) => Math.max(a, b), 0);
    return row.findIndex((p) => p >= top - 1e-12);
  });
  return { mean, label };
}

/** metrics.md 6 of the ensemble; `labelled`: images that any label was given to. */
export function ensembleScores(
  { mean, label }: Ensemble,
  reference: HumanReference,
): { scores: Scores; labelled: number; calibration: Calibration } {
  const classes = label.length === 0 ? 0 : mean.length / label.length;
  const sheet = new ScoreSheet(reference);
  label.forEach((k, image) => {
    const row = mean.subarray(image * classes, (image + 1) * classes);
    const squares = row.reduce((sum, p) => sum + p * p, 0);
    const top = row.reduce((a, b) => Math.max(a, b), 0);
    sheet.add(image, k, row, 0, squares, top);
  });
  return { scores: sheet.scores(), labelled: sheet.labelled, calibration: sheet.calibration };
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
  const classes = label.length === 0 ? 0 : mean.length / label.length;
  const total = label.map((_, image) => entropyBits(mean.subarray(image * classes, (image + 1) * classes)));
  const aleatoric = label.map((_, image) => (entropy.at(image) * entropyScale) / models);
  const epistemic = total.map((bits, image) => Math.max(0, bits - aleatoric[image]!));
  return { total_bits: total, aleatoric_bits: aleatoric, epistemic_bits: epistemic };
}
