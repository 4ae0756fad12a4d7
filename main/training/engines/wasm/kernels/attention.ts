/** Sizes of one attention: images, tokens, heads, and the width of a head. */
export interface AttentionShape {
  n: number;
  t: number;
  heads: number;
  d: number;
}

/**
 * softmax(q k^T / sqrt d) v for each head. `qkv` [n, t, 3, heads, d]; `weights`, the softmax, [n, heads, t, t], is kept
 * for the gradient; `out` [n, t, heads, d]. Works in place of four transpositions: a head's rows lie `heads * d` apart.
 */
export function attend(out: Float32Array, weights: Float32Array, qkv: Float32Array, shape: AttentionShape): void {
  const { n, t, heads, d } = shape;
  const inner = heads * d;
  const scale = 1 / Math.sqrt(d);
  out.fill(0);
  for (let image = 0; image < n; image++) {
    for (let head = 0; head < heads; head++) {
      const start = image * t * 3 * inner + head * d;
      const scores = (image * heads + head) * t * t;
      for (let i = 0; i < t; i++) {
        const row = scores + i * t;
        for (let j = 0; j < t; j++) {
          weights[row + j] = scale * dot(qkv, start + i * 3 * inner, qkv, start + inner + j * 3 * inner, d);
        }
        softmaxRow(weights, row, t);
        const to = (image * t + i) * inner + head * d;
        for (let j = 0; j < t; j++) {
          addScaled(out, to, weights[row + j]!, qkv, start + 2 * inner + j * 3 * inner, d);
        }
      }
    }
  }
}

/** Gradient of `attend` for qkv: with p the weights, ds = p (dp - sum p dp), where dp = dOut v^T. */
export function attendBack(
  dQkv: Float32Array,
  dOut: Float32Array,
  qkv: Float32Array,
  weights: Float32Array,
  { n, t, heads, d }: AttentionShape,
): void {
  const inner = heads * d;
  const scale = 1 / Math.sqrt(d);
  const dWeights = new Float32Array(t);
  dQkv.fill(0);
  for (let image = 0; image < n; image++) {
    for (let head = 0; head < heads; head++) {
      const start = image * t * 3 * inner + head * d;
      const scores = (image * heads + head) * t * t;
      for (let i = 0; i < t; i++) {
        const row = scores + i * t;
        const from = (image * t + i) * inner + head * d;
        let weighted = 0;
        for (let j = 0; j < t; j++) {
          const value = start + 2 * inner + j * 3 * inner;
          dWeights[j] = dot(dOut, from, qkv, value, d);
          weighted += dWeights[j]! * weights[row + j]!;
          addScaled(dQkv, value, weights[row + j]!, dOut, from, d);
        }
        const query = start + i * 3 * inner;
        for (let j = 0; j < t; j++) {
          const key = start + inner + j * 3 * inner;
          const dScore = scale * weights[row + j]! * (dWeights[j]! - weighted);
          addScaled(dQkv, query, dScore, qkv, key, d);
          addScaled(dQkv, key, dScore, qkv, query, d);
        }
      }
    }
  }
}

/** Softmax of `length` numbers from `at`, in place. */
export function softmaxRow(x: Float32Array, at: number, length: number): void {
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = at; i < at + length; i++) highest = Math.max(highest, x[i]!);
  let sum = 0;
  for (let i = at; i < at + length; i++) {
    x[i] = Math.exp(x[i]! - highest);
    sum += x[i]!;
  }
  for (let i = at; i < at + length; i++) x[i]! /= sum;
}

function dot(a: Float32Array, atA: number, b: Float32Array, atB: number, length: number): number {
  let even = 0;
  let odd = 0;
  let i = 0;
  for (; i + 1 < length; i += 2) {
    even += a[atA + i]! * b[atB + i]!;
    odd += a[atA + i + 1]! * b[atB + i + 1]!;
  }
  if (i < length) even += a[atA + i]! * b[atB + i]!;
  return even + odd;
}

/** to += factor * from. */
function addScaled(
  to: Float32Array,
  atTo: number,
  factor: number,
  from: Float32Array,
  at: number,
  length: number,
): void {
  for (let i = 0; i < length; i++) to[atTo + i]! += factor * from[at + i]!;
}
