import type { CorrectedInterval } from '../analysis/intervals.ts';
import { crossingInterval } from '../analysis/flip-point.ts';
import type { PairRow } from '../analysis/input.ts';
import { labelOf } from './labels.ts';
import type { View } from './view.ts';

/** 95 % interval of where the shares of a pair's classes cross, raters drawn anew; null where there is none. */
export type Crossed = Pick<CorrectedInterval, 'lo' | 'hi' | 'units' | 'n_null'>;

const none: Crossed = { lo: null, hi: null, units: 0, n_null: 0 };

/** Of people: 1 for the second class, -1 for the first, 0 for another. */
export function peopleCrossing(view: View, row: PairRow): Crossed {
  const { labelers } = view.data;
  const differences = (labelers?.labels ?? []).map((labels) =>
    Float64Array.from(row.images, (image) => {
      const label = labelOf(labels, image);
      if (label === null) return Number.NaN;
      return (label === row.j ? 1 : 0) - (label === row.i ? 1 : 0);
    }),
  );
  return crossingInterval(alphasOf(view, row), differences) ?? none;
}

/** Of the networks at a target: softmax of the second class less that of the first. */
export function networkCrossing(view: View, target: string, row: PairRow): Crossed {
  const classes = view.data.dataSet.classes.length;
  const members = view.data.predictions.filter(({ repeat, target: of }) => repeat === null && of === Number(target));
  const differences = members.map(({ softmax }) =>
    Float64Array.from(
      row.images,
      (image) => (softmax[image * classes + row.j] ?? 0) - (softmax[image * classes + row.i] ?? 0),
    ),
  );
  return crossingInterval(alphasOf(view, row), differences) ?? none;
}

const alphasOf = (view: View, row: PairRow): number[] =>
  row.images.map((image) => view.data.stimuli.items[image]?.alpha ?? Number.NaN);
