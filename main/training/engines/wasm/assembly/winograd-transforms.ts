/**
 * Winograd's minimal filtering (Lavin & Gray 2016): four pixels of a convolution at stride 1 from fewer products.
 *
 * F(2x2, 3x3) takes windows of 4x4 pixels and 16 products a channel instead of 36, F(2x2, 2x2) windows of 3x3 and 9
 * instead of 16. With X a window, W the filter, Y the four pixels: Y = At ((G W Gt) * (Bt X B)) A. All but two numbers
 * in these matrices are 0, 1 or -1 (the others 1/2), so little precision is lost.
 *
 * A window transformed has `size` x `size` numbers, which go to as many planes, `plane` bytes apart, row by row. Each
 * function does four channels.
 */
import { Pointer, splat } from './vector';

/** Bt X B for 4x4 pixels, `row` bytes from row to row and `pixel` bytes from pixel to pixel. */
@inline
export function windowToPlanes4(to: Pointer, plane: usize, x: Pointer, row: usize, pixel: usize): void {
  const x1 = x + row;
  const x2 = x1 + row;
  const x3 = x2 + row;
  windowColumn4(to, plane, x, x1, x2, x3, 0, 2 * pixel, false);
  windowColumn4(to + plane, plane, x, x1, x2, x3, pixel, 2 * pixel, true);
  windowColumn4(to + 2 * plane, plane, x, x1, x2, x3, 2 * pixel, pixel, false);
  windowColumn4(to + 3 * plane, plane, x, x1, x2, x3, pixel, 3 * pixel, false);
}

/** One column of Bt X B: the difference (or sum) of two columns of X, then Bt. */
@inline
function windowColumn4(
  to: Pointer, plane: usize, x0: Pointer, x1: Pointer, x2: Pointer, x3: Pointer, left: usize, right: usize, sum: bool,
): void {
  const a = combine(x0, left, right, sum);
  const b = combine(x1, left, right, sum);
  const c = combine(x2, left, right, sum);
  const d = combine(x3, left, right, sum);
  v128.store(to, f32x4.sub(a, c));
  v128.store(to + 4 * plane, f32x4.add(b, c));
  v128.store(to + 8 * plane, f32x4.sub(c, b));
  v128.store(to + 12 * plane, f32x4.sub(b, d));
}

@inline
function combine(x: Pointer, left: usize, right: usize, sum: bool): v128 {
  const a = v128.load(x + left);
  const b = v128.load(x + right);
  return sum ? f32x4.add(a, b) : f32x4.sub(a, b);
}

/** At M A: 2x2 pixels from 16 planes, to four places. */
@inline
export function planesToPixels4(
  y00: Pointer, y01: Pointer, y10: Pointer, y11: Pointer, m: Pointer, plane: usize,
): void {
  const row: usize = 4 * plane;
  const left0 = leftColumn4(m, plane);
  const right0 = rightColumn4(m, plane);
  const left1 = leftColumn4(m + row, plane);
  const right1 = rightColumn4(m + row, plane);
  const left2 = leftColumn4(m + 2 * row, plane);
  const right2 = rightColumn4(m + 2 * row, plane);
  const left3 = leftColumn4(m + 3 * row, plane);
  const right3 = rightColumn4(m + 3 * row, plane);
  v128.store(y11, f32x4.sub(f32x4.sub(right1, right2), right3));
  v128.store(y10, f32x4.sub(f32x4.sub(left1, left2), left3));
  v128.store(y01, f32x4.add(f32x4.add(right0, right1), right2));
  v128.store(y00, f32x4.add(f32x4.add(left0, left1), left2));
}

@inline
function leftColumn4(m: Pointer, plane: usize): v128 {
  return f32x4.add(f32x4.add(v128.load(m), v128.load(m + plane)), v128.load(m + 2 * plane));
}

@inline
function rightColumn4(m: Pointer, plane: usize): v128 {
  return f32x4.sub(f32x4.sub(v128.load(m + plane), v128.load(m + 2 * plane)), v128.load(m + 3 * plane));
}

