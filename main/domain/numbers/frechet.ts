import { symmetricEigenvalues } from './eigenvalues.ts';

/** Mean and covariance of rows of numbers. */
interface Moments {
  mean: Float64Array;
  /** [width, width], with n - 1 in the denominator. */
  covariance: Float64Array;
}

/**
 * Squared Frechet distance of two normal distributions that have the means and covariances of two samples:
 * |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)) (Dowson & Landau 1982). On the activations of a classifier it compares
 * generated with real images (Heusel et al. 2017, whose classifier is another one: only distances on the same network and
 * the same number of images can be compared).
 *
 * @param first,second float32 [rows, width] each, 2 rows or more.
 * @returns 0 or more; 0 for samples of equal mean and covariance.
 */
export function frechetDistance(first: Float32Array, second: Float32Array, width: number): number {
  const [a, b] = [momentsOf(first, width), momentsOf(second, width)];
  let distance = 0;
  for (let k = 0; k < width; k++) {
    distance += (a.mean[k]! - b.mean[k]!) ** 2 + a.covariance[k * width + k]! + b.covariance[k * width + k]!;
  }
  // C1 = L L^T, so L^T C2 L is symmetric and has the eigenvalues of C1 C2.
  const factor = choleskyFactor(a.covariance, width);
  const product = multiply(transpose(factor, width), multiply(b.covariance, factor, width), width);
  for (const value of symmetricEigenvalues(product, width)) distance -= 2 * Math.sqrt(Math.max(0, value));
  return Math.max(0, distance);
}

function momentsOf(rows: Float32Array, width: number): Moments {
  const count = rows.length / width;
  if (!Number.isInteger(count) || count < 2) throw new RangeError('frechetDistance: two complete rows or more');
  const mean = new Float64Array(width);
  for (let row = 0; row < count; row++) for (let k = 0; k < width; k++) mean[k]! += rows[row * width + k]! / count;
  const covariance = new Float64Array(width * width);
  const centred = new Float64Array(width);
  for (let row = 0; row < count; row++) {
    for (let k = 0; k < width; k++) centred[k] = rows[row * width + k]! - mean[k]!;
    for (let i = 0; i < width; i++) {
      // ReLU leaves many activations at the same value.
      const scaled = centred[i]! / (count - 1);
      if (scaled === 0) continue;
      for (let j = 0; j <= i; j++) covariance[i * width + j]! += scaled * centred[j]!;
    }
  }
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < i; j++) covariance[j * width + i] = covariance[i * width + j]!;
  }
  return { mean, covariance };
}

/** Pivots below this share of the largest variance are rounding: the covariance is singular there. */
const smallestPivot = 1e-13;

/** The lower triangle L of a positive semidefinite matrix L L^T; where the matrix is singular, L has a column of zeros. */
function choleskyFactor(matrix: Float64Array, width: number): Float64Array {
  const factor = new Float64Array(width * width);
  let largest = 0;
  for (let k = 0; k < width; k++) largest = Math.max(largest, matrix[k * width + k]!);
  for (let j = 0; j < width; j++) {
    let pivot = matrix[j * width + j]!;
    for (let k = 0; k < j; k++) pivot -= factor[j * width + k]! ** 2;
    if (pivot <= smallestPivot * largest) continue;
    const root = Math.sqrt(pivot);
    factor[j * width + j] = root;
    for (let i = j + 1; i < width; i++) {
      let sum = matrix[i * width + j]!;
      for (let k = 0; k < j; k++) sum -= factor[i * width + k]! * factor[j * width + k]!;
      factor[i * width + j] = sum / root;
    }
  }
  return factor;
}

function transpose(matrix: Float64Array, width: number): Float64Array {
  return matrix.map((_, k) => matrix[(k % width) * width + Math.floor(k / width)]!);
}

function multiply(a: Float64Array, b: Float64Array, width: number): Float64Array {
  const product = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let k = 0; k < width; k++) {
      const factor = a[i * width + k]!;
      if (factor === 0) continue;
      for (let j = 0; j < width; j++) product[i * width + j]! += factor * b[k * width + j]!;
    }
  }
  return product;
}
