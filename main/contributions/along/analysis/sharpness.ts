import type { LabelCounts, Votes } from '../../../analysis/labels/index.ts';
import type { PairRow } from '../../../analysis/outcomes/index.ts';
import { crossing } from '../../../analysis/responses/index.ts';
import { at } from '../../../domain/numbers/index.ts';

/** How fast answers turn from class i to class j along a pair, and how sure a network is of them (metrics.md 18). */

/** Answers at one alpha: `ofJ` of `n` for class j, the others for class i. Shares count as one answer in parts. */
export interface AlongPoint {
  readonly alpha: number;
  readonly ofJ: number;
  readonly n: number;
}

/** Why a psychometric curve has no slope. */
export type CurveReason =
  /** Fewer than three alphas with an answer for i or j. */
  | 'few_points'
  /** All answers are for one class. */
  | 'one_class'
  /** The share of j does not rise, or reaches one half beyond the alphas only. */
  | 'no_rise'
  /** It rises between two neighboring alphas: any steeper curve fits as well. The center is known. */
  | 'step';

/** psi(alpha) = lapse / 2 + (1 - lapse) / (1 + exp(-(alpha - center) / scale)): the chance of j rather than i. */
export interface PsychometricCurve {
  /** Where the curve passes one half. */
  centre: number | null;
  /** Slope of psi at its center, per unit of alpha: (1 - lapse) / (4 scale). */
  slope: number | null;
  /** Share of answers that do not depend on the image, 0 to `mostLapses`. */
  lapse: number | null;
  reason: CurveReason | null;
}

/** Twice the 6 % at each end that Wichmann and Hill (2001) allow. */
const mostLapses = 0.12;
const fewestAlphas = 3;
/** Chances are kept off 0 and 1, so that one answer at odds with the curve costs a finite amount. */
const least = 1e-12;

interface Curve {
  readonly centre: number;
  /** 1 / scale. */
  readonly rate: number;
  readonly lapse: number;
}

/**
 * The psychometric curve of largest likelihood (Wichmann and Hill 2001), with lapses in both directions alike. Of shares, the
 * likelihood is that of fractional responses (Papke and Wooldridge 1996).
 * @param points alpha ascending; those with n = 0 do not count
 */
export function psychometricCurve(points: readonly AlongPoint[]): PsychometricCurve {
  const known = points.filter(({ n }) => n > 0);
  const none = (reason: CurveReason, centre: number | null = null) => ({ centre, slope: null, lapse: null, reason });
  const gaps = known.slice(1).map(({ alpha }, place) => alpha - at(known, place).alpha);
  if (gaps.filter((gap) => gap > 0).length < fewestAlphas - 1) return none('few_points');
  const answers = known.reduce((sum, { n }) => sum + n, 0);
  const forJ = known.reduce((sum, { ofJ }) => sum + ofJ, 0);
  if (forJ <= 0 || forJ >= answers) return none('one_class');
  const [first, last] = [at(known, 0).alpha, at(known, known.length - 1).alpha];
  const smallest = Math.min(...gaps.filter((gap) => gap > 0));
  // The middle half of the rise fills half of the smallest gap.
  const steepest = (4 * Math.log(3)) / smallest;
  const step = (centre: number) => none('step', middleOfGap(known, centre));
  const logistic = climb(known, { centre: middleOf(known), rate: 4 / (last - first), lapse: 0 }, steepest, false);
  if (logistic === null) return none('no_rise');
  // With lapses the rise is steeper still.
  if (isSteepest(logistic, steepest)) return step(logistic.centre);
  const starts = [2, 12].map((times) => ({
    centre: logistic.centre,
    rate: Math.min(0.9 * steepest, times * logistic.rate),
    lapse: 0.02,
  }));
  const found = [logistic, ...starts.flatMap((start) => climb(known, start, steepest, true) ?? [])];
  const best = found.reduce((a, b) => (b.likelihood > a.likelihood ? b : a));
  if (best.centre < first || best.centre > last) return none('no_rise');
  if (isSteepest(best, steepest)) return step(best.centre);
  const { centre, rate, lapse } = best;
  return { centre, slope: ((1 - lapse) * rate) / 4, lapse, reason: null };
}

