/** Bits set in a 32-bit word (the parallel count of Hacker's Delight, figure 5-2). */
export function popcount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** 32-bit words that hold one bit for each of `count` items. */
export const wordsFor = (count: number): number => (count + 31) >>> 5;

/** A set of items 0..count-1: bit `item % 32` of word `item / 32`. Bits beyond the last item are 0. */
export type BitSet = Int32Array;

/** The items for which `holds` is true. */
export function bitSet(count: number, holds: (item: number) => boolean): BitSet {
  const set = new Int32Array(wordsFor(count));
  for (let item = 0; item < count; item++) if (holds(item)) set[item >>> 5]! |= 1 << (item & 31);
  return set;
}

export function countBits(set: BitSet): number {
  let bits = 0;
  for (let at = 0; at < set.length; at++) bits += popcount(set[at]!);
  return bits;
}
