import { studentCdf, studentQuantile } from '../statistics/distributions.ts';

/** Variances below this count as none: rounding. */
export const leastVariance = 1e-18;
/**
 * What rounding may leave of a difference that is 0, as a share of a variance. Where blocks differ in one pair only, V_R
 * and V_I are equal: rounding must not decide whether the blocks' degrees of freedom count.
 */
export const rounding = 1e-12;

/** Parts of the variance of an estimate, with their degrees of freedom (metrics.md 13.4). */
export interface VarianceParts {
  /** V_A, of pairs and anchors, and nu_U. */
  readonly units: number;
  readonly freedom: number;
  /** Parts of blocks of runs, a class each, and of labelers: V_R and V_I, and how many there are. */
  readonly runs?: readonly CrossedPart[];
  readonly labelers?: CrossedPart;
}

export interface CrossedPart {
  /** V_Rg or V_L. */
  readonly own: number;
  /** V_Ig or V_J: the part of it that `units` already holds. */
  readonly overlap: number;
  /** S_g or H. */
  readonly count: number;
}

/** V = V_A + max(0, V_R - V_I) + max(0, V_L - V_J), and its degrees of freedom (Satterthwaite 1946), at least the least of its parts. */
export function totalVariance({ units, freedom, runs = [], labelers }: VarianceParts): { V: number; df: number } {
  const groups = [runs, labelers ? [labelers] : []].filter(
    (parts) => excess(parts) > leastVariance + rounding * parts.reduce((sum, { own }) => sum + own, 0),
  );
  const V = groups.reduce((sum, parts) => sum + excess(parts), units);
  const terms = groups
    .flat()
    .map(({ own, overlap, count }) => own ** 2 / (count - 1) + overlap ** 2 / ((count - 1) * freedom));
  const df = V ** 2 / terms.reduce((sum, term) => sum + term, units ** 2 / freedom);
  return { V, df: Math.max(df, Math.min(freedom, ...groups.flat().map(({ count }) => count - 1))) };
}

const excess = (parts: readonly CrossedPart[]): number =>
  parts.reduce((sum, { own }) => sum + own, 0) - parts.reduce((sum, { overlap }) => sum + overlap, 0);

/** A 95 % interval of an estimate, and the probability of one as far from 0. */
export interface ClaimInterval {
  se: number;
  df: number;
  skew: number;
  lo: number;
  hi: number;
  /** Two-sided; below 0.05 exactly if the interval excludes 0. */
  p: number;
}

/**
 * The t interval, longer on the side to which the pairs lean, by Hall's (1992) transformation (metrics.md 13.4).
 * @param influences u_p, of the pairs @param weight of the skewness: 3/4 for group outcomes, else 1
 * @param level of t: 0.975 for 95 %
 */
export function claimInterval(
  { estimate, V, df }: { estimate: number; V: number; df: number },
  influences: ArrayLike<number>,
  { weight = 1, level = 0.975 }: { weight?: number; level?: number } = {},
): ClaimInterval {
  return leaningInterval({ estimate, V, df, skew: skewness(influences, V, weight) }, level);
}

/** How far an estimate leans to one side, from the influences of the pairs on it. */
export function skewness(influences: ArrayLike<number>, V: number, weight = 1): number {
  const P = influences.length;
  let cubes = 0;
  for (let pair = 0; pair < P; pair++) cubes += influences[pair]! ** 3;
  return P < 3 ? 0 : (weight * cubes) / (P * (P - 1) * (P - 2) * V ** 1.5);
}

/** The interval of `claimInterval` for a known skewness. */
export function leaningInterval(
  { estimate, V, df, skew }: { estimate: number; V: number; df: number; skew: number },
  level = 0.975,
): ClaimInterval {
  const se = Math.sqrt(V);
  const t = studentQuantile(level, df);
  const T = estimate / se;
  const leaning = Math.max(0, Math.sign(T) * hall(T, skew));
  return {
    se,
    df,
    skew,
    lo: estimate - se * Math.max(t, inverseHall(t, skew)),
    hi: estimate + se * Math.max(t, -inverseHall(-t, skew)),
    p: 2 * studentCdf(-Math.min(Math.abs(T), leaning), df),
  };
}

const hall = (T: number, skew: number): number => T + (skew * T ** 2) / 3 + (skew ** 2 * T ** 3) / 27 + skew / 6;

/** (3 / skew) (cbrt(1 + skew (x - skew / 6)) - 1), without losing digits near 1. */
function inverseHall(x: number, skew: number): number {
  if (Math.abs(skew) < 1e-8) return x;
  const change = skew * (x - skew / 6);
  const root = Math.abs(change) < 0.5 ? Math.expm1(Math.log1p(change) / 3) : Math.cbrt(1 + change) - 1;
  return (3 / skew) * root;
}

/** u_p = (P - 1)(mean f - f_(p)), from a value without each of P pairs, and last of all itself. */
export function influencesOf(table: Float64Array): Float64Array {
  const P = table.length - 1;
  const left = table.subarray(0, P);
  const mean = left.reduce((sum, value) => sum + value, 0) / P;
  return left.map((value) => (P - 1) * (mean - value));
}
