/** Matrix products of any size: C = op(A) op(B), with a bias for each column, or added to what C holds. */
import { PANEL_ROW, packColumns, packedBytes, packRows, packRowStrips, packStrips, panelCount, STRIP_ROW } from './pack';
import { COLUMNS, ROWS, TILE_BYTES, TILE_STEP, multiplyColumns, multiplyRows } from './tile';
import { floatBytes, clear, copy, FLOAT, Pointer } from './vector';

/** Depth of one block: 8 columns of B so deep stay in the first-level cache. */
const DEPTH: i32 = 256;
/** Depth of one block where B is packed as a whole: 8 columns so deep still leave room in that cache. */
const PACKED_DEPTH: i32 = 512;
/** Rows of one block: of A, so many times `DEPTH` stay in the second-level cache. */
const HEIGHT: i32 = 120;
/** Columns of B that pay for packing the rows of A: one stream of numbers is read faster than six. */
const ENOUGH_COLUMNS: i32 = 128;

/** Bytes of scratch memory that `gemm` needs: a tile, a row to start from, a block of A, all of B's block. */
export function gemmScratch(columns: i32): usize {
  return TILE_BYTES + floatBytes(panelCount(columns) * COLUMNS) + floatBytes(HEIGHT * DEPTH) + packedBytes(DEPTH, columns);
}

/**
 * C [m, n] = op(A) [m, k] op(B) [k, n] + bias. @param transposeA A is stored as [k, m]
 * @param transposeB B is stored as [n, k] @param lda, ldb, ldc floats from a stored row to the next
 * @param bias [n], or 0 for none @param accumulate adds to C instead; there is no bias then
 */
export function gemm(
  transposeA: bool, transposeB: bool, m: i32, n: i32, k: i32, a: Pointer, lda: i32, b: Pointer, ldb: i32, c: Pointer,
  ldc: i32, bias: Pointer, accumulate: bool, scratch: Pointer,
): void {
  const tile = scratch;
  const first = tile + TILE_BYTES;
  const strips = first + floatBytes(panelCount(n) * COLUMNS);
  const packed = strips + floatBytes(HEIGHT * DEPTH);
  const stepA = <usize>lda * FLOAT;
  const stepB = <usize>ldb * FLOAT;
  const stepC = <usize>ldc * FLOAT;
  startRow(first, bias, n);
  for (let depth = 0; depth < k || depth == 0; depth += DEPTH) {
    const deep = min(DEPTH, k - depth);
    const panelBytes = <usize>deep * PANEL_ROW;
    const adds = accumulate || depth > 0;
    if (transposeB) packColumns(packed, panelBytes, b + <usize>depth * FLOAT, stepB, deep, n);
    else packRows(packed, panelBytes, b + <usize>depth * stepB, stepB, deep, n);
    for (let row = 0; row < m; row += HEIGHT) {
      const high = min(HEIGHT, m - row);
      const target = c + <usize>row * stepC;
      const source = transposeA
        ? a + <usize>depth * stepA + <usize>row * FLOAT
        : a + <usize>row * stepA + <usize>depth * FLOAT;
      if (transposeA || n >= ENOUGH_COLUMNS) {
        if (transposeA) packStrips(strips, source, stepA, deep, high);
        else packRowStrips(strips, source, stepA, deep, high);
        const stripStep = (<usize>deep) * STRIP_ROW;
        stripsByPanels(
          strips, STRIP_ROW, stripStep, deep, packed, panelBytes, high, n, first, target, stepC, adds, tile,
        );
      } else {
        rowsByPanels(source, stepA, deep, packed, panelBytes, high, n, first, target, stepC, adds, tile);
      }
    }
  }
}

/** The row that a product starts from: a bias or zeros, filled up with zeros to whole tiles. */
export function startRow(to: Pointer, bias: Pointer, n: i32): void {
  clear(to, panelCount(n) * COLUMNS);
  if (bias) copy(to, bias, n);
}

/** Bytes of scratch memory for the strips that `timesPacked` can make of A [m, k]. */
export function stripBytes(m: i32, k: i32): usize {
  return floatBytes(((m + ROWS - 1) / ROWS) * ROWS * min(k, PACKED_DEPTH));
}

/**
 * C [m, n] = A B + first row, of any depth k: rows of A and C are `stepA` and `stepC` bytes apart, B is packed.
 * @param strips `stripBytes(m, k)` of scratch memory to pack A, too, which pays where B has many columns; or 0
 */
