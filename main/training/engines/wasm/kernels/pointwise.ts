/**
 * Standard normal distribution function, from erfc by Abramowitz & Stegun 7.1.26: absolute error below 1e-7, which is
 * the precision of float32.
 */
export function normalCumulative(x: number): number {
  const z = Math.abs(x) * Math.SQRT1_2;
  const t = 1 / (1 + 0.3275911 * z);
  const polynomial = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = 0.5 * polynomial * Math.exp(-z * z);
  return x < 0 ? tail : 1 - tail;
}

/** Standard normal density. */
export function normalDensity(x: number): number {
  return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
}

/** result = x + bias, by the last axis. */
export function addBias(result: Float32Array, x: Float32Array, bias: Float32Array): void {
  const channels = bias.length;
  for (let at = 0; at < x.length; ) for (let c = 0; c < channels; c++, at++) result[at] = x[at]! + bias[c]!;
}

/** Sum over all axes but the last, in float64. */
export function sumToLast(result: Float32Array, x: Float32Array): void {
  const channels = result.length;
  const sum = new Float64Array(channels);
  for (let at = 0; at < x.length; ) for (let c = 0; c < channels; c++, at++) sum[c]! += x[at]!;
  result.set(sum);
}

/** log(1 + e^x), without overflow. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
