import { sortedIndices } from './order.ts';

/**
 * Holm's step-down adjustment for many tests (Holm 1979): with p ascending, adjusted p_(i) = max over j <= i of
 * min(1, (m - j + 1) p_(j)), m the number of tests. Undefined tests (null) stay null and do not count.
 */
export function holm(ps: readonly (number | null)[]): (number | null)[] {
  const tested = ps.flatMap((p, index) => (p === null ? [] : [{ p, index }]));
  const adjusted = new Array<number | null>(ps.length).fill(null);
  let largest = 0;
  sortedIndices(tested, (a, b) => a.p - b.p).forEach((at, rank) => {
    const { p, index } = tested[at]!;
    largest = Math.max(largest, Math.min(1, (tested.length - rank) * p));
    adjusted[index] = largest;
  });
  return adjusted;
}
