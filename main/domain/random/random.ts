import { createHash } from 'node:crypto';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** A reproducible sequence of random numbers. Two streams with different paths are independent. */
export interface RandomStream {
  /** Uniform integer in [0, n). */
  int(n: number): number;
  /** Uniform in [0, 1), 53 bits. */
  float(): number;
  /** Standard normal (Box-Muller, both values used). */
  normal(): number;
  /** Shuffles in place (Fisher-Yates) and returns its argument. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T;
}

/**
 * The stream named by a path, e.g. `randomStream(seed, 'batch-order', epoch)`.
 *
 * The path is hashed (SHA-256) into the 128-bit state of xoroshiro128+, so each purpose of one seed has numbers of its
 * own and any step can be drawn again without drawing what came before: what a resumed run needs.
 */
export function randomStream(seed: number, ...path: readonly (string | number)[]): RandomStream {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, ...path]))
    .digest();
  const state = [0, 4, 8, 12].map((offset) => digest.readInt32LE(offset));
  const generator = xoroshiro128plusFromState(state);
  let spare: number | undefined;

  const float = (): number => uniformFloat64(generator);
  const int = (n: number): number => uniformInt(generator, 0, n - 1);
  return {
    int,
    float,
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - float()));
      const angle = 2 * Math.PI * float();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    shuffle(items) {
      const writable = items as { length: number; [index: number]: unknown };
      for (let i = writable.length - 1; i > 0; i--) {
        const j = int(i + 1);
        const kept = writable[i];
        writable[i] = writable[j];
        writable[j] = kept;
      }
      return items;
    },
  };
}
