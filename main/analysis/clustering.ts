/**
 * Raters in an order that puts like beside like: leaves of an average-linkage tree (UPGMA), the tighter branch first.
 * `similarity[a][b]` is symmetric; null (undefined) counts as no similarity at all. Cost: n^3.
 */
export function clusteredOrder(similarity: readonly (readonly (number | null)[])[]): number[] {
  let clusters = similarity.map((_, index) => ({ leaves: [index], height: 0 }));
  const distance = similarity.map((row) => row.map((value) => 1 - (value ?? -1)));
  while (clusters.length > 1) {
    const { a, b, height } = nearest(clusters, distance);
    const [first, second] = [clusters[a]!, clusters[b]!];
    const ordered = second.height < first.height ? [second, first] : [first, second];
    const leaves = ordered.flatMap((cluster) => cluster.leaves);
    merge(distance, clusters, a, b);
    clusters = clusters.filter((_, index) => index !== b);
    clusters[a] = { leaves, height };
  }
  return clusters[0]?.leaves ?? [];
}

interface Cluster {
  leaves: number[];
  height: number;
}

function nearest(clusters: readonly Cluster[], distance: readonly number[][]) {
  let best = { a: 0, b: 1, height: Number.POSITIVE_INFINITY };
  for (let a = 0; a < clusters.length; a++) {
    for (let b = a + 1; b < clusters.length; b++) {
      const height = distance[a]![b]!;
      if (height < best.height) best = { a, b, height };
    }
  }
  return best;
}

/** Joins b into a: distances are means over all pairs of leaves. */
function merge(distance: number[][], clusters: readonly Cluster[], a: number, b: number): void {
  const [sizeA, sizeB] = [clusters[a]!.leaves.length, clusters[b]!.leaves.length];
  for (let other = 0; other < clusters.length; other++) {
    const mean = (sizeA * distance[a]![other]! + sizeB * distance[b]![other]!) / (sizeA + sizeB);
    distance[a]![other] = mean;
    distance[other]![a] = mean;
  }
  for (const row of distance) row.splice(b, 1);
  distance.splice(b, 1);
}
