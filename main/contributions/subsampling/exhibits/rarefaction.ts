import {
  imagesWith,
  mostCurvePoints,
  type Rarefaction,
  type RarefiedCurve,
  type RarefiedPairs,
  rarefy,
  rarefyTypes,
} from '../analysis/rarefaction.ts';
import {
  named,
  noPeople,
  oncePerView,
  quantity,
  type StudyView,
  withIntervals,
} from '../../../exhibits/parts/index.ts';
import type { Cell, Exhibit } from '../../../contract/results/index.ts';
import { exactMean } from '../../../exhibits/index.ts';
import { whyNotOfKind } from '../../../domain/results/index.ts';
import { peopleWord, targetTitle } from '../../../domain/numbers/index.ts';

const exactly = `${exactMean} A single rater cannot disagree.`;

/** Note on intervals under the claim `anchors`; those of the tables can be under another one. */
export const sameAsTables =
  'With all raters, a value equals that of Tables 2 and 3. Its interval can differ from theirs: here all are under claim a, for these very raters.';

export const curvesEnd = `Images have more labels: curves end at ${mostCurvePoints}.`;

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
export function fewerPeopleExhibit(view: StudyView): Exhibit {
  const { people, peopleImages, labelers, groups } = rarefied(view);
  const known = groups.filter((group) => group.people !== null);
  const why = 'No image has that many labels.';
  const noLabels = whyNotOfKind(view.response, 'single');
  return withIntervals(view, {
    id: 'fewer-people',
    number: '',
    title: `Subsampling of ${peopleWord(view)}`,
    people: true,
    columns: [
      ...[
        { name: named(view, 'People') },
        share('Do not all agree, %'),
        { name: 'Classes an image', decimals: 2, interval: true },
      ],
      ...known.flatMap(({ target }) => [
        share(`Type A, ${targetTitle(target)}`),
        share(`Type C, ${targetTitle(target)}`),
      ]),
    ],
    rows: sizes(labelers).map((raters) => [
      ...[
        raters,
        at(people?.disagree, peopleImages, raters, why),
        at(noLabels ? undefined : people?.distinct, peopleImages, raters, noLabels ?? why),
      ],
      ...known.flatMap(({ people: types }) =>
        [types?.a, types?.c].map((curve) => at(curve, types?.images ?? [], raters, why)),
      ),
    ]),
    notes: [exactly, sameAsTables, ...(view.labelers > mostCurvePoints ? [curvesEnd] : [])],
  });
}

/** What fewer networks would have shown, the people as they are. */
export function fewerNetworksExhibit(view: StudyView): Exhibit {
  const { groups } = rarefied(view);
  const most = Math.max(0, ...groups.map(({ models }) => models));
  const cell = (curve: RarefiedCurve, n: readonly number[], raters: number, models: number): Cell =>
    at(curve, n, raters, raters > models ? 'There are fewer networks than that.' : noPeople(view));
  return withIntervals(view, {
    id: 'fewer-networks',
    number: '',
    title: 'Subsampling of networks',
    people: true,
    columns: [
      { name: 'Networks' },
      ...groups.flatMap(({ target }) =>
        ['Do not all agree', 'Type A', 'Type C'].map((name) => share(`${name}, ${targetTitle(target)}`)),
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

/** One target with fewer networks; with fewer people, as far as anybody labeled. */
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
export const rarefied = oncePerView((view: StudyView): Rarefied => {
  const { humans, input, claimUnits } = view.context();
  const people = view.labelers > 0 ? humans.drawn : null;
  const n = Math.min(view.labelers, mostCurvePoints);
  const pairs: RarefiedPairs = { images: input.images, units: claimUnits };
  const { status } = humans.view;
  const peopleDisagree = (image: number): boolean | null =>
    status[image] == null ? null : status[image] === 'disagree';
  return {
    labelers: n,
    people: people && rarefy(people, n, pairs),
    peopleImages: people ? imagesWith(people, n) : [],
    groups: view.groups.map(({ target, view: viewed }) => {
      const { counts: networks, group } = viewed();
      const networksDisagree = (image: number): boolean => group.votes.distinct[image]! > 1;
      const models = group.members.length;
      return {
        target,
        models,
        networks: {
          ...rarefy(networks, models, pairs),
          allImages: imagesWith(networks, models),
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
});
