import { at } from '../../../domain/numbers/index.ts';
import { crossing } from '../../../analysis/responses/index.ts';
import { flipPoint } from '../../along/analysis/flip-point.ts';
import {
  type HumanReference,
  type LabelMatrix,
  missing,
  shareOf,
  type SoftmaxRows,
} from '../../../analysis/labels/index.ts';
import type { HumanCounts } from '../../../analysis/raters/index.ts';
import type { ImageInput, PairRow, VoteOutcome } from '../../../analysis/outcomes/index.ts';
import { curveOfShares, type PsychometricCurve, type SharePoint, sharesAlong } from '../../along/analysis/sharpness.ts';

/** How the outcomes of effects are made from answers (metrics.md 13.2). */

/** What outcomes are made from. Images and runs are in the order of `labels`. */
export interface OutcomeData {
  readonly images: readonly ImageInput[];
  readonly pairs: readonly PairRow[];
  readonly labels: LabelMatrix;
  /** `[image][k]`; good until the next call. */
  readonly readSoftmax: (run: number) => SoftmaxRows;
  /** Share of test images that a run has right, 0..1. */
  readonly testAccuracy: (run: number) => number;
  readonly humans: HumanCounts;
  readonly reference: HumanReference;
  /** What error consistency refers to: the true class or else people's majority, or `missing`, an image each. */
  readonly right: { readonly labels: Int16Array; readonly isTruth: boolean };
}

/** Writes the value of each image under one run; NaN where it is undefined. */
type Fill = (run: number, values: Float64Array) => void;

export type Making =
  /** A value of each image under a new group of networks. `m`: networks in the group; absent: as many as are asked for. */
  | { readonly kind: 'group'; readonly type: VoteOutcome['type']; readonly m?: number }
  /** Whether a run differs from the label on which people agree. */
  | { readonly kind: 'wrong' }
  /** Error consistency of two networks. */
  | { readonly kind: 'consistency' }
  | { readonly kind: 'value'; readonly values: (data: OutcomeData) => Fill };

export const group = (type: VoteOutcome['type'], m?: number): Making => ({
  kind: 'group',
  type,
  ...(m !== undefined && { m }),
});

/** The largest softmax of each image that counts. */
export const certainty =
  (counts: (data: OutcomeData) => (image: number) => boolean) =>
  (data: OutcomeData): Fill => {
    const isCounted = counts(data);
    const { classes, images } = data.labels;
    return (run, values) => {
      const rows = data.readSoftmax(run);
      for (let image = 0; image < images; image++) {
        let top = isCounted(image) ? 0 : Number.NaN;
        for (let k = image * classes; k < (image + 1) * classes; k++) if (rows[k]! > top) top = rows[k]!;
        values[image] = top;
      }
    };
  };

/** @param of the softmax of one image, and the image */
export const ofEachSoftmax =
  (of: (softmax: SoftmaxRows, image: number, run: number, data: OutcomeData) => number) =>
  (data: OutcomeData): Fill => {
    const { classes, images } = data.labels;
    return (run, values) => {
      const rows = data.readSoftmax(run);
      for (let image = 0; image < images; image++) {
        const own = rows.subarray(image * classes, (image + 1) * classes);
        values[image] = of(own, image, run, data);
      }
    };
  };

/** Largest softmax less 1 where the label is that of people's majority, else less 0 (metrics.md 18). */
export const overconfidence = ofEachSoftmax((softmax, image, run, { reference, labels }) => {
  const majority = reference.majority[image]!;
  if (majority === missing) return Number.NaN;
  const label = labels.values[run * labels.images + image];
  return Math.max(...softmax) - (label === majority ? 1 : 0);
});

/**
 * A score of softmax against all labels of people: a sum over the classes that people named, of their share q and the softmax p
 * of one, and what softmax adds by itself. Each is linear in q but for what all networks share, so that a difference between
 * networks does not depend on how many people labeled.
 */
export const againstShares = (
  of: (q: number, p: number) => number,
  ofSoftmax: (softmax: SoftmaxRows) => number = () => 0,
) =>
  ofEachSoftmax((softmax, image, _, { reference: { start, label, share } }) => {
    const [from, to] = [start[image]!, start[image + 1]!];
    let sum = from === to ? Number.NaN : ofSoftmax(softmax);
    for (let entry = from; entry < to; entry++) sum += of(share[entry]!, softmax[label[entry]!]!);
    return sum;
  });

export const sumOfSquares = (softmax: SoftmaxRows): number => {
  let sum = 0;
  for (let k = 0; k < softmax.length; k++) sum += softmax[k]! ** 2;
  return sum;
};

/** Largest softmax less the share of people who gave the network's label (metrics.md 18). */
export const certaintyLessPeople = ofEachSoftmax((softmax, image, run, { humans: { votes }, labels }) => {
  const share = shareOf(votes, image, labels.values[run * labels.images + image]!);
  return share === null ? Number.NaN : Math.max(...softmax) - share;
});

/** Largest softmax less the run's accuracy on test images; its mean over test images is 0 if the network is calibrated. */
export const certaintyLessTest = ofEachSoftmax(
  (softmax, _, run, { testAccuracy }) => Math.max(...softmax) - testAccuracy(run),
);

export const isSplit =
  ({ humans }: OutcomeData) =>
  (image: number): boolean =>
    humans.view.status[image] === 'disagree';

/** Whether all networks that are compared, together, give an image one label. */
function networksAgree({ values, raters, images }: LabelMatrix): Uint8Array {
  const agree = new Uint8Array(images).fill(1);
  for (let run = 1; run < raters; run++) {
    for (let image = 0; image < images; image++) {
      if (values[run * images + image] !== values[image]) agree[image] = 0;
    }
  }
  return agree;
}

