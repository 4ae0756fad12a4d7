/** Four float32 at a time. The memory is tfjs's heap, and all addresses (`Pointer`, in bytes) come from outside. */
export type Pointer = usize;

/** Bytes of a float32, and of a vector of four. */
export const FLOAT: usize = 4;
export const VECTOR: usize = 16;

@inline
export function splat(x: f32): v128 {
  return f32x4.splat(x);
}

@inline
export function zeros(): v128 {
  return f32x4.splat(0);
}

/** a * b + c: one instruction, rounded once, where the processor has it (relaxed SIMD); else two. */
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** The sum of the four numbers. */
@inline
export function sumLanes(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}

/** The first `count` (1 to 3) of four numbers; the others are 0 and not read. */
@inline
export function loadPart(from: Pointer, count: i32): v128 {
  let v = f32x4.replace_lane(zeros(), 0, load<f32>(from));
  if (count > 1) v = f32x4.replace_lane(v, 1, load<f32>(from, 4));
  if (count > 2) v = f32x4.replace_lane(v, 2, load<f32>(from, 8));
  return v;
}

/** Stores the first `count` (1 to 3) of four numbers. */
@inline
export function storePart(to: Pointer, v: v128, count: i32): void {
  store<f32>(to, f32x4.extract_lane(v, 0));
  if (count > 1) store<f32>(to, f32x4.extract_lane(v, 1), 4);
  if (count > 2) store<f32>(to, f32x4.extract_lane(v, 2), 8);
}

/** to[0..count) = from[0..count) */
@inline
export function copy(to: Pointer, from: Pointer, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4, to += VECTOR, from += VECTOR) v128.store(to, v128.load(from));
  for (; i < count; i++, to += FLOAT, from += FLOAT) store<f32>(to, load<f32>(from));
}

/** to[0..count) = 0 */
@inline
export function clear(to: Pointer, count: i32): void {
  memory.fill(to, 0, (<usize>count) * FLOAT);
}

/** to[0..count) += from[0..count) */
@inline
export function addTo(to: Pointer, from: Pointer, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4, to += VECTOR, from += VECTOR) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
  }
  for (; i < count; i++, to += FLOAT, from += FLOAT) store<f32>(to, load<f32>(to) + load<f32>(from));
}

/** `count` floats in bytes, rounded up so that what follows starts at a full vector. */
@inline
export function floatBytes(count: i32): usize {
  return ((<usize>count) * FLOAT + 63) & ~63;
}

// Sums over rows, and arithmetic between a matrix and one row.

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
