/**
 * The generator mulberry32 (T. Ettinger), 32-bit arithmetic, as SPEC 8 gives it; uniform in [0, 1). Small and the same
 * in any language, so that resampled intervals can be checked elsewhere to the last digit.
 */
export function mulberry32(seed: number): () => number {
  let s = seed | 0;
  return () => {
    s = (s + 0x6d2b79f5) | 0;
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
