/**
 * The inner loops of all matrix products and convolutions: a tile of 6 rows and 8 columns of the result, which stays in
 * 12 registers while the products of one row of B and one column of A after the other are added to it. 12 + 2 of B + 1
 * of A are the 15 vector registers that V8 has to give on x64.
 *
 * Arguments that the three kinds share: `b` is the first of the 8 columns of B, whose rows lie `bStep` bytes apart;
 * `start` are the numbers that the tile starts from, `startStep` bytes from row to row (0 for one row for all: a bias,
 * or zeros); `c` is where the tile goes, `cStep` bytes from row to row.
 */
import { FLOAT, multiplyAdd, Pointer } from './vector';

/** Rows and columns of a tile, and the bytes of one when it is stored by itself. */
export const ROWS: i32 = 6;
export const COLUMNS: i32 = 8;
export const TILE_STEP: usize = 32;
export const TILE_BYTES: usize = 192;

/** Rows of A from `a0` to `a5`, each in `runs` runs of `runBytes`, `runStep` bytes from start to start. */
export function multiplyRows(
  a0: Pointer, a1: Pointer, a2: Pointer, a3: Pointer, a4: Pointer, a5: Pointer, runs: i32, runBytes: usize,
  runStep: usize, b: Pointer, bStep: usize, start: Pointer, startStep: usize, c: Pointer, cStep: usize,
): void {
  let from = start;
  let c00 = v128.load(from);
  let c01 = v128.load(from, 16);
  from += startStep;
  let c10 = v128.load(from);
  let c11 = v128.load(from, 16);
  from += startStep;
  let c20 = v128.load(from);
  let c21 = v128.load(from, 16);
  from += startStep;
  let c30 = v128.load(from);
  let c31 = v128.load(from, 16);
  from += startStep;
  let c40 = v128.load(from);
  let c41 = v128.load(from, 16);
  from += startStep;
  let c50 = v128.load(from);
  let c51 = v128.load(from, 16);
  const gap = runStep - runBytes;
  for (; runs > 0; runs--) {
    const end = a0 + runBytes;
    while (a0 < end) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      let a = v128.load32_splat(a0);
      c00 = multiplyAdd(a, b0, c00);
      c01 = multiplyAdd(a, b1, c01);
      a = v128.load32_splat(a1);
      c10 = multiplyAdd(a, b0, c10);
      c11 = multiplyAdd(a, b1, c11);
      a = v128.load32_splat(a2);
      c20 = multiplyAdd(a, b0, c20);
      c21 = multiplyAdd(a, b1, c21);
      a = v128.load32_splat(a3);
      c30 = multiplyAdd(a, b0, c30);
      c31 = multiplyAdd(a, b1, c31);
      a = v128.load32_splat(a4);
      c40 = multiplyAdd(a, b0, c40);
      c41 = multiplyAdd(a, b1, c41);
      a = v128.load32_splat(a5);
      c50 = multiplyAdd(a, b0, c50);
      c51 = multiplyAdd(a, b1, c51);
      a0 += FLOAT;
      a1 += FLOAT;
      a2 += FLOAT;
      a3 += FLOAT;
      a4 += FLOAT;
      a5 += FLOAT;
      b += bStep;
    }
    a0 += gap;
    a1 += gap;
    a2 += gap;
    a3 += gap;
    a4 += gap;
    a5 += gap;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += cStep;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += cStep;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += cStep;
  v128.store(c, c30);
  v128.store(c, c31, 16);
  c += cStep;
  v128.store(c, c40);
  v128.store(c, c41, 16);
  c += cStep;
  v128.store(c, c50);
  v128.store(c, c51, 16);
}

/** A transposed: each of its `depth` rows, `aStep` bytes apart, has the tile's six numbers side by side. */
export function multiplyColumns(
  a: Pointer, aStep: usize, depth: i32, b: Pointer, bStep: usize, start: Pointer, startStep: usize, c: Pointer,
  cStep: usize,
): void {
  let from = start;
  let c00 = v128.load(from);
  let c01 = v128.load(from, 16);
  from += startStep;
  let c10 = v128.load(from);
  let c11 = v128.load(from, 16);
  from += startStep;
  let c20 = v128.load(from);
  let c21 = v128.load(from, 16);
  from += startStep;
  let c30 = v128.load(from);
  let c31 = v128.load(from, 16);
  from += startStep;
  let c40 = v128.load(from);
  let c41 = v128.load(from, 16);
  from += startStep;
  let c50 = v128.load(from);
  let c51 = v128.load(from, 16);
  for (; depth > 0; depth--) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    c00 = multiplyAdd(x, b0, c00);
    c01 = multiplyAdd(x, b1, c01);
    x = v128.load32_splat(a, 4);
    c10 = multiplyAdd(x, b0, c10);
    c11 = multiplyAdd(x, b1, c11);
    x = v128.load32_splat(a, 8);
    c20 = multiplyAdd(x, b0, c20);
    c21 = multiplyAdd(x, b1, c21);
    x = v128.load32_splat(a, 12);
    c30 = multiplyAdd(x, b0, c30);
    c31 = multiplyAdd(x, b1, c31);
    x = v128.load32_splat(a, 16);
    c40 = multiplyAdd(x, b0, c40);
    c41 = multiplyAdd(x, b1, c41);
    x = v128.load32_splat(a, 20);
    c50 = multiplyAdd(x, b0, c50);
    c51 = multiplyAdd(x, b1, c51);
    a += aStep;
    b += bStep;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += cStep;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += cStep;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += cStep;
  v128.store(c, c30);
  v128.store(c, c31, 16);
  c += cStep;
  v128.store(c, c40);
  v128.store(c, c41, 16);
  c += cStep;
  v128.store(c, c50);
  v128.store(c, c51, 16);
}