const isSteepest = ({ rate }: Curve, steepest: number): boolean => rate >= steepest * (1 - 1e-9);

/** Where between its neighbors a step lies is not known. */
function middleOfGap(points: readonly AlongPoint[], centre: number): number {
  const after = points.findIndex(({ alpha }) => alpha > centre);
  return after < 1 ? centre : (at(points, after - 1).alpha + at(points, after).alpha) / 2;
}

/** Mean alpha where i and j are equally likely to be found: a start. */
function middleOf(points: readonly AlongPoint[]): number {
  const [first, last] = [at(points, 0).alpha, at(points, points.length - 1).alpha];
  const share = points.reduce((sum, { ofJ, n }) => sum + ofJ / n, 0) / points.length;
  return first + (1 - share) * (last - first);
}

interface Fit extends Curve {
  readonly likelihood: number;
}

const mostRounds = 60;

/**
 * Fisher scoring on center, log rate and lapse, damped until the likelihood grows (Levenberg and Marquardt).
 * @returns null where the rise flattens out
 */
function climb(points: readonly AlongPoint[], start: Curve, steepest: number, hasLapses: boolean): Fit | null {
  let here = start;
  let found = scoreAt(points, here);
  let damping = 1e-3;
  for (let round = 0; round < mostRounds && damping < 1e8; round++) {
    const { lapse } = here;
    const isAtEnd = (lapse === 0 && found.ofLapse <= 0) || (lapse === mostLapses && found.ofLapse >= 0);
    const step = stepFrom(found, damping, hasLapses && !isAtEnd);
    const next = {
      centre: here.centre + step.centre,
      rate: Math.min(steepest, here.rate * Math.exp(Math.max(-2, Math.min(2, step.rate)))),
      lapse: Math.min(mostLapses, Math.max(0, lapse + step.lapse)),
    };
    const there = scoreAt(points, next);
    const gained = there.likelihood - found.likelihood;
    if (!(gained >= 0)) {
      damping *= 8;
      continue;
    }
    [here, found] = [next, there];
    damping = Math.max(1e-9, damping / 8);
    if (gained < 1e-10 * (1 + Math.abs(found.likelihood))) break;
  }
  const reach = at(points, points.length - 1).alpha - at(points, 0).alpha;
  return here.rate * reach < 0.05 ? null : { ...here, likelihood: found.likelihood };
}

/** The log likelihood, its slopes, and Fisher's information of center (c), log rate (r) and lapse (l). */
function scoreAt(points: readonly AlongPoint[], { centre, rate, lapse }: Curve) {
  let [likelihood, ofCenter, ofRate, ofLapse] = [0, 0, 0, 0];
  let [cc, cr, cl, rr, rl, ll] = [0, 0, 0, 0, 0, 0];
  for (const { alpha, ofJ, n } of points) {
    const F = 1 / (1 + Math.exp(-rate * (alpha - centre)));
    const psi = Math.min(1 - least, Math.max(least, lapse / 2 + (1 - lapse) * F));
    likelihood += ofJ * Math.log(psi) + (n - ofJ) * Math.log1p(-psi);
    const c = -(1 - lapse) * F * (1 - F) * rate;
    const [r, l] = [c * (centre - alpha), 0.5 - F];
    const weight = n / (psi * (1 - psi));
    const off = (ofJ - n * psi) / (psi * (1 - psi));
    ofCenter += off * c;
    ofRate += off * r;
    ofLapse += off * l;
    cc += weight * c * c;
    cr += weight * c * r;
    cl += weight * c * l;
    rr += weight * r * r;
    rl += weight * r * l;
    ll += weight * l * l;
  }
  return { likelihood, ofCenter, ofRate, ofLapse, cc, cr, cl, rr, rl, ll };
}

