/** McNemar's exact test of two events on the same images. */
export interface McNemar {
  /** Images with the first event only, and with the second only. */
  b: number;
  c: number;
  n_discordant: number;
  p_exact: number;
}

/**
 * p = min(1, 2 P(X <= min(b, c))), X binomial with b + c trials of 1/2; 1 without a discordant image (McNemar 1947;
 * exact version, metrics.md 8).
 */
export function mcnemar(b: number, c: number): McNemar {
  const n = b + c;
  return { b, c, n_discordant: n, p_exact: n === 0 ? 1 : Math.min(1, 2 * binomialTail(n, Math.min(b, c))) };
}

/** P(X <= most) for X binomial with n trials of 1/2. By logarithms: 2^-n is 0 beyond n = 1074. */
function binomialTail(n: number, most: number): number {
  let logTerm = -n * Math.LN2;
  let sum = Math.exp(logTerm);
  for (let k = 1; k <= most; k++) {
    logTerm += Math.log((n - k + 1) / k);
    sum += Math.exp(logTerm);
  }
  return sum;
}