export function timesPacked(
  c: Pointer, stepC: usize, a: Pointer, stepA: usize, m: i32, k: i32, panels: Pointer, n: i32, first: Pointer,
  strips: Pointer, tile: Pointer,
): void {
  const panelBytes = (<usize>k) * PANEL_ROW;
  for (let depth = 0; depth < k || depth == 0; depth += PACKED_DEPTH) {
    const deep = min(PACKED_DEPTH, k - depth);
    const block = panels + (<usize>depth) * PANEL_ROW;
    const rows = a + (<usize>depth) * FLOAT;
    const adds = depth > 0;
    if (strips) {
      const stripStep = (<usize>deep) * STRIP_ROW;
      packRowStrips(strips, rows, stepA, deep, m);
      stripsByPanels(strips, STRIP_ROW, stripStep, deep, block, panelBytes, m, n, first, c, stepC, adds, tile);
    } else {
      rowsByPanels(rows, stepA, deep, block, panelBytes, m, n, first, c, stepC, adds, tile);
    }
  }
}

/** Rows of A, `stepA` bytes apart and `deep` floats long, times packed panels of B. */
export function rowsByPanels(
  a: Pointer, stepA: usize, deep: i32, panels: Pointer, panelBytes: usize, m: i32, n: i32, first: Pointer, c: Pointer,
  stepC: usize, adds: bool, tile: Pointer,
): void {
  const bytes = <usize>deep * FLOAT;
  for (let column = 0; column < n; column += COLUMNS) {
    const width = min(COLUMNS, n - column);
    let rows = a;
    let target = c + <usize>column * FLOAT;
    const begin = first + <usize>column * FLOAT;
    for (let row = 0; row < m; row += ROWS) {
      const last = m - 1 - row;
      const a1 = rows + (last < 1 ? 0 : stepA);
      const a2 = a1 + (last < 2 ? 0 : stepA);
      const a3 = a2 + (last < 3 ? 0 : stepA);
      const a4 = a3 + (last < 4 ? 0 : stepA);
      const a5 = a4 + (last < 5 ? 0 : stepA);
      if (last >= 5 && width == COLUMNS) {
        multiplyRows(
          rows, a1, a2, a3, a4, a5, 1, bytes, 0, panels, PANEL_ROW, adds ? target : begin, adds ? stepC : 0, target,
          stepC,
        );
      } else {
        const height = min(ROWS, last + 1);
        if (adds) moveTile(tile, TILE_STEP, target, stepC, height, width);
        multiplyRows(
          rows, a1, a2, a3, a4, a5, 1, bytes, 0, panels, PANEL_ROW, adds ? tile : begin, adds ? TILE_STEP : 0, tile,
          TILE_STEP,
        );
        moveTile(target, stepC, tile, TILE_STEP, height, width);
      }
      rows += (<usize>ROWS) * stepA;
      target += (<usize>ROWS) * stepC;
    }
    panels += panelBytes;
  }
}

/** Strips of six rows of A times packed panels of B; `stripRow` bytes from row to row, `stripStep` to the next strip. */
export function stripsByPanels(
  strips: Pointer, stripRow: usize, stripStep: usize, deep: i32, panels: Pointer, panelBytes: usize, m: i32, n: i32,
  first: Pointer, c: Pointer, stepC: usize, adds: bool, tile: Pointer,
): void {
  for (let column = 0; column < n; column += COLUMNS) {
    const width = min(COLUMNS, n - column);
    let strip = strips;
    let target = c + <usize>column * FLOAT;
    const begin = first + <usize>column * FLOAT;
    for (let row = 0; row < m; row += ROWS) {
      const height = min(ROWS, m - row);
      if (height == ROWS && width == COLUMNS) {
        multiplyColumns(strip, stripRow, deep, panels, PANEL_ROW, adds ? target : begin, adds ? stepC : 0, target, stepC);
      } else {
        if (adds) moveTile(tile, TILE_STEP, target, stepC, height, width);
        multiplyColumns(
          strip, stripRow, deep, panels, PANEL_ROW, adds ? tile : begin, adds ? TILE_STEP : 0, tile, TILE_STEP,
        );
        moveTile(target, stepC, tile, TILE_STEP, height, width);
      }
      strip += stripStep;
      target += (<usize>ROWS) * stepC;
    }
    panels += panelBytes;
  }
}

/** Copies the part of a tile that a matrix has. */
export function moveTile(to: Pointer, toStep: usize, from: Pointer, fromStep: usize, height: i32, width: i32): void {
  for (let row = 0; row < height; row++, to += toStep, from += fromStep) copy(to, from, width);
}
