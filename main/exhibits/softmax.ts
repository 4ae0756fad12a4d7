import { type ImageClass, imageClasses } from '../analysis/outcomes/image-types.ts';
import { suffices } from '../analysis/labels/known-answers.ts';
import { byName } from '../analysis/statistics/spread.ts';
import { typeInFiles } from './parts/study-numbers.ts';
import type { StudyView, ViewedGroup } from './parts/study-view.ts';
import type { Cell, Exhibit } from '../contract/results/exhibit.ts';
import { targetOfKey } from '../domain/numbers/targets.ts';

/** What the largest softmax is counted of. */
export const oneValue = 'One value for each network and image of the type.';

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
