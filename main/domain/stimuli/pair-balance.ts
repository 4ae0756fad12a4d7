/** How evenly a pair design uses the classes. */
export interface PairBalance {
  /** Pairs of each class. */
  counts: number[];
  /** Every class stands in the same number of pairs, at least one. */
  balanced: boolean;
  /** Every class can be reached from every other one over pairs. */
  connected: boolean;
}

/** Checks a design of `classes` classes. Pairs name classes by index; pairs with an unknown class are ignored. */
export function pairBalance(pairs: readonly (readonly [number, number])[], classes: number): PairBalance {
  const counts = new Array<number>(classes).fill(0);
  const group = counts.map((_, k) => k);
  const root = (k: number): number => (group[k] === k ? k : root(group[k] ?? k));
  for (const [a, b] of pairs) {
    if (a >= classes || b >= classes) continue;
    counts[a] = (counts[a] ?? 0) + 1;
    counts[b] = (counts[b] ?? 0) + 1;
    group[root(a)] = root(b);
  }
  const first = counts[0] ?? 0;
  return {
    counts,
    balanced: first > 0 && counts.every((count) => count === first),
    connected: group.every((_, k) => root(k) === root(0)),
  };
}
