/** A label at a place along a pair. */
export interface Point {
  alpha: number;
  label: number;
}

/** Where the label changes from class i to class j along a pair (metrics.md 7). */
export interface FlipPoint {
  /** (alpha_out + alpha_in) / 2; null if either is. */
  alpha_star: number | null;
  /** Midpoint between the last point of the initial run of i and the next one; null unless it begins with i and leaves it. */
  alpha_out: number | null;
  /** Midpoint between the last point that is not j and the next one; null unless it ends with j and was not always j. */
  alpha_in: number | null;
  /** alpha_in - alpha_out: 0 for one clean flip. */
  width: number | null;
  n_points: number;
  /** Consecutive unequal labels. */
  n_flips: number;
  /** Points whose label is neither i nor j, and which labels these are, ascending. */
  n_third: number;
  third_labels: number[];
  /** More than one flip. */
  multiple: boolean;
}

/**
 * The flip point of a sequence along a pair, alpha ascending; missing and tied points are left out by the caller.
 * @returns null without any point.
 */
export function flipPoint(points: readonly Point[], i: number, j: number): FlipPoint | null {
  if (points.length === 0) return null;
  const labels = points.map(({ label }) => label);
  const third = labels.filter((label) => label !== i && label !== j);
  const flips = labels.filter((label, at) => at > 0 && label !== labels[at - 1]).length;
  const out = labels[0] === i ? labels.findIndex((label) => label !== i) : -1;
  const last = labels.at(-1) === j ? labels.findLastIndex((label) => label !== j) : -1;
  const alphaOut = out < 0 ? null : middle(points, out - 1);
  const alphaIn = last < 0 ? null : middle(points, last);
  const both = alphaOut !== null && alphaIn !== null;
  return {
    alpha_star: both ? (alphaOut + alphaIn) / 2 : null,
    alpha_out: alphaOut,
    alpha_in: alphaIn,
    width: both ? alphaIn - alphaOut : null,
    n_points: points.length,
    n_flips: flips,
    n_third: third.length,
    third_labels: [...new Set(third)].sort((a, b) => a - b),
    multiple: flips > 1,
  };
}

const middle = (points: readonly Point[], at: number): number => (points[at]!.alpha + points[at + 1]!.alpha) / 2;

/** Where the shares of i and j cross, interpolated (metrics.md 7, continuous variant). */
export interface Crossing {
  /** (first + last) / 2. */
  alpha_cross: number | null;
  first: number | null;
  last: number | null;
  /** Number of sign changes. */
  n: number;
}

/** Differences up to this count as none. */
const zero = 1e-12;

/**
 * Sign changes of d = s_j - s_i along a pair, alpha ascending, linearly interpolated between the points of unlike sign. A
 * run of zeros between unlike signs counts once, at the middle of the run; between like signs or at an end, not at all.
 */
export function crossing(points: readonly { alpha: number; difference: number }[]): Crossing {
  const crossings: number[] = [];
  let before = -1;
  points.forEach(({ alpha, difference }, at) => {
    if (Math.abs(difference) <= zero) return;
    const from = points[before];
    if (from && Math.sign(from.difference) !== Math.sign(difference)) {
      const zeros = at - before > 1;
      crossings.push(
        zeros
          ? (points[before + 1]!.alpha + points[at - 1]!.alpha) / 2
          : from.alpha + ((alpha - from.alpha) * from.difference) / (from.difference - difference),
      );
    }
    before = at;
  });
  const [first = null, last = null] = [crossings[0], crossings.at(-1)];
  const cross = first !== null && last !== null ? (first + last) / 2 : null;
  return { alpha_cross: cross, first, last, n: crossings.length };
}
