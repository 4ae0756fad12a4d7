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
 * Sign changes of d = s_j - s_i along a pair, alpha ascending, linearly interpolated between the points of unlike sign.
 * A run of zeros between unlike signs counts once, at the middle of the run; between like signs or at an end, not at
 * all.
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
