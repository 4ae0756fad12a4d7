import { Calibration } from '../analysis/scores.ts';
import { type ImageClass, imageClasses } from '../analysis/image-types.ts';
import { named, typeTitle } from './study-numbers.ts';
import type { View } from './view.ts';
import type { Cell, Exhibit } from '../contract/exhibit.ts';
import { undefinedCell } from './cells.ts';

/** All values of the largest softmax, by type, in bins. */
export function softmaxExhibit(view: View): Exhibit {
  const rows = view.groups.flatMap(({ target }) => {
    const counts = softmaxCounts(view, target);
    return imageClasses.flatMap((name) =>
      counts[name].map((count, bin): Cell[] => [
        ...[Number(target), typeTitle(view, name), bin / softmaxBins, (bin + 1) / softmaxBins, count],
      ]),
    );
  });
  return {
    ...{ id: 'softmax-by-type', number: '', title: 'Values of the largest softmax, by type', people: true, rows },
    columns: ['Target %', 'Type', 'From', 'To', 'Values'].map((name) => ({ name })),
    notes: ['One value for each network and image of the type.'],
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
        Number(target),
        bin + 1,
        n,
        right,
        n === 0 ? none : right / n,
        n === 0 ? none : (confidence[bin] ?? 0) / n,
      ];
    });
  });
  return {
    ...{ id: 'reliability', number: '', title: named(view, 'Agreement with people by softmax'), people: true, rows },
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
  const counts = Object.fromEntries(imageClasses.map((name) => [name, new Array<number>(softmaxBins).fill(0)]));
  const found = counts as Record<ImageClass, number[]>;
  const group = view.groups.find((each) => each.target === target)?.group;
  const classes = view.data.dataSet.classes.length;
  for (const { repeat, target: of, softmax } of view.data.predictions) {
    if (repeat !== null || of !== Number(target)) continue;
    group?.image_class.forEach((name, image) => {
      if (name === null) return;
      let top = 0;
      for (let k = 0; k < classes; k++) top = Math.max(top, softmax[image * classes + k] ?? 0);
      const bins = found[name];
      const bin = Math.min(softmaxBins - 1, Math.floor(top * softmaxBins));
      bins[bin] = (bins[bin] ?? 0) + 1;
    });
  }
  return found;
}

/** How often networks agree with the majority of people, by how sure they are: all networks of a target together. */
export function targetCalibration(view: View, target: string): Calibration {
  const majority = view.data.analysis?.humans.majority_label ?? [];
  const classes = view.data.dataSet.classes.length;
  const found = new Calibration();
  for (const { repeat, target: of, softmax, labels } of view.data.predictions) {
    if (repeat !== null || of !== Number(target)) continue;
    majority.forEach((label, image) => {
      if (label === null) return;
      let top = 0;
      for (let k = 0; k < classes; k++) top = Math.max(top, softmax[image * classes + k] ?? 0);
      found.add(top, labels[image] === label);
    });
  }
  return found;
}