/** (I + damping diag I)^-1 times the slopes, of all three or, with a lapse of 0 or the most, of the first two. */
function stepFrom(found: ReturnType<typeof scoreAt>, damping: number, withLapse: boolean) {
  const { ofCenter, ofRate, ofLapse, cr, cl, rl } = found;
  const [cc, rr, ll] = [found.cc, found.rr, found.ll].map((own) => own * (1 + damping) + least) as [
    number,
    number,
    number,
  ];
  // The lapse is eliminated first: what is left has two rows.
  const [byC, byR] = withLapse ? [cl / ll, rl / ll] : [0, 0];
  const [a, b, d] = [cc - byC * cl, cr - byC * rl, rr - byR * rl];
  const [p, q] = [ofCenter - byC * ofLapse, ofRate - byR * ofLapse];
  const det = a * d - b * b;
  const [centre, rate] = [(d * p - b * q) / det, (a * q - b * p) / det];
  return { centre, rate, lapse: withLapse ? (ofLapse - cl * centre - rl * rate) / ll : 0 };
}

/** The share of class j of what i and j have together, at one alpha. */
export interface SharePoint {
  readonly alpha: number;
  readonly share: number;
}

/** The curve through shares of j, each counted as one answer. */
export const curveOfShares = (points: readonly SharePoint[]): PsychometricCurve =>
  psychometricCurve(points.map(({ alpha, share }) => ({ alpha, ofJ: share, n: 1 })));

/**
 * The share of j along a pair, without images that have neither i nor j.
 * @param probability of a class on an image, 0..1
 */
export const sharesAlong = (
  { i, j, images }: PairRow,
  alphaOf: (image: number) => number,
  probability: (image: number, k: number) => number,
): SharePoint[] =>
  images.flatMap((image) => {
    const [ofI, ofJ] = [probability(image, i), probability(image, j)];
    return ofI + ofJ === 0 ? [] : [{ alpha: alphaOf(image), share: ofJ / (ofI + ofJ) }];
  });

/** Labels for j among those for i or j, along a pair. */
export const labelsAlong = (
  { i, j, images }: PairRow,
  alphaOf: (image: number) => number,
  { classes, counts }: LabelCounts<Votes>,
): AlongPoint[] =>
  images.map((image) => {
    const [ofI, ofJ] = [counts[image * classes + i]!, counts[image * classes + j]!];
    return { alpha: alphaOf(image), ofJ, n: ofI + ofJ };
  });

/**
 * How much of alpha the share of j takes to rise from `low` to `high`, interpolated; where it passes a level several times,
 * the middle between the first and the last (metrics.md 7). At least 0.
 * @returns null unless it begins below `low` and ends above `high`
 */
export function transitionWidth(points: readonly SharePoint[], [low, high]: readonly [number, number]): number | null {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last || first.share >= low || last.share <= high) return null;
  const where = (level: number): number | null =>
    crossing(points.map(({ alpha, share }) => ({ alpha, difference: share - level }))).alpha_cross;
  const [from, to] = [where(low), where(high)];
  return from === null || to === null ? null : to - from;
}

/**
 * Slope of the share of j where it passes one half, per unit of alpha: between the points on either side; where it passes several
 * times, between the points before the first and after the last time. At most 1 over the distance of these points.
 * @returns null unless it begins below one half and ends above
 */
export function crossingSlope(points: readonly SharePoint[]): number | null {
  const before = points.findIndex(({ share }) => share >= 0.5) - 1;
  const after = points.findLastIndex(({ share }) => share <= 0.5) + 1;
  const [from, to] = [points[before], points[after]];
  if (!from || !to || from.alpha >= to.alpha) return null;
  return (to.share - from.share) / (to.alpha - from.alpha);
}

/** The largest probability of an image, and the next. @param softmax of one image */
function twoLargest(softmax: ArrayLike<number>): readonly [number, number] {
  let [first, second] = [0, 0];
  for (let k = 0; k < softmax.length; k++) {
    const p = softmax[k]!;
    if (p > first) [first, second] = [p, first];
    else if (p > second) second = p;
  }
  return [first, second];
}

/** Margin: the largest softmax less the next, 0..1. */
export function softmaxMargin(softmax: ArrayLike<number>): number {
  const [first, second] = twoLargest(softmax);
  return first - second;
}

/** Margin of logits: log of the ratio of the two largest softmax values, in nats, at most ln 1e12. */
export function logitMargin(softmax: ArrayLike<number>): number {
  const [first, second] = twoLargest(softmax);
  return Math.log(first / Math.max(least, second));
}
