import { at } from '../../../domain/numbers/index.ts';
import { randomStream } from '../../../domain/random/index.ts';

/**
 * Points of a Latin hypercube (McKay et al. 1979): along each dimension each of `count` equal intervals of [0, 1) has one
 * point. Made by doubling from the odd part of `count`, so the first half of `2 n` points are those of `n`: points that
 * lie in different intervals lie in different halves of them, and the new ones fill the rest.
 * @returns `[count][dimensions]`
 */
export function latinHypercube(seed: number, count: number, dimensions: number): number[][] {
  const columns = Array.from({ length: dimensions }, (_, dimension) => {
    let size = count;
    while (size % 2 === 0) size /= 2;
    const values: number[] = [];
    for (; size <= count; size *= 2) {
      const random = randomStream(seed, 'latin-hypercube', dimension, size);
      const taken = new Set(values.map((value) => Math.floor(value * size)));
      const free = Array.from({ length: size }, (_, interval) => interval).filter((interval) => !taken.has(interval));
      for (const interval of random.shuffle(free)) values.push(within(interval, size, random.float()));
    }
    return values;
  });
  return Array.from({ length: count }, (_, point) => columns.map((column) => at(column, point)));
}

/** A place inside the interval, not so near its ends that rounding could move it out. */
const within = (interval: number, size: number, share: number): number => (interval + 0.01 + 0.98 * share) / size;
