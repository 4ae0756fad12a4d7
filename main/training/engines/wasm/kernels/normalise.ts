/** Mean and biased variance of each channel (last axis, length of `mean`), summed in float64. */
export function channelMoments(mean: Float64Array, variance: Float64Array, x: Float32Array): void {
  const channels = mean.length;
  const rows = x.length / channels;
  mean.fill(0);
  variance.fill(0);
  for (let row = 0, at = 0; row < rows; row++) for (let c = 0; c < channels; c++) mean[c]! += x[at++]!;
  for (let c = 0; c < channels; c++) mean[c]! /= rows;
  for (let row = 0, at = 0; row < rows; row++) {
    for (let c = 0; c < channels; c++) {
      const distance = x[at++]! - mean[c]!;
      variance[c]! += distance * distance;
    }
  }
  for (let c = 0; c < channels; c++) variance[c]! /= rows;
}

/** y = x * factor + shift, by channel. */
export function scaleChannels(y: Float32Array, x: Float32Array, factor: ArrayLike<number>, shift: ArrayLike<number>) {
  const channels = factor.length;
  for (let at = 0; at < x.length; ) {
    for (let c = 0; c < channels; c++, at++) y[at] = x[at]! * factor[c]! + shift[c]!;
  }
}

/**
 * Gradient of a batch norm with the batch's own statistics. With h = (x - mean) * scale, scale = 1 / sqrt(var + eps):
 * dBeta = sum dy, dGamma = sum dy h, dx = gamma * scale * (dy - dBeta / rows - h * dGamma / rows).
 */
export function batchNormBack(
  [dx, dGamma, dBeta]: [Float32Array, Float32Array, Float32Array],
  dy: Float32Array,
  x: Float32Array,
  gamma: Float32Array,
  mean: Float32Array,
  scale: Float32Array,
): void {
  const channels = gamma.length;
  const rows = x.length / channels;
  const sum = new Float64Array(channels);
  const along = new Float64Array(channels);
  for (let at = 0; at < x.length; ) {
    for (let c = 0; c < channels; c++, at++) {
      sum[c]! += dy[at]!;
      along[c]! += dy[at]! * (x[at]! - mean[c]!);
    }
  }
  const a = new Float64Array(channels);
  const b = new Float64Array(channels);
  const constant = new Float64Array(channels);
  for (let c = 0; c < channels; c++) {
    dBeta[c] = sum[c]!;
    dGamma[c] = along[c]! * scale[c]!;
    a[c] = gamma[c]! * scale[c]!;
    b[c] = (-a[c]! * scale[c]! * scale[c]! * along[c]!) / rows;
    constant[c] = (-a[c]! * sum[c]!) / rows - b[c]! * mean[c]!;
  }
  for (let at = 0; at < x.length; ) {
    for (let c = 0; c < channels; c++, at++) dx[at] = a[c]! * dy[at]! + b[c]! * x[at]! + constant[c]!;
  }
}

/** Layer norm over rows as long as gamma; keeps the normalised rows and each row's 1 / sqrt(var + eps). */
export function layerNorm(
  [y, normal, scale]: [Float32Array, Float32Array, Float32Array],
  x: Float32Array,
  gamma: Float32Array,
  beta: Float32Array,
  epsilon: number,
): void {
  const width = gamma.length;
  for (let row = 0, at = 0; row < scale.length; row++, at += width) {
    let mean = 0;
    for (let i = at; i < at + width; i++) mean += x[i]!;
    mean /= width;
    let variance = 0;
    for (let i = at; i < at + width; i++) variance += (x[i]! - mean) ** 2;
    const factor = 1 / Math.sqrt(variance / width + epsilon);
    scale[row] = factor;
    for (let i = 0; i < width; i++) {
      const value = (x[at + i]! - mean) * factor;
      normal[at + i] = value;
      y[at + i] = value * gamma[i]! + beta[i]!;
    }
  }
}

/** Gradient of `layerNorm`: with g = dy gamma, dx = scale * (g - mean g - h * mean(g h)). */
export function layerNormBack(
  [dx, dGamma, dBeta]: [Float32Array, Float32Array, Float32Array],
  dy: Float32Array,
  normal: Float32Array,
  scale: Float32Array,
  gamma: Float32Array,
): void {
  const width = gamma.length;
  dGamma.fill(0);
  dBeta.fill(0);
  for (let row = 0, at = 0; row < scale.length; row++, at += width) {
    let sum = 0;
    let along = 0;
    for (let i = 0; i < width; i++) {
      const g = dy[at + i]! * gamma[i]!;
      sum += g;
      along += g * normal[at + i]!;
      dGamma[i]! += dy[at + i]! * normal[at + i]!;
      dBeta[i]! += dy[at + i]!;
    }
    sum /= width;
    along /= width;
    for (let i = 0; i < width; i++) {
      dx[at + i] = scale[row]! * (dy[at + i]! * gamma[i]! - sum - normal[at + i]! * along);
    }
  }
}
