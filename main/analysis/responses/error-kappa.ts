/** What is known of two decision makers: how often each is right, and how often both are right or both wrong. */
export const errorColumns = ['n', 'acc_a', 'acc_b', 'c_obs', 'c_exp', 'kappa'] as const;
export type ErrorColumn = (typeof errorColumns)[number];

/**
 * Error consistency of one pair in `n` trials (metrics.md 3): a is right in `rightA` of them, b in `rightB`, both in `both`.
 * Undefined values are NaN. One perfect maker only: kappa = 0.
 */
export function errorKappa(n: number, rightA: number, rightB: number, both: number): Record<ErrorColumn, number> {
  const [accA, accB] = [rightA / n, rightB / n];
  const observed = (n - rightA - rightB + 2 * both) / n;
  const expected = accA * accB + (1 - accA) * (1 - accB);
  return { n, acc_a: accA, acc_b: accB, c_obs: observed, c_exp: expected, kappa: kappaOf(n, rightA, rightB, both) };
}

/** Kappa alone, NaN where it is undefined. */
export function kappaOf(n: number, rightA: number, rightB: number, both: number): number {
  if (n === 0 || (rightA === n && rightB === n) || (rightA === 0 && rightB === 0)) return Number.NaN;
  const observed = (n - rightA - rightB + 2 * both) / n;
  const expected = (rightA / n) * (rightB / n) + (1 - rightA / n) * (1 - rightB / n);
  return (observed - expected) / (1 - expected);
}
