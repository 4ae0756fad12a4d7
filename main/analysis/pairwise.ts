import { missing, type LabelMatrix } from './labels.ts';
import { percent, spread, type Spread } from './spread.ts';

/**
 * Pairwise disagreement of raters in percent (SPEC 2.2 for models, 2.3 for people): for each unordered pair,
 * 100 * #{labels differ} / #{images where both are present}; spread over the pairs. A pair that shares no image is
 * dropped. Cost: raters^2 / 2 * images comparisons.
 */
export function pairwiseDisagreementPct(matrix: LabelMatrix): Spread {
  const percents: (number | null)[] = [];
  for (let a = 0; a < matrix.raters; a++) {
    for (let b = a + 1; b < matrix.raters; b++) percents.push(disagreementPct(matrix, a, b));
  }
  return spread(percents);
}

function disagreementPct({ images, values }: LabelMatrix, a: number, b: number): number | null {
  const labelsOfA = values.subarray(a * images, (a + 1) * images);
  const labelsOfB = values.subarray(b * images, (b + 1) * images);
  let shared = 0;
  let same = 0;
  for (let image = 0; image < images; image++) {
    const x = labelsOfA[image]!;
    const y = labelsOfB[image]!;
    if (x !== missing && y !== missing) {
      shared++;
      if (x === y) same++;
    }
  }
  return percent(shared - same, shared);
}
