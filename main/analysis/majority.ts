import { countsOf, type LabelCounts } from './label-counts.ts';
import { missing } from './labels.ts';

/**
 * Labels that could become the majority of an image once up to two labels are taken away: those whose count is at most
 * two below the largest. No other can catch up, because the largest loses two at most.
 */
export interface Contenders {
  /** Contenders of image i are entries `start[i]` to `start[i + 1] - 1`. */
  readonly start: Uint32Array;
  readonly label: Int16Array;
  readonly count: Uint32Array;
}

export function contenders(labels: LabelCounts): Contenders {
  const start = new Uint32Array(labels.images + 1);
  const label: number[] = [];
  const count: number[] = [];
  for (let image = 0; image < labels.images; image++) {
    const counts = countsOf(labels, image);
    const top = counts.reduce((a, b) => Math.max(a, b), 0);
    counts.forEach((c, k) => {
      if (c === 0 || c < top - 2) return;
      label.push(k);
      count.push(c);
    });
    start[image + 1] = label.length;
  }
  return { start, label: Int16Array.from(label), count: Uint32Array.from(count) };
}

/**
 * The unique modal label of an image without one label x and one label y (`missing` takes nothing away), or `missing`
 * for a tie or when nothing is left.
 */
export function majorityWithout({ start, label, count }: Contenders, image: number, x: number, y: number): number {
  let top = 0;
  let majority = missing;
  for (let at = start[image]!; at < start[image + 1]!; at++) {
    const k = label[at]!;
    const left = count[at]! - (k === x ? 1 : 0) - (k === y ? 1 : 0);
    if (left > top) {
      top = left;
      majority = k;
    } else if (left === top) majority = missing;
  }
  return majority;
}

/** Whether the majority of an image stays what it is, whichever two labels are taken away. */
export function isSettled({ start, count }: Contenders, image: number): boolean {
  const from = start[image]!;
  return start[image + 1]! - from === 1 && count[from]! > 2;
}
