import { Calibration } from '../analysis/scores.ts';
import { type ImageClass, imageClasses } from '../analysis/image-types.ts';
import { byName, quantile } from '../analysis/spread.ts';
import { peopleWord } from '../domain/format.ts';
import { typeTitle } from '../domain/image-types.ts';
import { named, type StudyNumbers, typeInFiles } from './study-numbers.ts';
import { meanSoftmax, type View } from './view.ts';
import type { Cell, Column, Exhibit } from '../contract/exhibit.ts';
import { undefinedCell } from './cells.ts';
import { targetOfKey } from '../domain/targets.ts';

const oneValue = 'One value for each network and image of the type.';

/** All values of the largest softmax, by type, in bins. */
export function softmaxExhibit(view: View): Exhibit {
  const rows = view.groups.flatMap(({ target }) => {
    const counts = softmaxCounts(view, target);
    return imageClasses.flatMap((name) =>
      counts[name].map((count, bin): Cell[] => [
        ...[targetOfKey(target), typeInFiles(view, name), bin / softmaxBins, (bin + 1) / softmaxBins, count],
      ]),
    );
  });
  return {
    id: 'softmax-by-type',
    number: '',
    title: 'Values of the largest softmax, by type',
    people: true,
    rows,
    columns: ['Target %', 'Type', 'From', 'To', 'Values'].map((name) => ({ name })),
    notes: [oneValue],
  };
}

/** How often networks agree with the majority of people, by their softmax, in bins. */
export function reliabilityExhibit(view: View): Exhibit {
  const rows = view.groups.flatMap(({ target }) => {
    const { count, correct, confidence } = targetCalibration(view, target);
    return Array.from(count, (n, bin): Cell[] => {
      const none = undefinedCell('No value is in this bin.');
      const right = correct[bin] ?? 0;
      return [
        targetOfKey(target),
        bin + 1,
        n,
        right,
        n === 0 ? none : right / n,
        n === 0 ? none : (confidence[bin] ?? 0) / n,
      ];
    });
  });
  return {
    id: 'reliability',
    number: '',
    title: named(view, 'Agreement with people by softmax'),
    people: true,
    rows,
    columns: ['Target %', 'Bin of 15', 'Values', named(view, 'Agree with people'), 'Share', 'Mean softmax'].map(
      (name) => ({
        name,
      }),
    ),
    notes: [],
  };
}

export const softmaxBins = 20;

/** Largest softmax of each network on each image of a type, in bins of equal width from 0 to 1. */
export function softmaxCounts(view: View, target: string): Record<ImageClass, number[]> {
  const values = largestSoftmax(view, target);
  return byName(imageClasses, (name) => {
    const bins = new Array<number>(softmaxBins).fill(0);
    for (const top of values[name]) bins[Math.min(softmaxBins - 1, Math.floor(top * softmaxBins))]! += 1;
    return bins;
  });
}

/** Largest softmax of each network at a target on each image of a type. */
function largestSoftmax(view: View, target: string): Record<ImageClass, number[]> {
  const found = byName(imageClasses, (): number[] => []);
  const group = view.groups.find((each) => each.target === target)?.group;
  const classes = view.data.dataSet.classes.length;
  for (const { repeat, target: of, softmax } of view.data.predictions) {
    if (repeat !== null || of !== targetOfKey(target)) continue;
    group?.image_class.forEach((name, image) => {
      if (name === null) return;
      let top = 0;
      for (let k = 0; k < classes; k++) top = Math.max(top, softmax[image * classes + k] ?? 0);
      found[name].push(top);
    });
  }
  return found;
}

/** Largest softmax values of the networks at a target, by type. */
interface LargestSoftmax {
  readonly target: string;
  readonly types: readonly { readonly type: ImageClass; readonly values: Iterable<number> }[];
}

const quartiles: readonly Column[] = [
  ...[{ name: 'Least', heading: 'Minimum' }, { name: '25 %' }, { name: 'Median' }, { name: '75 %' }],
  { name: 'Largest', heading: 'Maximum' },
];

/** Minimum, quartiles and maximum of the largest softmax: a row for each target and each type that has values. */
export function softmaxQuartilesExhibit(
  study: Pick<StudyNumbers, 'rehearsal'>,
  groups: readonly LargestSoftmax[],
): Exhibit {
  return {
    id: 'softmax-quartiles',
    number: '',
    title: 'Quartiles of the largest softmax',
    people: true,
    columns: [
      ...[{ name: 'Target %' }, { name: 'Type' }, { name: 'n', heading: 'n, values' }],
      ...quartiles.map((column) => ({ ...column, decimals: 3 })),
    ],
    rows: groups.flatMap(({ target, types }) =>
      types.flatMap(({ type, values }): Cell[][] => {
        const sorted = Float64Array.from(values).sort();
        if (sorted.length === 0) return [];
        const cuts = quartiles.map((_, at) => quantile(sorted, at / (quartiles.length - 1)));
        return [[targetOfKey(target), typeTitle(type, peopleWord(study)), sorted.length, ...cuts]];
      }),
    ),
    notes: [oneValue],
  };
}

/** The same of every target of a report. */
export function reportQuartilesExhibit(view: View): Exhibit {
  const groups = view.groups.map(({ target }) => {
    const values = largestSoftmax(view, target);
    return { target, types: imageClasses.map((type) => ({ type, values: values[type] })) };
  });
  return softmaxQuartilesExhibit(view, groups);
}

/** How often networks agree with the majority of people, by how sure they are: all networks of a target together. */
export function targetCalibration(view: View, target: string): Calibration {
  const majority = view.data.analysis?.humans.majority_label ?? [];
  const classes = view.data.dataSet.classes.length;
  const found = new Calibration();
  for (const { repeat, target: of, softmax, labels } of view.data.predictions) {
    if (repeat !== null || of !== targetOfKey(target)) continue;
    majority.forEach((label, image) => {
      if (label === null) return;
      let top = 0;
      for (let k = 0; k < classes; k++) top = Math.max(top, softmax[image * classes + k] ?? 0);
      found.add(top, labels[image] === label);
    });
  }
  return found;
}

/** The same of their mean softmax; null: there is none. */
export function ensembleCalibration(view: View, target: string): Calibration | null {
  const mean = meanSoftmax(view, target);
  if (!mean) return null;
  const majority = view.data.analysis?.humans.majority_label ?? [];
  const classes = view.data.dataSet.classes.length;
  const found = new Calibration();
  majority.forEach((label, image) => {
    if (label === null) return;
    const row = mean.subarray(image * classes, (image + 1) * classes);
    const top = row.reduce((a, b) => Math.max(a, b), 0);
    found.add(top, row.indexOf(top) === label);
  });
  return found;
}
