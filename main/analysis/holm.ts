/**
 * Holm's step-down adjustment (Holm 1979): of m ascending p values, adjusted p_(i) = max over k <= i of
 * min(1, (m - k + 1) p_(k)). Keeps the chance of any false finding below the level, whatever the tests' dependence.
 * Nulls are no tests: they stay null and do not count.
 */
export function holm(values: readonly (number | null)[]): (number | null)[] {
  const tests = values.flatMap((p, at) => (p === null ? [] : [{ p, at }])).sort((a, b) => a.p - b.p);
  const adjusted: (number | null)[] = values.map(() => null);
  let highest = 0;
  tests.forEach(({ p, at }, rank) => {
    highest = Math.max(highest, Math.min(1, (tests.length - rank) * p));
    adjusted[at] = highest;
  });
  return adjusted;
}
