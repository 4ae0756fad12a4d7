import { type LabelCounts, labelCounts, missing } from '../analysis/labels.ts';
import { type Curve, type Rarefaction, rarefy, rarefyTypes } from '../analysis/rarefaction.ts';
import { labelOf } from './labels.ts';
import type { View } from './view.ts';

/** Types of one target with fewer raters of one side. */
interface TypeCurves {
  a: Curve;
  c: Curve;
}

/** One target with fewer networks; with fewer people, as far as anybody labelled. */
export interface RarefiedGroup {
  target: string;
  models: number;
  networks: Rarefaction & TypeCurves;
  people: TypeCurves | null;
}

/** How statistics change with the number of raters, exactly; entry r - 1 is of r raters. */
export interface Rarefied {
  labelers: number;
  people: Rarefaction | null;
  groups: RarefiedGroup[];
}

/** Null where a type has no images with labels to be of. */
export function rarefied(view: View): Rarefied {
  const { labelers } = view.data;
  const people = labelers && imageCounts(view, labelers.labels);
  const n = labelers?.labels.length ?? 0;
  return {
    labelers: n,
    people: people && rarefy(people, n),
    groups: view.groups.map(({ target, group }) => {
      const labels = view.data.predictions.filter(({ repeat, target: of }) => repeat === null && of === Number(target));
      const networks = imageCounts(
        view,
        labels.map((each) => each.labels),
      );
      const status = view.data.analysis?.humans.status;
      const peopleDisagree = (image: number): boolean | null => {
        const found = status?.[image] ?? null;
        return found === null ? null : found === 'disagree';
      };
      const networksDisagree = (image: number): boolean | null => split(networks, image);
      const models = labels.length;
      return {
        ...{ target, models: group.n_models },
        networks: { ...rarefy(networks, models), ...rarefyTypes(networks, models, 'networks', peopleDisagree) },
        people: people && models >= 2 ? rarefyTypes(people, n, 'people', networksDisagree) : null,
      };
    }),
  };
}

function imageCounts(view: View, raters: readonly ArrayLike<number | null>[]): LabelCounts {
  const images = view.data.stimuli.items.length;
  const values = new Int16Array(raters.length * images);
  raters.forEach((labels, rater) => {
    for (let image = 0; image < images; image++) values[rater * images + image] = labelOf(labels, image) ?? missing;
  });
  return labelCounts({ raters: raters.length, images, classes: view.data.dataSet.classes.length, values });
}

const split = ({ classes, counts }: LabelCounts, image: number): boolean =>
  counts.subarray(image * classes, (image + 1) * classes).filter((count) => count > 0).length > 1;