/** A D At: the gradients of 2x2 pixels to 16 planes; the adjoint of `planesToPixels4`. */
@inline
export function pixelsToPlanes4(to: Pointer, plane: usize, d00: v128, d01: v128, d10: v128, d11: v128): void {
  spread4(to, plane, d00, d01);
  spread4(to + 4 * plane, plane, f32x4.add(d00, d10), f32x4.add(d01, d11));
  spread4(to + 8 * plane, plane, f32x4.sub(d00, d10), f32x4.sub(d01, d11));
  spread4(to + 12 * plane, plane, f32x4.neg(d10), f32x4.neg(d11));
}

@inline
function spread4(to: Pointer, plane: usize, left: v128, right: v128): void {
  v128.store(to, left);
  v128.store(to + plane, f32x4.add(left, right));
  v128.store(to + 2 * plane, f32x4.sub(left, right));
  v128.store(to + 3 * plane, f32x4.neg(right));
}

/** G W Gt: 3x3 taps, `tap` bytes apart, to 16 planes. */
@inline
export function filterToPlanes4(to: Pointer, plane: usize, w: Pointer, tap: usize): void {
  filterColumn4(to, plane, v128.load(w), v128.load(w + 3 * tap), v128.load(w + 6 * tap));
  const half = splat(0.5);
  const outer0 = f32x4.add(v128.load(w), v128.load(w + 2 * tap));
  const outer1 = f32x4.add(v128.load(w + 3 * tap), v128.load(w + 5 * tap));
  const outer2 = f32x4.add(v128.load(w + 6 * tap), v128.load(w + 8 * tap));
  const middle0 = v128.load(w + tap);
  const middle1 = v128.load(w + 4 * tap);
  const middle2 = v128.load(w + 7 * tap);
  filterColumn4(
    to + plane, plane, f32x4.mul(half, f32x4.add(outer0, middle0)), f32x4.mul(half, f32x4.add(outer1, middle1)),
    f32x4.mul(half, f32x4.add(outer2, middle2)),
  );
  filterColumn4(
    to + 2 * plane, plane, f32x4.mul(half, f32x4.sub(outer0, middle0)), f32x4.mul(half, f32x4.sub(outer1, middle1)),
    f32x4.mul(half, f32x4.sub(outer2, middle2)),
  );
  filterColumn4(to + 3 * plane, plane, v128.load(w + 2 * tap), v128.load(w + 5 * tap), v128.load(w + 8 * tap));
}

@inline
function filterColumn4(to: Pointer, plane: usize, a: v128, b: v128, c: v128): void {
  const half = splat(0.5);
  const outer = f32x4.add(a, c);
  v128.store(to, a);
  v128.store(to + 4 * plane, f32x4.mul(half, f32x4.add(outer, b)));
  v128.store(to + 8 * plane, f32x4.mul(half, f32x4.sub(outer, b)));
  v128.store(to + 12 * plane, c);
}

/** Gt U G: the gradients of 3x3 taps from 16 planes; the adjoint of `filterToPlanes4`. */
@inline
export function planesToFilter4(w: Pointer, tap: usize, u: Pointer, plane: usize): void {
  for (let i: usize = 0; i < 3; i++, w += 3 * tap) {
    const a = tapRow4(u, plane, i);
    const b = tapRow4(u + plane, plane, i);
    const c = tapRow4(u + 2 * plane, plane, i);
    const d = tapRow4(u + 3 * plane, plane, i);
    const half = f32x4.mul(splat(0.5), f32x4.add(b, c));
    v128.store(w, f32x4.add(a, half));
    v128.store(w + tap, f32x4.mul(splat(0.5), f32x4.sub(b, c)));
    v128.store(w + 2 * tap, f32x4.add(half, d));
  }
}

/** Row `i` of Gt times one column of U. */
@inline
function tapRow4(u: Pointer, plane: usize, i: usize): v128 {
  const b = v128.load(u + 4 * plane);
  const c = v128.load(u + 8 * plane);
  if (i == 1) return f32x4.mul(splat(0.5), f32x4.sub(b, c));
  const half = f32x4.mul(splat(0.5), f32x4.add(b, c));
  return f32x4.add(half, i == 0 ? v128.load(u) : v128.load(u + 12 * plane));
}

