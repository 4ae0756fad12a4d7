import { missing, type LabelMatrix } from './labels.ts';

/** How often each image was given each label (metrics.md 1: c_k and n). */
export interface LabelCounts {
  readonly images: number;
  readonly classes: number;
  /** c_k: `counts[image * classes + k]`. */
  readonly counts: Uint32Array;
  /** n = sum_k c_k. */
  readonly present: Uint32Array;
}

export function labelCounts({ images, classes, raters, values }: LabelMatrix): LabelCounts {
  const counts = new Uint32Array(images * classes);
  const present = new Uint32Array(images);
  for (let rater = 0; rater < raters; rater++) {
    for (let image = 0; image < images; image++) {
      const label = values[rater * images + image]!;
      if (label === missing) continue;
      counts[image * classes + label]!++;
      present[image]!++;
    }
  }
  return { images, classes, counts, present };
}

/** c_k of one image. */
export function countsOf({ classes, counts }: LabelCounts, image: number): Uint32Array {
  return counts.subarray(image * classes, (image + 1) * classes);
}
