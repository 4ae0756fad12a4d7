/**
 * Packing: the operands of a matrix product, laid out in the order in which tiles read them.
 *
 * A packed B is a row of panels of 8 columns; a panel has all of its rows side by side, 32 bytes each, and zeros where
 * B has no more columns.
 */
import { COLUMNS, ROWS } from './tile';
import { clear, FLOAT, Pointer, VECTOR } from './vector';

/** Bytes of one packed row of a panel. */
export const PANEL_ROW: usize = 32;
/** Bytes of one packed row of a strip of A: six numbers, one of each of its rows. */
export const STRIP_ROW: usize = 24;

/** Panels that `columns` columns need. */
@inline
export function panelCount(columns: i32): i32 {
  return (columns + COLUMNS - 1) / COLUMNS;
}

/** Bytes of a packed matrix. */
@inline
export function packedBytes(rows: i32, columns: i32): usize {
  return (<usize>rows) * (<usize>panelCount(columns)) * PANEL_ROW;
}

/** Packs `rows` rows, `step` bytes apart, of `columns` floats. Panels lie `panelBytes` apart. */
export function packRows(to: Pointer, panelBytes: usize, from: Pointer, step: usize, rows: i32, columns: i32): void {
  for (let column = 0; column < columns; column += COLUMNS) {
    const width = min(COLUMNS, columns - column);
    let source = from + (<usize>column) * FLOAT;
    let target = to;
    if (width == COLUMNS) {
      for (let row = 0; row < rows; row++, source += step, target += PANEL_ROW) {
        v128.store(target, v128.load(source));
        v128.store(target, v128.load(source, 16), 16);
      }
    } else {
      clear(target, rows * COLUMNS);
      for (let row = 0; row < rows; row++, source += step, target += PANEL_ROW) {
        for (let i = 0; i < width; i++) store<f32>(target + (<usize>i << 2), load<f32>(source + (<usize>i << 2)));
      }
    }
    to += panelBytes;
  }
}

/** Packs the transposed matrix: `columns` stored rows, `step` bytes apart, of `rows` floats become columns. */
export function packColumns(to: Pointer, panelBytes: usize, from: Pointer, step: usize, rows: i32, columns: i32): void {
  for (let column = 0; column < columns; column += COLUMNS) {
    const width = min(COLUMNS, columns - column);
    const source = from + (<usize>column) * step;
    if (width < COLUMNS) clear(to, rows * COLUMNS);
    if (width >= 4) transposeFour(to, source, step, rows);
    if (width == COLUMNS) transposeFour(to + VECTOR, source + 4 * step, step, rows);
    for (let i = width == COLUMNS ? COLUMNS : width & 4; i < width; i++) {
      let target = to + ((<usize>i) << 2);
      let place = source + (<usize>i) * step;
      for (let row = 0; row < rows; row++, place += FLOAT, target += PANEL_ROW) store<f32>(target, load<f32>(place));
    }
    to += panelBytes;
  }
}

/** Four stored rows of `rows` floats as four columns of a panel. */
function transposeFour(to: Pointer, from: Pointer, step: usize, rows: i32): void {
  let p0 = from;
  let p1 = p0 + step;
  let p2 = p1 + step;
  let p3 = p2 + step;
  let row = 0;
  for (; row + 4 <= rows; row += 4) {
    const r0 = v128.load(p0);
    const r1 = v128.load(p1);
    const r2 = v128.load(p2);
    const r3 = v128.load(p3);
    const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
    const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
    const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
    const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2));
    v128.store(to, v128.shuffle<f64>(low01, low23, 1, 3), 32);
    v128.store(to, v128.shuffle<f64>(high01, high23, 0, 2), 64);
    v128.store(to, v128.shuffle<f64>(high01, high23, 1, 3), 96);
    to += 4 * PANEL_ROW;
    p0 += VECTOR;
    p1 += VECTOR;
    p2 += VECTOR;
    p3 += VECTOR;
  }
  for (; row < rows; row++, to += PANEL_ROW) {
    store<f32>(to, load<f32>(p0));
    store<f32>(to, load<f32>(p1), 4);
    store<f32>(to, load<f32>(p2), 8);
    store<f32>(to, load<f32>(p3), 12);
    p0 += FLOAT;
    p1 += FLOAT;
    p2 += FLOAT;
    p3 += FLOAT;
  }
}

/**
 * Packs A transposed, stored as `depth` rows, `step` bytes apart, of `columns` floats: strips of six columns, each with
 * all of its rows side by side, and zeros where there are no more columns.
 */
export function packStrips(to: Pointer, from: Pointer, step: usize, depth: i32, columns: i32): void {
  for (let column = 0; column < columns; column += ROWS) {
    const width = min(ROWS, columns - column);
    let source = from + ((<usize>column) << 2);
    if (width == ROWS) {
      for (let row = 0; row < depth; row++, source += step, to += STRIP_ROW) {
        v128.store(to, v128.load(source));
        store<i64>(to, load<i64>(source, 16), 16);
      }
    } else {
      for (let row = 0; row < depth; row++, source += step, to += STRIP_ROW) {
        for (let i = 0; i < ROWS; i++) {
          store<f32>(to + (<usize>i << 2), i < width ? load<f32>(source + (<usize>i << 2)) : 0);
        }
      }
    }
  }
}

/** `packStrips` for A stored as `rows` rows of `depth` floats; the last row stands in for missing ones. */
export function packRowStrips(to: Pointer, from: Pointer, step: usize, depth: i32, rows: i32): void {
  for (let row = 0; row < rows; row += ROWS, from += <usize>ROWS * step) {
    const last = rows - 1 - row;
    let a0 = from;
    let a1 = a0 + (last < 1 ? 0 : step);
    let a2 = a1 + (last < 2 ? 0 : step);
    let a3 = a2 + (last < 3 ? 0 : step);
    let a4 = a3 + (last < 4 ? 0 : step);
    let a5 = a4 + (last < 5 ? 0 : step);
    for (let i = 0; i < depth; i++, to += STRIP_ROW) {
      store<f32>(to, load<f32>(a0));
      store<f32>(to, load<f32>(a1), 4);
      store<f32>(to, load<f32>(a2), 8);
      store<f32>(to, load<f32>(a3), 12);
      store<f32>(to, load<f32>(a4), 16);
      store<f32>(to, load<f32>(a5), 20);
      a0 += FLOAT;
      a1 += FLOAT;
      a2 += FLOAT;
      a3 += FLOAT;
      a4 += FLOAT;
      a5 += FLOAT;
    }
  }
}
