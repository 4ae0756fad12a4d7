/** A psychometric curve as it is drawn (metrics.md 18). */
export interface DrawnCurve {
  readonly centre: number;
  /** At the center, per unit of alpha. Null: a step. */
  readonly slope: number | null;
  /** 0..1. */
  readonly lapse: number | null;
}

const parts = 60;

/** Alpha and the chance of the second class, ascending, from one alpha to another. A step has two points at its center. */
export function curvePoints(
  { centre, slope, lapse }: DrawnCurve,
  [from, to]: readonly [number, number],
): (readonly [alpha: number, share: number])[] {
  if (slope === null || lapse === null)
    return [
      [from, 0],
      [centre, 0],
      [centre, 1],
      [to, 1],
    ];
  const rate = (4 * slope) / (1 - lapse);
  return Array.from({ length: parts + 1 }, (_, part) => {
    const alpha = from + (part / parts) * (to - from);
    return [alpha, lapse / 2 + (1 - lapse) / (1 + Math.exp(-rate * (alpha - centre)))] as const;
  });
}
