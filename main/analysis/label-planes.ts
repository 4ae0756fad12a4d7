import { wordsFor } from './bits.ts';
import { missing, type LabelMatrix } from './labels.ts';

/**
 * A label matrix as bits, so that two raters are compared 32 images at a time: plane b of a rater holds bit b of each of
 * its labels. Two labels are equal when no plane differs.
 */
export interface LabelPlanes {
  /** Planes of a rater: enough bits for classes - 1. */
  readonly planes: number;
  /** Words of a plane. */
  readonly words: number;
  /** `bits[(rater * planes + plane) * words + word]`; 0 where a label is missing. */
  readonly bits: Int32Array;
  /** `present[rater * words + word]`: which images have a label. */
  readonly present: Int32Array;
}

export function labelPlanes({ raters, images, classes, values }: LabelMatrix): LabelPlanes {
  const planes = Math.max(1, 32 - Math.clz32(classes - 1));
  const words = wordsFor(images);
  const bits = new Int32Array(raters * planes * words);
  const present = new Int32Array(raters * words);
  for (let rater = 0; rater < raters; rater++) {
    for (let image = 0; image < images; image++) {
      const label = values[rater * images + image]!;
      if (label === missing) continue;
      const bit = 1 << (image & 31);
      const word = image >>> 5;
      present[rater * words + word]! |= bit;
      for (let plane = 0; plane < planes; plane++) {
        if ((label >>> plane) & 1) bits[(rater * planes + plane) * words + word]! |= bit;
      }
    }
  }
  return { planes, words, bits, present };
}
