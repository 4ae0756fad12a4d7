/** 97.5 % quantile of the standard normal distribution. */
const z = 1.959963984540054;

/** 95 % Wilson score interval of a share k of n; 0 to 1 for n = 0. `k` may be fractional, for planned shares. */
export function wilson(k: number, n: number): { low: number; high: number } {
  if (n === 0) return { low: 0, high: 1 };
  const share = k / n;
  const middle = (share + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
  const half = (z / (1 + z ** 2 / n)) * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2));
  return { low: k <= 0 ? 0 : Math.max(0, middle - half), high: k >= n ? 1 : Math.min(1, middle + half) };
}
