import { countsOf, type LabelCounts } from './label-counts.ts';
import { missing, type Tally } from './labels.ts';

/** What people said, as scores of networks need it. */
export interface HumanReference {
  /** The majority label of each image, or `missing`: a tie, or no label (metrics.md 1). */
  readonly majority: Int16Array;
  /** Shares q of image i are entries `start[i]` to `start[i + 1] - 1`: only those above 0. */
  readonly start: Uint32Array;
  readonly label: Int16Array;
  readonly share: Float64Array;
}

export function humanReference(labels: LabelCounts, { mode, modes }: Tally): HumanReference {
  const start = new Uint32Array(labels.images + 1);
  const label: number[] = [];
  const share: number[] = [];
  for (let image = 0; image < labels.images; image++) {
    const n = labels.present[image]!;
    countsOf(labels, image).forEach((count, k) => {
      if (count === 0) return;
      label.push(k);
      share.push(count / n);
    });
    start[image + 1] = label.length;
  }
  return {
    majority: mode.map((k, image) => (modes[image] === 1 ? k : missing)),
    start,
    label: Int16Array.from(label),
    share: Float64Array.from(share),
  };
}