/** Bt X B for 3x3 pixels. */
@inline
export function windowToPlanes3(to: Pointer, plane: usize, x: Pointer, row: usize, pixel: usize): void {
  const x00 = v128.load(x);
  const x01 = v128.load(x + pixel);
  const x02 = v128.load(x + 2 * pixel);
  x += row;
  const x10 = v128.load(x);
  const x11 = v128.load(x + pixel);
  const x12 = v128.load(x + 2 * pixel);
  x += row;
  const x20 = v128.load(x);
  const x21 = v128.load(x + pixel);
  const x22 = v128.load(x + 2 * pixel);
  windowRow3(to, plane, f32x4.sub(x00, x10), f32x4.sub(x01, x11), f32x4.sub(x02, x12));
  windowRow3(to + 3 * plane, plane, x10, x11, x12);
  windowRow3(to + 6 * plane, plane, f32x4.sub(x10, x20), f32x4.sub(x11, x21), f32x4.sub(x12, x22));
}

@inline
function windowRow3(to: Pointer, plane: usize, a: v128, b: v128, c: v128): void {
  v128.store(to, f32x4.sub(a, b));
  v128.store(to + plane, b);
  v128.store(to + 2 * plane, f32x4.sub(b, c));
}

/** At M A: 2x2 pixels from 9 planes. */
@inline
export function planesToPixels3(
  y00: Pointer, y01: Pointer, y10: Pointer, y11: Pointer, m: Pointer, plane: usize,
): void {
  const m1 = m + 3 * plane;
  const m2 = m + 6 * plane;
  const a = f32x4.add(v128.load(m), v128.load(m1));
  const b = f32x4.add(v128.load(m + plane), v128.load(m1 + plane));
  const c = f32x4.add(v128.load(m + 2 * plane), v128.load(m1 + 2 * plane));
  const d = f32x4.sub(v128.load(m1), v128.load(m2));
  const e = f32x4.sub(v128.load(m1 + plane), v128.load(m2 + plane));
  const f = f32x4.sub(v128.load(m1 + 2 * plane), v128.load(m2 + 2 * plane));
  v128.store(y11, f32x4.sub(e, f));
  v128.store(y10, f32x4.add(d, e));
  v128.store(y01, f32x4.sub(b, c));
  v128.store(y00, f32x4.add(a, b));
}

/** A D At: the gradients of 2x2 pixels to 9 planes. */
@inline
export function pixelsToPlanes3(to: Pointer, plane: usize, d00: v128, d01: v128, d10: v128, d11: v128): void {
  spread3(to, plane, d00, d01);
  spread3(to + 3 * plane, plane, f32x4.add(d00, d10), f32x4.add(d01, d11));
  spread3(to + 6 * plane, plane, f32x4.neg(d10), f32x4.neg(d11));
}

@inline
function spread3(to: Pointer, plane: usize, left: v128, right: v128): void {
  v128.store(to, left);
  v128.store(to + plane, f32x4.add(left, right));
  v128.store(to + 2 * plane, f32x4.neg(right));
}

/** G W Gt: 2x2 taps to 9 planes. */
@inline
export function filterToPlanes3(to: Pointer, plane: usize, w00: v128, w01: v128, w10: v128, w11: v128): void {
  filterRow3(to, plane, w00, w01);
  filterRow3(to + 3 * plane, plane, f32x4.add(w00, w10), f32x4.add(w01, w11));
  filterRow3(to + 6 * plane, plane, w10, w11);
}

@inline
function filterRow3(to: Pointer, plane: usize, a: v128, b: v128): void {
  v128.store(to, a);
  v128.store(to + plane, f32x4.add(a, b));
  v128.store(to + 2 * plane, b);
}

/** Gt U G: the gradients of 2x2 taps from 9 planes, `tap` and `row` bytes apart. */
@inline
export function planesToFilter3(w: Pointer, tap: usize, row: usize, u: Pointer, plane: usize): void {
  const u1 = u + 3 * plane;
  const u2 = u + 6 * plane;
  const middle = v128.load(u1 + plane);
  const top = f32x4.add(v128.load(u + plane), middle);
  const bottom = f32x4.add(middle, v128.load(u2 + plane));
  v128.store(w, f32x4.add(f32x4.add(v128.load(u), v128.load(u1)), top));
  v128.store(w + tap, f32x4.add(top, f32x4.add(v128.load(u + 2 * plane), v128.load(u1 + 2 * plane))));
  v128.store(w + row, f32x4.add(f32x4.add(v128.load(u1), v128.load(u2)), bottom));
  v128.store(w + row + tap, f32x4.add(bottom, f32x4.add(v128.load(u1 + 2 * plane), v128.load(u2 + 2 * plane))));
}
