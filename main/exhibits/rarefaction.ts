import {
  imagesWith,
  mostCurvePoints,
  type Rarefaction,
  type RarefiedCurve,
  type RarefiedPairs,
  rarefy,
  rarefyTypes,
} from '../analysis/rarefaction.ts';
import type { HumanStatus } from '../analysis/humans.ts';
import { noPeople, twoModels, whyUndetermined } from './reasons.ts';
import { named, peopleNumber, type StudyNumbers, typeColumn } from './study-numbers.ts';
import { countLabels, oncePerView, reportImages, targetMembers, type View } from './view.ts';
import type { Cell, Exhibit } from '../contract/exhibit.ts';
import { pairUnits } from '../analysis/units.ts';
import { count, quantity, withIntervals } from './cells.ts';
import type { DiverseAnalysis } from '../analysis/diverse.ts';
import { type LabelCounts, tallyCounts } from '../analysis/labels.ts';
import { percent } from '../analysis/spread.ts';
import type { TypeShare, TypesAt } from '../analysis/types-at.ts';
import { whyNotOfKind } from '../domain/response-kinds.ts';
import { peopleWord } from '../domain/format.ts';
import { targetTitle, targetOfKey } from '../domain/targets.ts';

const exactMean =
  'Exact: the mean over all ways to choose that many of an image’s labels (Hurlbert 1971), over the images that have them.';
const exactly = `${exactMean} A single rater cannot disagree.`;

