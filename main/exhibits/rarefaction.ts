import { imagesWith, type Rarefaction, type RarefiedCurve, rarefy, rarefyTypes } from '../analysis/rarefaction.ts';
import { noPeople } from './reasons.ts';
import { type View, imageLabel } from './view.ts';
import type { Cell, Exhibit } from '../contract/exhibit.ts';
import { pairUnits } from '../analysis/units.ts';
import { quantity, withIntervals } from './cells.ts';
import { type LabelCounts, labelCounts, missing } from '../analysis/labels.ts';
import { peopleWord } from '../domain/format.ts';

const exactly =
  'Exact: the mean over all ways to choose that many of an image’s labels (Hurlbert 1971), over the images that have them. A single rater cannot disagree.';

/** Of intervals under the claim `anchors`; those of the tables can be under another one. */
export const sameAsTables =
  'With all raters a value is that of Tables 2 and 3. Its interval there can be another one: here all are under claim a, for these very raters.';

/** From two raters on. */
const sizes = (raters: number): number[] => Array.from({ length: Math.max(0, raters - 1) }, (_, at) => at + 2);

/** @param n images with r labels, r = 1, 2, ... */
const at = (curve: RarefiedCurve | undefined, n: readonly number[], raters: number, reason: string): Cell =>
  quantity(curve?.values[raters - 1], n[raters - 1] ?? 0, 'images', {
    reason,
    interval: curve?.intervals[raters - 1],
  });

const share = (name: string) => ({ name, decimals: 1, interval: true });

/** What fewer people would have shown, the networks as they are. */
export function fewerPeopleExhibit(view: View): Exhibit {
  const { people, peopleImages, labelers, groups } = rarefied(view);
  const known = groups.filter((group) => group.people !== null);
  const why = 'No image has that many labels.';
  return withIntervals(view, {
    ...{ id: 'fewer-people', number: '', title: `Subsampling of ${peopleWord(view)}`, people: true },
    columns: [
      ...[
        { name: view.people },
        share('Do not all agree, %'),
        { name: 'Classes an image', decimals: 2, interval: true },
      ],
      ...known.flatMap(({ target }) => [share(`Type A, ${target} %`), share(`Type C, ${target} %`)]),
    ],
    rows: sizes(labelers).map((raters) => [
      ...[raters, at(people?.disagree, peopleImages, raters, why), at(people?.distinct, peopleImages, raters, why)],
      ...known.flatMap(({ people: types }) =>
        [types?.a, types?.c].map((curve) => at(curve, types?.images ?? [], raters, why)),
      ),
    ]),
    notes: [exactly, sameAsTables],
  });
}

/** What fewer networks would have shown, the people as they are. */
export function fewerNetworksExhibit(view: View): Exhibit {
  const { groups } = rarefied(view);
  const most = Math.max(0, ...groups.map(({ models }) => models));
  const cell = (curve: RarefiedCurve, n: readonly number[], raters: number, models: number): Cell =>
    at(curve, n, raters, raters > models ? 'There are fewer networks than that.' : noPeople(view));
  return withIntervals(view, {
    ...{ id: 'fewer-networks', number: '', title: 'Subsampling of networks', people: true },
    columns: [
      { name: 'Networks' },
      ...groups.flatMap(({ target }) =>
        ['Do not all agree', 'Type A', 'Type C'].map((name) => share(`${name}, ${target} %`)),
      ),
    ],
    rows: sizes(most).map((raters) => [
      raters,
      ...groups.flatMap(({ models, networks: { disagree, allImages, a, c, images } }) => [
        cell(disagree, allImages, raters, models),
        ...[a, c].map((curve) => cell(curve, images, raters, models)),
      ]),
    ]),
    notes: [`${exactly} All shares are percent of images; the other number is the target.`, sameAsTables],
  });
}

/** Types of one target with fewer raters of one side. */
interface TypeCurves {
  a: RarefiedCurve;
  c: RarefiedCurve;
  /** How many images have a type with r raters, r = 1, 2, ... */
  images: readonly number[];
}

/** One target with fewer networks; with fewer people, as far as anybody labelled. */
export interface RarefiedGroup {
  target: string;
  models: number;
  networks: Rarefaction & TypeCurves & { allImages: readonly number[] };
  people: TypeCurves | null;
}

/** How statistics change with the number of raters, exactly; entry r - 1 is of r raters. */
export interface Rarefied {
  labelers: number;
  people: Rarefaction | null;
  /** How many images have r labels, r = 1, 2, ... */
  peopleImages: readonly number[];
  groups: RarefiedGroup[];
}

/** Null where a type has no images with labels to be of. */
export function rarefied(view: View): Rarefied {
  const { labelers } = view.data;
  const people = labelers && countLabels(view, labelers.labels);
  const n = labelers?.labels.length ?? 0;
  const images = view.data.stimuli.items.map((item, id) => ({ ...item, id }));
  const pairs = { images, units: pairUnits(images) };
  return {
    labelers: n,
    people: people && rarefy(people, n, pairs),
    peopleImages: people ? imagesWith(people, n) : [],
    groups: view.groups.map(({ target, group }) => {
      const labels = view.data.predictions.filter(({ repeat, target: of }) => repeat === null && of === Number(target));
      const networks = countLabels(
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
        networks: {
          ...{ ...rarefy(networks, models, pairs), allImages: imagesWith(networks, models) },
          ...rarefyTypes(networks, models, 'networks', peopleDisagree, pairs),
          images: imagesWith(networks, models, (image) => peopleDisagree(image) !== null),
        },
        people:
          people && models >= 2
            ? { ...rarefyTypes(people, n, 'people', networksDisagree, pairs), images: imagesWith(people, n) }
            : null,
      };
    }),
  };
}

function countLabels(view: View, raters: readonly ArrayLike<number | null>[]): LabelCounts {
  const images = view.data.stimuli.items.length;
  const values = new Int16Array(raters.length * images);
  raters.forEach((labels, rater) => {
    for (let image = 0; image < images; image++) values[rater * images + image] = imageLabel(labels, image) ?? missing;
  });
  return labelCounts({ raters: raters.length, images, classes: view.data.dataSet.classes.length, values });
}

const split = ({ classes, counts }: LabelCounts, image: number): boolean =>
  counts.subarray(image * classes, (image + 1) * classes).filter((count) => count > 0).length > 1;
