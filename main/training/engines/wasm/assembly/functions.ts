/** Functions of four numbers at a time, to float32's precision. */
import { multiplyAdd, splat } from './vector';

/**
 * e^x, relative error below 2e-7; x is taken into [-87, 88]. As in Cephes: e^x = 2^n e^r with |r| <= ln 2 / 2, the second
 * by a polynomial, and n through the bits of the exponent.
 */
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
