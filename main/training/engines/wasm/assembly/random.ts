/** The mask of dropout, from counters: Philox 4x32-10 (Salmon et al. 2011). */
import { Pointer } from './vector';

const MULTIPLIER_0: u64 = 0xd2511f53;
const MULTIPLIER_1: u64 = 0xcd9e8d57;
/** The golden ratio and the square root of 3, less 1, as fractions of 2^32: the key's steps. */
const STEP_0: u32 = 0x9e3779b9;
const STEP_1: u32 = 0xbb67ae85;
const ROUNDS: i32 = 10;

/**
 * mask [count]: 0 with probability `rate`, else `kept`. Element i is decided by i and the two keys alone.
 */
export function dropoutMask(mask: Pointer, count: i32, rate: f64, kept: f32, key0: u32, key1: u32): void {
  const limit = <u32>min(4294967295.0, rate * 4294967296.0);
  for (let i = 0; i < count; i += 4, mask += 16) {
    let a: u32 = <u32>i >> 2;
    let b: u32 = 0;
    let c: u32 = 0;
    let d: u32 = 0;
    let k0 = key0;
    let k1 = key1;
    for (let round = 0; round < ROUNDS; round++) {
      const product0 = MULTIPLIER_0 * (<u64>a);
      const product1 = MULTIPLIER_1 * (<u64>c);
      a = <u32>(product1 >> 32) ^ b ^ k0;
      c = <u32>(product0 >> 32) ^ d ^ k1;
      b = <u32>product1;
      d = <u32>product0;
      k0 += STEP_0;
      k1 += STEP_1;
    }
    store<f32>(mask, a < limit ? 0 : kept);
    if (i + 1 < count) store<f32>(mask, b < limit ? 0 : kept, 4);
    if (i + 2 < count) store<f32>(mask, c < limit ? 0 : kept, 8);
    if (i + 3 < count) store<f32>(mask, d < limit ? 0 : kept, 12);
  }
}
