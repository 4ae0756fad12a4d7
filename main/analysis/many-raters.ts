import { countsOf, type LabelCounts } from './label-counts.ts';

/**
 * Fleiss' kappa, generalised to unequal numbers of labels (Fleiss 1971; metrics.md 3). On images with n_i >= 2 labels:
 * P_i = sum_k c_ik (c_ik - 1) / (n_i (n_i - 1)), P their unweighted mean, p_k = sum_i c_ik / sum_i n_i,
 * P_e = sum_k p_k^2, kappa = (P - P_e) / (1 - P_e); at most 1. Null without such an image, or with one label only.
 */
export function fleissKappa(labels: LabelCounts): number | null {
  const totals = new Float64Array(labels.classes);
  let images = 0;
  let all = 0;
  let agreement = 0;
  for (let image = 0; image < labels.images; image++) {
    const n = labels.present[image]!;
    if (n < 2) continue;
    let pairs = 0;
    countsOf(labels, image).forEach((count, k) => {
      totals[k]! += count;
      pairs += count * (count - 1);
    });
    agreement += pairs / (n * (n - 1));
    all += n;
    images++;
  }
  if (images === 0 || totals.some((total) => total === all)) return null;
  const expected = totals.reduce((sum, total) => sum + (total / all) ** 2, 0);
  return (agreement / images - expected) / (1 - expected);
}

/**
 * What Krippendorff's alpha needs of some images, and nothing that depends on which: sums, so that the sums of two sets
 * of images are those of both together. `[sum_i (n_i^2 - sum_k c_ik^2) / (n_i - 1), n_0, n_1, ..., n_(K-1)]`.
 */
export type KrippendorffSums = Float64Array;

/** Adds one image's part; an image with fewer than two labels has none. */
export function addKrippendorff(sums: KrippendorffSums, counts: Uint32Array): void {
  let n = 0;
  let squares = 0;
  for (const count of counts) {
    n += count;
    squares += count * count;
  }
  if (n < 2) return;
  sums[0]! += (n * n - squares) / (n - 1);
  for (let k = 0; k < counts.length; k++) sums[k + 1]! += counts[k]!;
}

/**
 * Krippendorff's alpha for nominal labels (Krippendorff 2011; metrics.md 3): 1 - D_o / D_e with
 * D_o = (1/n) sum_i (n_i^2 - sum_k c_ik^2) / (n_i - 1) and D_e = (n^2 - sum_k n_k^2) / (n (n - 1)). At most 1.
 * Null if D_e = 0: no image with two labels, or one label only.
 */
export function alphaOf(sums: KrippendorffSums): number | null {
  let n = 0;
  let squares = 0;
  for (let k = 1; k < sums.length; k++) {
    n += sums[k]!;
    squares += sums[k]! ** 2;
  }
  const expected = n * n - squares;
  // 1 - (D / n) / (expected / (n (n - 1)))
  return expected === 0 ? null : 1 - (sums[0]! * (n - 1)) / expected;
}

export function krippendorffAlpha(labels: LabelCounts): number | null {
  const sums = new Float64Array(labels.classes + 1);
  for (let image = 0; image < labels.images; image++) addKrippendorff(sums, countsOf(labels, image));
  return alphaOf(sums);
}
