/**
 * Eigenvalues of a symmetric matrix, ascending: Householder's reduction to a tridiagonal matrix, then QL steps with
 * implicit shifts (Golub & Van Loan 2013, sections 8.3.1 and 8.3.3). Errors are some rounding errors of the largest
 * eigenvalue.
 * @param matrix [width, width]; the upper triangle is not read.
 */
export function symmetricEigenvalues(matrix: Float64Array, width: number): Float64Array {
  const { diagonal, beside } = tridiagonal(matrix.slice(), width);
  for (let first = 0; first < width; first++) diagonaliseFrom(first, diagonal, beside);
  return diagonal.sort();
}

/** A symmetric tridiagonal matrix; `beside[k]` is the element in row k + 1 and column k, and the last one is 0. */
interface Tridiagonal {
  diagonal: Float64Array;
  beside: Float64Array;
}

/** Overwrites the lower triangle of `a`. */
function tridiagonal(a: Float64Array, width: number): Tridiagonal {
  const diagonal = new Float64Array(width);
  const beside = new Float64Array(width);
  for (let k = 0; k < width; k++) {
    diagonal[k] = a[k * width + k]!;
    if (k < width - 1) beside[k] = reflect(a, width, k);
  }
  return { diagonal, beside };
}

/**
 * Applies to both sides of the rest of the matrix the reflection H = 1 - beta v v^T that leaves only the first element of
 * column k below the diagonal.
 * @returns that element
 */
function reflect(a: Float64Array, width: number, k: number): number {
  const length = width - k - 1;
  const v = Float64Array.from({ length }, (_, i) => a[(k + 1 + i) * width + k]!);
  const first = v[0]!;
  const size = Math.hypot(...v);
  if (size === Math.abs(first)) return first;
  const element = first > 0 ? -size : size;
  v[0] = first - element;
  const beta = 1 / (size * (size + Math.abs(first)));
  const below = (i: number, j: number): number => (k + 1 + Math.max(i, j)) * width + k + 1 + Math.min(i, j);
  // p = beta A v; w = p - (beta p^T v / 2) v; then H A H = A - v w^T - w v^T.
  const w = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    for (let j = 0; j < i; j++) {
      const element = a[below(i, j)]!;
      w[i]! += element * v[j]!;
      w[j]! += element * v[i]!;
    }
    w[i]! += a[below(i, i)]! * v[i]!;
  }
  let along = 0;
  for (let i = 0; i < length; i++) {
    w[i]! *= beta;
    along += (beta * w[i]! * v[i]!) / 2;
  }
  for (let i = 0; i < length; i++) w[i]! -= along * v[i]!;
  for (let i = 0; i < length; i++) {
    for (let j = 0; j <= i; j++) a[below(i, j)]! -= v[i]! * w[j]! + w[i]! * v[j]!;
  }
  return element;
}

/** Most steps for one eigenvalue; two or three are usual. */
const maxSteps = 60;

/** QL steps until the element beside `first` is negligible: then `diagonal[first]` is an eigenvalue. */
function diagonaliseFrom(first: number, diagonal: Float64Array, beside: Float64Array): void {
  for (let step = 0; ; step++) {
    let last = first;
    while (last < diagonal.length - 1) {
      const scale = Math.abs(diagonal[last]!) + Math.abs(diagonal[last + 1]!);
      if (Math.abs(beside[last]!) <= Number.EPSILON * scale) break;
      last++;
    }
    if (last === first) return;
    if (step === maxSteps) throw new RangeError('symmetricEigenvalues: the matrix has values that are not numbers');
    qlStep(first, last, diagonal, beside);
  }
}

/** One QL step with Wilkinson's shift on the rows `first` to `last`. */
function qlStep(first: number, last: number, d: Float64Array, e: Float64Array): void {
  const half = (d[first + 1]! - d[first]!) / (2 * e[first]!);
  const root = Math.hypot(half, 1);
  let g = d[last]! - d[first]! + e[first]! / (half + (half < 0 ? -root : root));
  let [sine, cosine, shift] = [1, 1, 0];
  for (let i = last - 1; i >= first; i--) {
    const f = sine * e[i]!;
    const b = cosine * e[i]!;
    const length = Math.hypot(f, g);
    e[i + 1] = length;
    if (length === 0) {
      d[i + 1]! -= shift;
      e[last] = 0;
      return;
    }
    sine = f / length;
    cosine = g / length;
    g = d[i + 1]! - shift;
    const turned = (d[i]! - g) * sine + 2 * cosine * b;
    shift = sine * turned;
    d[i + 1] = g + shift;
    g = cosine * turned - b;
  }
  d[first]! -= shift;
  e[first] = g;
  e[last] = 0;
}