/** @param isOfType of people who agree, and networks that do */
export const ofType =
  (isOfType: (people: boolean, networks: boolean) => boolean) =>
  ({ labels, humans: { view } }: OutcomeData) => {
    const agree = networksAgree(labels);
    return (image: number): boolean => {
      const status = view.status[image];
      return status != null && isOfType(status === 'agree', agree[image] === 1);
    };
  };

export function majorityDiffers({ labels, reference }: OutcomeData): Fill {
  return (run, values) => {
    for (let image = 0; image < labels.images; image++) {
      const majority = reference.majority[image]!;
      const label = labels.values[run * labels.images + image]!;
      values[image] = majority === missing ? Number.NaN : label === majority ? 0 : 1;
    }
  };
}

/**
 * Jensen-Shannon divergence of people's shares q and softmax p, as in `distances`: (sum q log2(q / m) + sum p log2(p / m)) / 2 with
 * m = (q + p) / 2. Where q is 0, p log2(p / m) is p: only classes that people named need a logarithm.
 */
export function divergence({ labels, reference: { start, label, share }, readSoftmax }: OutcomeData): Fill {
  const { classes, images } = labels;
  return (run, values) => {
    const rows = readSoftmax(run);
    for (let image = 0; image < images; image++) {
      const first = image * classes;
      let sum = 0;
      for (let k = first; k < first + classes; k++) sum += rows[k]!;
      for (let entry = start[image]!; entry < start[image + 1]!; entry++) {
        const [q, p] = [share[entry]!, rows[first + label[entry]!]!];
        const middle = (q + p) / 2;
        sum += q * Math.log2(q / middle) - p;
        if (p > 0) sum += p * Math.log2(p / middle);
      }
      values[image] = start[image] === start[image + 1] ? Number.NaN : Math.max(0, sum / 2);
    }
  };
}

/** All images of a pair have its value. @param of one run on a pair; null: undefined */
const byPair =
  (of: (data: OutcomeData) => (run: number, row: PairRow) => number | null) =>
  (data: OutcomeData): Fill => {
    const value = of(data);
    return (run, values) => {
      values.fill(Number.NaN);
      for (const row of data.pairs) {
        const found = value(run, row);
        if (found !== null) for (const image of row.images) values[image] = found;
      }
    };
  };

/** What people show of a pair is the same for all runs. */
function oncePerPair<T>(of: (row: PairRow) => T): (row: PairRow) => T {
  const known = new Map<PairRow, T>();
  return (row) => {
    if (!known.has(row)) known.set(row, of(row));
    return known.get(row)!;
  };
}

/** Pairs of one run follow each other: its softmax is read once. */
function oncePerRun(read: OutcomeData['readSoftmax']): OutcomeData['readSoftmax'] {
  let last: { run: number; rows: SoftmaxRows } | null = null;
  return (run) => {
    if (last?.run !== run) last = { run, rows: read(run) };
    return last.rows;
  };
}

const apart = (a: number | null | undefined, b: number | null | undefined): number | null =>
  a == null || b == null ? null : Math.abs(a - b);

/** How far from people’s flip point a run’s label changes (metrics.md 7). */
export const flipError = byPair(({ images, labels, reference }) => {
  const flip = ({ i, j, images: own }: PairRow, label: (image: number) => number) => {
    const points = own.map((image) => ({ alpha: at(images, image).alpha ?? 0, label: label(image) }));
    return flipPoint(
      points.filter((point) => point.label !== missing),
      i,
      j,
    )?.alpha_star;
  };
  const ofPeople = oncePerPair((row) => flip(row, (image) => reference.majority[image]!));
  return (run, row) =>
    apart(
      ofPeople(row),
      flip(row, (image) => labels.values[run * labels.images + image]!),
    );
});

/** How far from where people’s shares of the two classes cross those of a run’s softmax do. */
export const crossingError = byPair(({ images, labels, humans, readSoftmax }) => {
  const where = (row: PairRow, share: (image: number, k: number) => number | null): number | null =>
    crossing(
      row.images.flatMap((image) => {
        const [ofI, ofJ] = [share(image, row.i), share(image, row.j)];
        return ofI === null || ofJ === null ? [] : [{ alpha: at(images, image).alpha ?? 0, difference: ofJ - ofI }];
      }),
    ).alpha_cross;
  const ofPeople = oncePerPair((row) => where(row, (image, k) => shareOf(humans.votes, image, k)));
  const rowsOf = oncePerRun(readSoftmax);
  return (run, row) => {
    const rows = rowsOf(run);
    return apart(
      ofPeople(row),
      where(row, (image, k) => rows[image * labels.classes + k]!),
    );
  };
});

/** Along a pair: a value of the curve of class j's share among the softmax of i and j. */
export const ofShares = (of: (points: readonly SharePoint[]) => number | null) =>
  byPair(({ images, labels: { classes }, readSoftmax }) => {
    const rowsOf = oncePerRun(readSoftmax);
    const alphaOf = (image: number): number => at(images, image).alpha ?? 0;
    return (run, row) => {
      const rows = rowsOf(run);
      return of(sharesAlong(row, alphaOf, (image, k) => rows[image * classes + k]!));
    };
  });

export const ofCurve = (part: 'centre' | 'slope' | 'lapse') =>
  ofShares((points): PsychometricCurve[typeof part] => curveOfShares(points)[part]);

export const value = (values: (data: OutcomeData) => Fill): Making => ({ kind: 'value', values });

/** `[run][image]`: the values of all runs. */
export function outcomeValues(data: OutcomeData, fill: Fill): Float64Array {
  const { raters, images } = data.labels;
  const values = new Float64Array(raters * images);
  for (let run = 0; run < raters; run++) fill(run, values.subarray(run * images, (run + 1) * images));
  return values;
}
