/** What can be said of a pair design: whether it treats all classes alike, and whether it holds together. */
export interface PairBalance {
  /** In how many pairs each class stands. */
  counts: number[];
  /** Every class stands in the same number of pairs, at least one. */
  balanced: boolean;
  /** Every class can be reached from every other one over pairs. */
  connected: boolean;
}

/**
 * Looks at a design of `classes` classes. Pairs name classes by index; a class that is not there counts for nothing.
 * Here, and not in the domain, because a page says it at each click.
 */
export function pairBalance(pairs: readonly (readonly [number, number])[], classes: number): PairBalance {
  const counts = new Array<number>(classes).fill(0);
  const group = counts.map((_, k) => k);
  const rootOf = (k: number): number => (group[k] === k ? k : rootOf(group[k] ?? k));
  for (const [a, b] of pairs) {
    if (a >= classes || b >= classes) continue;
    counts[a] = (counts[a] ?? 0) + 1;
    counts[b] = (counts[b] ?? 0) + 1;
    group[rootOf(a)] = rootOf(b);
  }
  const first = counts[0] ?? 0;
  return {
    counts,
    balanced: first > 0 && counts.every((count) => count === first),
    connected: group.every((_, k) => rootOf(k) === rootOf(0)),
  };
}
