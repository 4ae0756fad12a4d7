import { at } from '../../../domain/numbers/index.ts';
import { contenders, majorityWithout } from './error-consistency.ts';
import type { ModelGroup } from '../../../analysis/outcomes/index.ts';
import { imageCounts, type LabelCounts, missing } from '../../../analysis/labels/index.ts';

/**
 * Error consistency of a network and an average person: kappa of pooled people is not the mean of persons' kappas, as
 * kappa is not linear (metrics.md 14.1).
 */
export interface PooledRater {
  run: string;
  /** Sum of the weights of all trials. */
  weight: number;
  acc_human: number | null;
  acc_model: number | null;
  c_obs: number | null;
  c_exp: number | null;
  kappa: number | null;
}

/** Error consistency of two average people. */
export interface PooledPair {
  weight: number;
  acc: number | null;
  c_obs: number | null;
  c_exp: number | null;
  kappa: number | null;
}

/** Accuracies up to this far from 0 and 1 count as these. */
const margin = 1e-12;

/** Weighted trials of two raters against a reference. */
export class Trials {
  weight = 0;
  #rightA = 0;
  #rightB = 0;
  #same = 0;

  add(weight: number, isRightA: boolean, isRightB: boolean): void {
    this.weight += weight;
    if (isRightA) this.#rightA += weight;
    if (isRightB) this.#rightB += weight;
    if (isRightA === isRightB) this.#same += weight;
  }

  clear(): void {
    this.weight = 0;
    this.#rightA = 0;
    this.#rightB = 0;
    this.#same = 0;
  }

  /** Becomes all trials but for some of them. Rounding leaves nothing of all of them. @returns itself */
  setTo(all: Trials, without: Trials): this {
    this.weight = rest(all.weight, without.weight);
    this.#rightA = rest(all.#rightA, without.#rightA);
    this.#rightB = rest(all.#rightB, without.#rightB);
    this.#same = rest(all.#same, without.#same);
    return this;
  }

  /** Null where there are no trials. */
  found(): { accA: number; accB: number; c_obs: number; c_exp: number; kappa: number | null } | null {
    if (this.weight === 0) return null;
    const [accA, accB] = [this.#rightA / this.weight, this.#rightB / this.weight];
    const expected = accA * accB + (1 - accA) * (1 - accB);
    return { accA, accB, c_obs: this.#same / this.weight, c_exp: expected, kappa: this.kappa() };
  }

  kappa(): number | null {
    if (this.weight === 0) return null;
    const [accA, accB] = [this.#rightA / this.weight, this.#rightB / this.weight];
    const observed = this.#same / this.weight;
    const expected = accA * accB + (1 - accA) * (1 - accB);
    const areAlwaysRight = accA >= 1 - margin && accB >= 1 - margin;
    const areAlwaysWrong = accA <= margin && accB <= margin;
    return areAlwaysRight || areAlwaysWrong ? null : (observed - expected) / (1 - expected);
  }
}

const rest = (all: number, part: number): number => (all - part <= margin * all ? 0 : all - part);

interface Trial {
  readonly image: number;
  readonly weight: number;
  readonly reference: number;
  /** Whether the average person's label is the reference. */
  readonly isRight: boolean;
}

/**
 * Trials of an average person: an image with two labels or more and a label k that somebody gave, of weight c_k / n; its
 * reference is the majority of all other labels, and without one there is no trial.
 */
export function eachTrial(labels: LabelCounts): Trial[] {
  const standing = contenders(labels);
  const trials: Trial[] = [];
  eachLabel(labels, 2, (image, k, count, n) => {
    const reference = majorityWithout(standing, image, k, missing);
    if (reference !== missing) trials.push({ image, weight: count / n, reference, isRight: k === reference });
  });
  return trials;
}

/** Each network against an average person. */
export function pooledNetworks(labels: LabelCounts, { names, labels: networks }: ModelGroup): PooledRater[] {
  const all = eachTrial(labels);
  return names.map((run, network) => {
    const trials = new Trials();
    for (const { image, weight, reference, isRight } of all)
      trials.add(weight, isRight, networks.values[network * networks.images + image] === reference);
    const { accA = null, accB = null, c_obs = null, c_exp = null, kappa = null } = trials.found() ?? {};
    return { run, weight: trials.weight, acc_human: accA, acc_model: accB, c_obs, c_exp, kappa };
  });
}

/** Two average people: ordered pairs of different answers to an image with three labels or more. */
export function pooledPeople(labels: LabelCounts): PooledPair {
  const standing = contenders(labels);
  const trials = new Trials();
  eachLabel(labels, 3, (image, k, count, n) => {
    imageCounts(labels, image).forEach((other, l) => {
      const weight = (count * (other - (k === l ? 1 : 0))) / (n * (n - 1));
      if (weight <= 0) return;
      const reference = majorityWithout(standing, image, k, l);
      if (reference !== missing) trials.add(weight, k === reference, l === reference);
    });
  });
  const { accA = null, c_obs = null, c_exp = null, kappa = null } = trials.found() ?? {};
  return { weight: trials.weight, acc: accA, c_obs, c_exp, kappa };
}

/** Calls `take` for each label that an image with at least `fewest` labels was given, with c_k and n. */
function eachLabel(
  labels: LabelCounts,
  fewest: number,
  take: (image: number, k: number, count: number, n: number) => void,
): void {
  for (let image = 0; image < labels.images; image++) {
    const n = at(labels.present, image);
    if (n < fewest) continue;
    imageCounts(labels, image).forEach((count, k) => {
      if (count > 0) take(image, k, count, n);
    });
  }
}
