import { Calibration, missing } from '../../../analysis/labels/index.ts';
import type { Cell, Exhibit } from '../../../contract/results/index.ts';
import { targetOfKey } from '../../../domain/numbers/index.ts';
import { named, type StudyView, undefinedCell, type ViewedGroup } from '../../../exhibits/parts/index.ts';

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
