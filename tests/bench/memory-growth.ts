import { median } from './paired-ratio.ts';

/** Bytes that a worker held after a step. */
export interface MemorySample {
  step: number;
  resident: number;
}

/**
 * Bytes that a worker holds more at the end of its steps than after two fifths of them, when all has been allocated
 * that one step needs: medians of the last fifth and of the second one, as garbage comes and goes.
 */
export function growth(samples: readonly MemorySample[]): number {
  const last = samples.at(-1)?.step ?? 0;
  const between = (from: number, to: number): number =>
    median(samples.filter(({ step }) => step > from * last && step <= to * last).map(({ resident }) => resident));
  return between(0.8, 1) - between(0.2, 0.4);
}

/** No more growth than 5 % or 16 MiB: a leak of one small tensor a step is 2,000 x 10 KB. */
export function isFlat(samples: readonly MemorySample[]): boolean {
  const held = median(samples.map(({ resident }) => resident));
  return growth(samples) <= Math.max(0.05 * held, 16 * 2 ** 20);
}
