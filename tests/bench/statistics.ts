/** Percentile by the nearest rank. NaN without values. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Sample standard deviation (n - 1). */
export function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

/** t quantiles (0.975) by degrees of freedom 1, 2, ...; about 2 beyond. */
const studentQuantiles = [12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23];

/**
 * Difference of the means of two samples, with half the width of its 95 % interval (Student's t, variances pooled).
 * @throws RangeError if one has fewer than two values
 */
export function differenceOfMeans(a: readonly number[], b: readonly number[]): { difference: number; margin: number } {
  if (a.length < 2 || b.length < 2) throw new RangeError('differenceOfMeans: fewer than two values');
  const freedom = a.length + b.length - 2;
  const pooled = ((a.length - 1) * deviation(a) ** 2 + (b.length - 1) * deviation(b) ** 2) / freedom;
  const standardError = Math.sqrt(pooled * (1 / a.length + 1 / b.length));
  return { difference: mean(a) - mean(b), margin: (studentQuantiles[freedom - 1] ?? 2) * standardError };
}