/** Note on intervals under the claim `anchors`; those of the tables can be under another one. */
export const sameAsTables =
  'With all raters a value is that of Tables 2 and 3. Its interval there can be another one: here all are under claim a, for these very raters.';

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
export function fewerPeopleExhibit(view: View): Exhibit {
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
        { name: view.people },
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
export function fewerNetworksExhibit(view: View): Exhibit {
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

/** One group of networks, as `typesAtExhibit` needs it. */
export interface TypedGroup extends Pick<DiverseAnalysis, 'types' | 'intervals'> {
  /** Target accuracy, or title. */
  readonly title: Cell;
  readonly at: TypesAt;
}

/**
 * Types as they would be if `asked` people had been asked, beside those with all labels. No rows where nobody has more
 * labels than that.
 */
export function typesAtExhibit(study: StudyNumbers, asked: number, groups: readonly TypedGroup[]): Exhibit {
  const rows = groups.flatMap(({ title, types, intervals, at: { types: fewer, intervals: ofFewer } }): Cell[][] => {
    const reason = fewer.n_images === 0 ? 'No image has that many labels.' : twoModels;
    const share = (name: TypeShare): Cell => count(fewer[name], { reason, interval: ofFewer?.[name] });
    const n = types?.n_images ?? 0;
    const all = (value: number | null | undefined, name: TypeShare): Cell =>
      quantity(value, n, 'images', {
        reason: whyUndetermined(study, types === null ? 0 : 2),
        interval: intervals?.[name],
      });
    const bothAgree = types && percent(types.counts.both_agree, n);
    return [
      [
        ...[title, named(study, `${asked} people`), fewer.n_images, share('type_a_pct'), share('both_disagree_pct')],
        ...[share('both_agree_pct'), share('exception_pct'), share('type_c_pct')],
      ],
      [
        ...[title, `all: ${peopleNumber(study)}`, n, all(types?.type_a_pct, 'type_a_pct')],
        ...[all(types?.both_disagree_pct, 'both_disagree_pct'), all(bothAgree, 'both_agree_pct')],
        ...[all(types?.exception_pct, 'exception_pct'), all(types?.type_c_pct, 'type_c_pct')],
      ],
    ];
  });
  return withIntervals(study, {
    id: 'types-at',
    number: '',
    people: true,
    heads: 2,
    rows: study.labelers > asked ? rows : [],
    title: named(study, `Types if ${asked} people had been asked, percent`),
    columns: [
      { name: 'Target %', unit: '%', groups: true },
      { name: named(study, 'People') },
      { name: 'Images' },
      ...(
        [
          ['type_a_pct', typeColumn(study, 'type_a')],
          ['both_disagree_pct', typeColumn(study, 'both_disagree')],
          ['both_agree_pct', typeColumn(study, 'both_agree')],
          ['exception_pct', { name: 'Exceptions' }],
          ['type_c_pct', typeColumn(study, 'type_c')],
        ] as const
      ).map(([key, column]) => ({ key, ...column, unit: '%' as const, decimals: 1, interval: true })),
    ],
    notes: [
      named(
        study,
        'The more people are asked, the more images have somebody who disagrees: shares of types can be compared only at the same number of people.',
      ),
      `${exactMean} Exceptions are part of “both agree”.`,
    ],
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
interface RarefiedGroup {
  target: string;
  models: number;
  networks: Rarefaction & TypeCurves & { allImages: readonly number[] };
  people: TypeCurves | null;
}

/** Types at each target if as many people had been asked as the report's choice says. */
export function reportTypesAtExhibit(view: View): Exhibit {
  const groups = view.groups.flatMap(({ target, group: { types, intervals, types_at: found } }): TypedGroup[] =>
    found ? [{ title: targetOfKey(target), types, intervals, at: found }] : [],
  );
  return typesAtExhibit(view, view.choice.asked, groups);
}

/** How statistics change with the number of raters, exactly; entry r - 1 is of r raters. */
export interface Rarefied {
  labelers: number;
  people: Rarefaction | null;
  /** How many images have r labels, r = 1, 2, ... */
  peopleImages: readonly number[];
  groups: RarefiedGroup[];
}

/** Of a report: every target. */
export const rarefied = oncePerView((view): Rarefied => {
  const images = reportImages(view);
  return rarefyStudy({
    pairs: { images, units: pairUnits(images) },
    labels: view.drawn,
    labelers: view.labelers,
    status: view.data.analysis?.humans.status ?? [],
    groups: view.groups.map(({ target, group }) => ({
      target,
      models: group.n_models,
      votes: networkCounts(view, target),
    })),
  });
});

/** People and groups of networks, whose numbers vary. */
interface RarefiedStudy {
  readonly pairs: RarefiedPairs;
  /** Labels of people by image; null: nobody labeled. */
  readonly labels: LabelCounts | null;
  readonly labelers: number;
  /** Whether people agree on each image; null: too few labels. */
  readonly status: readonly (HumanStatus | null)[];
  readonly groups: readonly { readonly target: string; readonly models: number; readonly votes: LabelCounts }[];
}

/** Null where a type has no images with labels to be of. */
export function rarefyStudy({ pairs, labels, labelers, status, groups }: RarefiedStudy): Rarefied {
  const n = Math.min(labelers, mostCurvePoints);
  const peopleDisagree = (image: number): boolean | null => {
    const found = status[image] ?? null;
    return found === null ? null : found === 'disagree';
  };
  return {
    labelers: n,
    people: labels && rarefy(labels, n, pairs),
    peopleImages: labels ? imagesWith(labels, n) : [],
    groups: groups.map(({ target, models, votes }) => {
      const { distinct } = tallyCounts(votes);
      const networksDisagree = (image: number): boolean => distinct[image]! > 1;
      const present = votes.present[0] ?? 0;
      return {
        target,
        models,
        networks: {
          ...rarefy(votes, present, pairs),
          allImages: imagesWith(votes, present),
          ...rarefyTypes(votes, present, 'networks', peopleDisagree, pairs),
          images: imagesWith(votes, present, (image) => peopleDisagree(image) !== null),
        },
        people:
          labels && present >= 2
            ? { ...rarefyTypes(labels, n, 'people', networksDisagree, pairs), images: imagesWith(labels, n) }
            : null,
      };
    }),
  };
}

/** Votes of the diverse networks at a target: each network has a label for each image. */
function networkCounts(view: View, target: string): LabelCounts {
  const [images, classes] = [view.data.stimuli.items.length, view.data.dataSet.classes.length];
  return countLabels(
    targetMembers(view, target).map(({ labels }) => labels),
    images,
    classes,
  );
}
