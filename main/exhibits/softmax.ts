import { Calibration } from '../analysis/scores.ts';
import { type ImageClass, imageClasses } from '../analysis/image-types.ts';
import { suffices } from '../analysis/known-answers.ts';
import { missing } from '../analysis/labels.ts';
import { byName, quantile } from '../analysis/spread.ts';
import { peopleWord } from '../domain/format.ts';
import { typeTitle } from '../domain/image-types.ts';
import { named, typeInFiles } from './study-numbers.ts';
import type { StudyView, ViewedGroup } from './study-view.ts';
import type { Cell, Column, Exhibit } from '../contract/exhibit.ts';
import { undefinedCell } from './cells.ts';
import { targetOfKey } from '../domain/targets.ts';

const oneValue = 'One value for each network and image of the type.';

/** All values of the largest softmax, by type, in bins. */
export function softmaxExhibit(view: StudyView): Exhibit {
  const rows = view.groups.flatMap((group) => {
    const counts = softmaxCounts(group);
    return imageClasses.flatMap((name) =>
      counts[name].map((count, bin): Cell[] => [
        ...[targetOfKey(group.target), typeInFiles(view, name), bin / softmaxBins, (bin + 1) / softmaxBins, count],
      ]),
    );
  });
  return {
    id: 'softmax-by-type',
    long: true,
    number: '',
    title: 'Values of the largest softmax, by type',
    people: true,
    rows,
    columns: ['Target %', 'Type', 'From', 'To', 'Values'].map((name) => ({ name })),
    notes: [oneValue],
  };
}

/** How often networks agree with the majority of people, by their softmax, in bins. */
export function reliabilityExhibit(view: StudyView): Exhibit {
  const rows = view.groups.flatMap((group) => {
    const { count, correct, confidence } = groupCalibration(view, group);
    return Array.from(count, (n, bin): Cell[] => {
      const none = undefinedCell('No value is in this bin.');
      const right = correct[bin] ?? 0;
      return [
        targetOfKey(group.target),
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
    long: true,
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

const softmaxBins = 20;

/** Largest softmax of each network of a group on each image of a type, in bins of equal width from 0 to 1. */
export const softmaxCounts = (group: ViewedGroup): Record<ImageClass, number[]> =>
  byName(imageClasses, (type) => {
    const bins = new Array<number>(softmaxBins).fill(0);
    for (const top of largestSoftmax(group, type)) bins[Math.min(softmaxBins - 1, Math.floor(top * softmaxBins))]! += 1;
    return bins;
  });

/** Largest softmax of each network of a group on each image of a type; empty where it is not known of all networks. */
export function largestSoftmax({ view }: ViewedGroup, type: ImageClass): Float64Array {
  const { answers, classified, softmax } = view();
  if (!suffices(answers, 'confidence')) return new Float64Array();
  const images = classified.classes.flatMap((own, image) => (own === type ? [image] : []));
  const values = new Float64Array(softmax.passes.length * images.length);
  softmax.passes.forEach(({ top }, pass) =>
    images.forEach((image, place) => {
      values[pass * images.length + place] = top[image]!;
    }),
  );
  return values;
}

const quartiles: readonly Column[] = [
  ...[{ name: 'Least', heading: 'Minimum' }, { name: '25 %' }, { name: 'Median' }, { name: '75 %' }],
  { name: 'Largest', heading: 'Maximum' },
];

/** Minimum, quartiles and maximum of the largest softmax: a row for each target and each type that has values. */
export function softmaxQuartilesExhibit(study: StudyView): Exhibit {
  return {
    id: 'softmax-quartiles',
    number: '',
    title: 'Quartiles of the largest softmax',
    people: true,
    columns: [
      ...[{ name: 'Target %' }, { name: 'Type' }, { name: 'n', heading: 'n, values' }],
      ...quartiles.map((column) => ({ ...column, decimals: 3 })),
    ],
    rows: study.groups.flatMap((group) =>
      imageClasses.flatMap((type): Cell[][] => {
        const sorted = largestSoftmax(group, type).sort();
        if (sorted.length === 0) return [];
        const cuts = quartiles.map((_, at) => quantile(sorted, at / (quartiles.length - 1)));
        return [[targetOfKey(group.target), typeTitle(type, peopleWord(study)), sorted.length, ...cuts]];
      }),
    ),
    notes: [oneValue],
  };
}

/** How often networks agree with the majority of people, by how sure they are: all networks of a group together. */
function groupCalibration(study: StudyView, { view }: ViewedGroup): Calibration {
  const { majority } = study.context().reference;
  const { group, softmax } = view();
  const found = new Calibration();
  softmax.passes.forEach(({ top }, model) =>
    top.forEach((confidence, image) => {
      const label = majority[image];
      if (label !== missing) found.add(confidence, group.labels.values[model * group.labels.images + image] === label);
    }),
  );
  return found;
}
