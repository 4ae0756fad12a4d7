/** Sums over rows, and arithmetic between a matrix and one row. */
import { addTo, clear, copy, FLOAT, Pointer, VECTOR } from './vector';

/** Rows added up before they join the total: so the error grows with the square root of what it otherwise would. */
const BLOCK: i32 = 128;

/** to [columns] = the sum of `rows` rows. `scratch`: `columns` floats. */
export function sumRows(to: Pointer, x: Pointer, rows: i32, columns: i32, scratch: Pointer): void {
  const step = <usize>columns * FLOAT;
  clear(to, columns);
  for (let row = 0; row < rows; row += BLOCK) {
    const end = min(rows, row + BLOCK);
    clear(scratch, columns);
    for (let i = row; i < end; i++, x += step) addTo(scratch, x, columns);
    addTo(to, scratch, columns);
  }
}

/** y [rows, columns] = x + row */
export function addRow(y: Pointer, x: Pointer, row: Pointer, rows: i32, columns: i32): void {
  for (let i = 0; i < rows; i++) {
    let at = row;
    let column = 0;
    for (; column + 4 <= columns; column += 4, x += VECTOR, y += VECTOR, at += VECTOR) {
      v128.store(y, f32x4.add(v128.load(x), v128.load(at)));
    }
    for (; column < columns; column++, x += FLOAT, y += FLOAT, at += FLOAT) {
      store<f32>(y, load<f32>(x) + load<f32>(at));
    }
  }
}

/** y = a + b, `count` floats */
export function add(y: Pointer, a: Pointer, b: Pointer, count: i32): void {
  addRow(y, a, b, 1, count);
}
