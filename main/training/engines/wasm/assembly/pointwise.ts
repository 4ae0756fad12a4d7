import { loadPart, multiplyAdd, Pointer, splat, storePart, VECTOR, zeros } from './vector';

// Functions of four numbers at a time, to float32's precision.

/** e^x for x in [-87, 88], relative error below 2e-7. As in Cephes: 2^n e^r, |r| <= ln 2 / 2, a polynomial for e^r. */
@inline
export function exp(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, splat(-87)), splat(88));
  const n = f32x4.nearest(f32x4.mul(x, splat(1.44269504)));
  // ln 2 in two parts, so that n times the first is exact.
  const r = f32x4.sub(f32x4.sub(x, f32x4.mul(n, splat(0.693359375))), f32x4.mul(n, splat(-2.12194440e-4)));
  let p = multiplyAdd(splat(1.9875691500e-4), r, splat(1.3981999507e-3));
  p = multiplyAdd(p, r, splat(8.3334519073e-3));
  p = multiplyAdd(p, r, splat(4.1665795894e-2));
  p = multiplyAdd(p, r, splat(1.6666665459e-1));
  p = multiplyAdd(p, r, splat(5.0000001201e-1));
  p = f32x4.add(multiplyAdd(f32x4.mul(p, r), r, r), splat(1));
  return f32x4.mul(p, i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23));
}

/** The error function, absolute error below 2e-7: a rational approximation on [-4, 4] (as in Eigen), 1 beyond. */
@inline
export function erf(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, splat(-4)), splat(4));
  const square = f32x4.mul(x, x);
  let p = multiplyAdd(splat(-2.72614225801306e-10), square, splat(2.77068142495902e-8));
  p = multiplyAdd(p, square, splat(-2.10102402082508e-6));
  p = multiplyAdd(p, square, splat(-5.69250639462346e-5));
  p = multiplyAdd(p, square, splat(-7.34990630326855e-4));
  p = multiplyAdd(p, square, splat(-2.95459980854025e-3));
  p = multiplyAdd(p, square, splat(-1.60960333262415e-2));
  let q = multiplyAdd(splat(-1.45660718464996e-5), square, splat(-2.13374055278905e-4));
  q = multiplyAdd(q, square, splat(-1.68282697438203e-3));
  q = multiplyAdd(q, square, splat(-7.37332916720468e-3));
  q = multiplyAdd(q, square, splat(-1.42647390514189e-2));
  return f32x4.div(f32x4.mul(x, p), q);
}

/** tanh, absolute error below 3e-7: a rational approximation on [-7.9, 7.9] (as in Eigen), constant beyond. */
@inline
export function tanh(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, splat(-7.90531110763549805)), splat(7.90531110763549805));
  const square = f32x4.mul(x, x);
  let p = multiplyAdd(splat(-2.76076847742355e-16), square, splat(2.00018790482477e-13));
  p = multiplyAdd(p, square, splat(-8.60467152213735e-11));
  p = multiplyAdd(p, square, splat(5.12229709037114e-8));
  p = multiplyAdd(p, square, splat(1.48572235717979e-5));
  p = multiplyAdd(p, square, splat(6.37261928875436e-4));
  p = multiplyAdd(p, square, splat(4.89352455891786e-3));
  let q = multiplyAdd(splat(1.19825839466702e-6), square, splat(1.18534705686654e-4));
  q = multiplyAdd(q, square, splat(2.26843463243900e-3));
  q = multiplyAdd(q, square, splat(4.89352518554385e-3));
  return f32x4.div(f32x4.mul(x, p), q);
}

// Functions of one element with their gradients; `count` floats.

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

// The mask of dropout, from counters: Philox 4x32-10 (Salmon et al. 2011).

const MULTIPLIER_0: u64 = 0xd2511f53;
const MULTIPLIER_1: u64 = 0xcd9e8d57;
/** The golden ratio and the square root of 3, less 1, as fractions of 2^32: the key's steps. */
const STEP_0: u32 = 0x9e3779b9;
const STEP_1: u32 = 0xbb67ae85;
const ROUNDS: i32 = 10;

/** mask [count]: 0 with probability `rate`, else `kept`. Element i is decided by i and the two keys alone. */
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
