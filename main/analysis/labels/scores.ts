import { smallestProbability } from '../statistics/distances.ts';
import { type HumanReference, missing } from './labels.ts';
import { byName, spread, type Spread } from '../statistics/spread.ts';

/** Scores of one model, or of an ensemble, against people (metrics.md 6). */
export interface Scores {
  /** Images with a human majority. */
  n: number;
  /** Share of these that have its label. */
  accuracy: number | null;
  /** Expected calibration error, 15 bins. */
  ece: number | null;
  /** Mean of -ln max(p_y, 1e-12), y the human majority. */
  nll_nats: number | null;
  /** Mean of sum_k (p_k - [k = y])^2, 0..2 (Brier 1950). */
  brier_hard: number | null;
  /** Mean of -sum_k q_k ln max(p_k, 1e-12) over all labeled images; q = shares of the labels people gave. */
  soft_xent_nats: number | null;
  /** Mean of sum_k (q_k - p_k)^2 over all labeled images, 0..2. */
  brier_soft: number | null;
}

export const scoreNames = ['accuracy', 'ece', 'nll_nats', 'brier_hard', 'soft_xent_nats', 'brier_soft'] as const;
export type ScoreName = (typeof scoreNames)[number];

export class ScoreSheet {
  readonly calibration = new Calibration();
  readonly #reference: HumanReference;
  #n = 0;
  #correct = 0;
  #nll = 0;
  #brierHard = 0;
  #labeled = 0;
  #cross = 0;
  #brierSoft = 0;

  constructor(reference: HumanReference) {
    this.#reference = reference;
  }

  /**
   * @param p softmax of the image, from `at` on.
   * @param squares sum of p_k^2, which the caller has anyway.
   * @param top max of p_k, the confidence.
   */
  add(image: number, label: number, p: ArrayLike<number>, at: number, squares: number, top: number): void {
    const { majority, start, label: labels, share } = this.#reference;
    const y = majority[image]!;
    if (y !== missing) {
      this.#n++;
      if (label === y) this.#correct++;
      this.calibration.add(top, label === y);
      this.#nll -= Math.log(Math.max(p[at + y]!, smallestProbability));
      this.#brierHard += squares - 2 * p[at + y]! + 1;
    }
    const [from, to] = [start[image]!, start[image + 1]!];
    if (from === to) return;
    let soft = squares;
    for (let entry = from; entry < to; entry++) {
      const [q, model] = [share[entry]!, p[at + labels[entry]!]!];
      soft += q * (q - 2 * model);
      this.#cross -= q * Math.log(Math.max(model, smallestProbability));
    }
    this.#labeled++;
    this.#brierSoft += soft;
  }

  /** Images with a label: what the two scores against all labels are means over. */
  get labeled(): number {
    return this.#labeled;
  }

  scores(): Scores {
    const mean = (sum: number, n: number): number | null => (n === 0 ? null : sum / n);
    return {
      n: this.#n,
      accuracy: mean(this.#correct, this.#n),
      ece: this.calibration.expected(),
      nll_nats: mean(this.#nll, this.#n),
      brier_hard: mean(this.#brierHard, this.#n),
      soft_xent_nats: mean(this.#cross, this.#labeled),
      brier_soft: mean(this.#brierSoft, this.#labeled),
    };
  }
}

export function overModels(scores: readonly Scores[]): Record<ScoreName, Spread> {
  return byName(scoreNames, (name) => spread(scores.map((score) => score[name])));
}

/** Bins of confidence: 15, of equal width, closed on the right: (b/15, (b+1)/15] (metrics.md 6). */
const calibrationBins = 15;

/**
 * The bin of a confidence: with t = 15 conf and r = round(t), bin r - 1 if |t - r| < 1e-9, so that an edge that a sum
 * missed by its last bits still belongs to the bin on its left; else floor(t); clamped to 0..14.
 */
export function calibrationBin(confidence: number, bins = calibrationBins): number {
  const t = bins * confidence;
  const r = Math.round(t);
  const bin = Math.abs(t - r) < 1e-9 ? r - 1 : Math.floor(t);
  return Math.min(bins - 1, Math.max(0, bin));
}

/** How often a model is right, by how sure it is: a reliability diagram in numbers. */
export class Calibration {
  readonly count: Uint32Array;
  readonly correct: Uint32Array;
  readonly confidence: Float64Array;

  constructor(bins = calibrationBins) {
    this.count = new Uint32Array(bins);
    this.correct = new Uint32Array(bins);
    this.confidence = new Float64Array(bins);
  }

  add(confidence: number, correct: boolean): void {
    const bin = calibrationBin(confidence, this.count.length);
    this.count[bin]!++;
    if (correct) this.correct[bin]!++;
    this.confidence[bin]! += confidence;
  }

  /** |share right - mean confidence| of each bin that has an image, with the bin's share of all images. */
  *#gaps(): Generator<{ gap: number; weight: number }> {
    const n = this.count.reduce((a, b) => a + b, 0);
    for (let bin = 0; bin < this.count.length; bin++) {
      const count = this.count[bin]!;
      if (count > 0) yield { gap: Math.abs(this.correct[bin]! - this.confidence[bin]!) / count, weight: count / n };
    }
  }

  /** Expected calibration error, 0..1: sum over bins of weight * gap (Naeini 2015, Guo 2017). Null without an image. */
  expected(): number | null {
    const gaps = [...this.#gaps()];
    return gaps.length === 0 ? null : gaps.reduce((sum, { gap, weight }) => sum + gap * weight, 0);
  }

  /** Root mean square calibration error: sqrt(sum weight * gap^2). */
  rootMeanSquare(): number | null {
    const gaps = [...this.#gaps()];
    return gaps.length === 0 ? null : Math.sqrt(gaps.reduce((sum, { gap, weight }) => sum + weight * gap ** 2, 0));
  }

  /** The largest gap. */
  largest(): number | null {
    const gaps = [...this.#gaps()];
    return gaps.length === 0 ? null : gaps.reduce((top, { gap }) => Math.max(top, gap), 0);
  }
}
