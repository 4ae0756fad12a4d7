/** Functions of one element with their gradients; `count` floats. */
import { erf, exp, tanh } from './functions';
import { loadPart, multiplyAdd, Pointer, splat, storePart, VECTOR, zeros } from './vector';

/** What `map` and `mapBack` compute; each call inlines one of them. */
const RELU = 0;
const LEAKY_RELU = 1;
const GELU = 2;
const TANH = 3;

@inline
function apply(kind: i32, x: v128, slope: v128): v128 {
  if (kind == RELU) return f32x4.pmax(x, zeros());
  if (kind == LEAKY_RELU) return v128.bitselect(x, f32x4.mul(x, slope), f32x4.gt(x, zeros()));
  if (kind == TANH) return tanh(x);
  return f32x4.mul(x, normalCumulative(x));
}

/** The gradient of x from that of y = f(x); `kept` is y for relu and tanh, x for the others. */
@inline
function applyBack(kind: i32, dy: v128, kept: v128, slope: v128): v128 {
  if (kind == RELU) return v128.and(dy, f32x4.gt(kept, zeros()));
  if (kind == LEAKY_RELU) return v128.bitselect(dy, f32x4.mul(dy, slope), f32x4.gt(kept, zeros()));
  if (kind == TANH) return f32x4.mul(dy, f32x4.sub(splat(1), f32x4.mul(kept, kept)));
  const density = f32x4.mul(splat(0.3989422804), exp(f32x4.mul(f32x4.mul(kept, kept), splat(-0.5))));
  return f32x4.mul(dy, multiplyAdd(kept, density, normalCumulative(kept)));
}

/** The standard normal distribution function. */
@inline
function normalCumulative(x: v128): v128 {
  return f32x4.mul(splat(0.5), f32x4.add(erf(f32x4.mul(x, splat(0.7071067812))), splat(1)));
}

@inline
function map(kind: i32, y: Pointer, x: Pointer, count: i32, slope: f32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4, x += VECTOR, y += VECTOR) v128.store(y, apply(kind, v128.load(x), splat(slope)));
  if (i < count) storePart(y, apply(kind, loadPart(x, count - i), splat(slope)), count - i);
}

@inline
function mapBack(kind: i32, dx: Pointer, dy: Pointer, kept: Pointer, count: i32, slope: f32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4, dx += VECTOR, dy += VECTOR, kept += VECTOR) {
    v128.store(dx, applyBack(kind, v128.load(dy), v128.load(kept), splat(slope)));
  }
  const rest = count - i;
  if (rest > 0) storePart(dx, applyBack(kind, loadPart(dy, rest), loadPart(kept, rest), splat(slope)), rest);
}

export function relu(y: Pointer, x: Pointer, count: i32): void {
  map(RELU, y, x, count, 0);
}

export function reluBack(dx: Pointer, dy: Pointer, y: Pointer, count: i32): void {
  mapBack(RELU, dx, dy, y, count, 0);
}

export function leakyRelu(y: Pointer, x: Pointer, count: i32, slope: f32): void {
  map(LEAKY_RELU, y, x, count, slope);
}

export function leakyReluBack(dx: Pointer, dy: Pointer, x: Pointer, count: i32, slope: f32): void {
  mapBack(LEAKY_RELU, dx, dy, x, count, slope);
}

/** Exact: x times the normal distribution function. */
export function gelu(y: Pointer, x: Pointer, count: i32): void {
  map(GELU, y, x, count, 0);
}

export function geluBack(dx: Pointer, dy: Pointer, x: Pointer, count: i32): void {
  mapBack(GELU, dx, dy, x, count, 0);
}

export function hyperbolicTangent(y: Pointer, x: Pointer, count: i32): void {
  map(TANH, y, x, count, 0);
}

export function hyperbolicTangentBack(dx: Pointer, dy: Pointer, y: Pointer, count: i32): void {
  mapBack(TANH, dx, dy, y, count, 0);
}

/** y = a * b */
export function multiply(y: Pointer, a: Pointer, b: Pointer, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4, y += VECTOR, a += VECTOR, b += VECTOR) {
    v128.store(y, f32x4.mul(v128.load(a), v128.load(b)));
  }
  const rest = count - i;
  if (rest > 0) storePart(y, f32x4.mul(loadPart(a, rest), loadPart(b, rest)), rest);
}
