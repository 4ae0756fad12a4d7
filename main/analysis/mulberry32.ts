/**
 * The generator mulberry32 (T. Ettinger), 32-bit arithmetic, as metrics.md 8 gives it; uniform in [0, 1). Small and the
 * same in any language, so that resampled intervals can be checked elsewhere to the last digit.
 */
export function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = nextState(state);
    return (outputOf(state) >>> 0) / 2 ** 32;
  };
}

export const nextState = (state: number): number => (state + 0x6d2b79f5) | 0;

/** The 32 bits that a state gives: as an integer below 0 where the number in [0, 1) is 1/2 or more. */
export function outputOf(state: number): number {
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return t ^ (t >>> 14);
}
