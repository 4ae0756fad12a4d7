/**
 * Shannon entropy in bits of counts c_k: -sum (c_k / n) log2 (c_k / n), 0..log2 K; 0 log 0 = 0. Null without labels.
 * Terms are summed in descending order, so that equal multisets of counts give equal entropies (metrics.md 4): ties
 * must stay ties when they are ranked.
 */
export function countEntropyBits(counts: ArrayLike<number>): number | null {
  const present = Array.from(counts).filter((count) => count > 0);
  const n = present.reduce((sum, count) => sum + count, 0);
  return n === 0 ? null : entropyBits(present.map((count) => count / n));
}

/** Shannon entropy in bits of a distribution p_k, terms in descending order of p_k. */
export function entropyBits(probabilities: ArrayLike<number>): number {
  const sorted = Float64Array.from(probabilities).sort();
  let bits = 0;
  for (let at = sorted.length - 1; at >= 0 && sorted[at]! > 0; at--) bits -= sorted[at]! * Math.log2(sorted[at]!);
  // One certain class gives -1 * log2(1) = -0.
  return bits + 0;
}
