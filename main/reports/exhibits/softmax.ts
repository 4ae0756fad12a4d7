import { imageClasses } from '../../analysis/image-types.ts';
import { softmaxBins, softmaxCounts } from '../drawings/histogram.ts';
import { calibrationOf } from '../drawings/reliability.ts';
import { named, typeTitle } from '../../exhibits/study-numbers.ts';
import type { View } from '../view.ts';
import type { Cell, Exhibit } from '../../contract/exhibit.ts';
import { undefinedCell } from '../../exhibits/cells.ts';

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
    const { count, correct, confidence } = calibrationOf(view, target);
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
