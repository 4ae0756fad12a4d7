import { Calibration } from './calibration.ts';
import { smallestProbability } from './distances.ts';
import type { HumanReference } from './human-reference.ts';
import { missing } from './labels.ts';
import { spread, type Spread } from './spread.ts';

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
  /** Mean of -sum_k q_k ln max(p_k, 1e-12) over all labelled images; q = shares of the labels people gave. */
  soft_xent_nats: number | null;
  /** Mean of sum_k (q_k - p_k)^2 over all labelled images, 0..2. */
  brier_soft: number | null;
}

export const scoreNames = ['accuracy', 'ece', 'nll_nats', 'brier_hard', 'soft_xent_nats', 'brier_soft'] as const;
export type ScoreName = (typeof scoreNames)[number];

/** Collects the scores of one model, an image at a time. */
export class ScoreSheet {
  readonly calibration = new Calibration();
  readonly #reference: HumanReference;
  #n = 0;
  #correct = 0;
  #nll = 0;
  #brierHard = 0;
  #labelled = 0;
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
    this.#labelled++;
    this.#brierSoft += soft;
  }

  /** Images with a label: what the two scores against all labels are means over. */
  get labelled(): number {
    return this.#labelled;
  }

  scores(): Scores {
    const mean = (sum: number, n: number): number | null => (n === 0 ? null : sum / n);
    return {
      n: this.#n,
      accuracy: mean(this.#correct, this.#n),
      ece: this.calibration.expected(),
      nll_nats: mean(this.#nll, this.#n),
      brier_hard: mean(this.#brierHard, this.#n),
      soft_xent_nats: mean(this.#cross, this.#labelled),
      brier_soft: mean(this.#brierSoft, this.#labelled),
    };
  }
}

/** Spread of each score over models. */
export function overModels(scores: readonly Scores[]): Record<ScoreName, Spread> {
  const over = (name: ScoreName): Spread => spread(scores.map((score) => score[name]));
  return {
    accuracy: over('accuracy'),
    ece: over('ece'),
    nll_nats: over('nll_nats'),
    brier_hard: over('brier_hard'),
    soft_xent_nats: over('soft_xent_nats'),
    brier_soft: over('brier_soft'),
  };
}
