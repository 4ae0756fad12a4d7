import { at } from '../../../domain/numbers/index.ts';
import { chiSquaredAbove, studentCdf, studentQuantile } from '../../../analysis/statistics/index.ts';

/** One effect, as a study estimated it. */
export interface StudyEstimate {
  readonly name: string;
  readonly estimate: number | null;
  /** Standard error of the estimate. A study without one, or with one that is not above 0, is left out. */
  readonly se: number | null;
}

/**
 * An effect over several studies (data sets, generators, draws of anchors, other labs), and how much it differs between
 * them (metrics.md 15). Null: fewer than two studies.
 */
export interface Heterogeneity {
  /** Studies that count, and those that are left out. */
  k: number;
  n_dropped: number;
  /** Mean over studies, weighted by 1 / (v + tau2), with its 95 % interval and two-sided p. */
  estimate: number | null;
  se: number | null;
  df: number | null;
  lo: number | null;
  hi: number | null;
  p: number | null;
  /** Variance of the true effects between studies, 0 or more, and its root. */
  tau2: number | null;
  tau: number | null;
  /** Cochran's Q, and the probability of one as large if all studies had the same true effect. */
  q: number | null;
  p_q: number | null;
  /** Share of the variation that is not sampling error, 0..1 (Higgins and Thompson 2002). */
  i2: number | null;
  /** What the variance of the mean is multiplied by, where it is above 1. */
  hk_factor: number | null;
  /** 95 % interval of the true effect in another study like these. */
  prediction_lo: number | null;
  prediction_hi: number | null;
  /** The mean without each study; null: fewer than three. */
  leave_one_out: { without: string; estimate: number }[] | null;
  reason: 'one_study' | null;
}

interface Known {
  readonly name: string;
  readonly y: number;
  /** Variance of y. */
  readonly v: number;
}

/**
 * Random effects: tau2 by Paule and Mandel (1982), the interval by Hartung and Knapp (2001) and Sidik and Jonkman (2002),
 * never narrower than the usual one (Roever et al. 2015), the prediction interval with k - 1 degrees of freedom.
 */
export function heterogeneity(studies: readonly StudyEstimate[]): Heterogeneity {
  const known = studies.flatMap(({ name, estimate, se }): Known[] =>
    estimate === null || se === null || !(se > 0) ? [] : [{ name, y: estimate, v: se ** 2 }],
  );
  const k = known.length;
  const n_dropped = studies.length - k;
  if (k < 2) return { ...undefinedOver, k, n_dropped };
  const q = spreadAround(known, 0);
  const tau2 = betweenStudies(known);
  const estimate = meanWith(known, tau2);
  const df = k - 1;
  const weight = known.reduce((sum, { v }) => sum + 1 / (v + tau2), 0);
  const hk_factor = spreadAround(known, tau2) / df;
  const se = Math.sqrt(Math.max(1, hk_factor) / weight);
  const t = studentQuantile(0.975, df);
  const reach = t * Math.sqrt(tau2 + se ** 2);
  return {
    k,
    n_dropped,
    estimate,
    se,
    df,
    lo: estimate - t * se,
    hi: estimate + t * se,
    p: 2 * studentCdf(-Math.abs(estimate / se), df),
    tau2,
    tau: Math.sqrt(tau2),
    q,
    p_q: chiSquaredAbove(q, df),
    i2: q === 0 ? 0 : Math.max(0, (q - df) / q),
    hk_factor,
    prediction_lo: estimate - reach,
    prediction_hi: estimate + reach,
    leave_one_out:
      k < 3
        ? null
        : known.map(({ name }, left) => {
            const others = known.toSpliced(left, 1);
            return { without: name, estimate: meanWith(others, betweenStudies(others)) };
          }),
    reason: null,
  };
}

const undefinedOver: Omit<Heterogeneity, 'k' | 'n_dropped'> = {
  estimate: null,
  se: null,
  df: null,
  lo: null,
  hi: null,
  p: null,
  tau2: null,
  tau: null,
  q: null,
  p_q: null,
  i2: null,
  hk_factor: null,
  prediction_lo: null,
  prediction_hi: null,
  leave_one_out: null,
  reason: 'one_study',
};

/** Mean weighted by 1 / (v + tau2); around the first study, so that equal estimates give it to the last bit. */
function meanWith(studies: readonly Known[], tau2: number): number {
  const { y: first } = at(studies, 0);
  let [weights, sum] = [0, 0];
  for (const { y, v } of studies) {
    weights += 1 / (v + tau2);
    sum += (y - first) / (v + tau2);
  }
  return first + sum / weights;
}

/** Sum of (y - mean)^2 / (v + tau2): Q at 0. Falls as tau2 grows. */
function spreadAround(studies: readonly Known[], tau2: number): number {
  const mean = meanWith(studies, tau2);
  return studies.reduce((sum, { y, v }) => sum + (y - mean) ** 2 / (v + tau2), 0);
}

/** tau2 at which that sum is its expectation, k - 1; 0 where it is no larger without any (Paule and Mandel 1982). */
function betweenStudies(studies: readonly Known[]): number {
  const expected = studies.length - 1;
  if (spreadAround(studies, 0) <= expected) return 0;
  let [low, high] = [0, 1];
  while (spreadAround(studies, high) > expected) [low, high] = [high, 2 * high];
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return high;
    if (spreadAround(studies, middle) > expected) low = middle;
    else high = middle;
  }
}
