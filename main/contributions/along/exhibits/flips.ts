import { labelAt, type People, whyNotKnown } from '../../../analysis/labels/index.ts';
import { type CorrectedInterval, resampling } from '../../../analysis/statistics/index.ts';
import { scoreOf } from '../../../analysis/responses/index.ts';
import { crossingInterval, type PairFlips } from '../analysis/flip-point.ts';
import { groupAlong, peopleAlong } from '../analysis/part.ts';
import { pairName, type PairRow } from '../../../analysis/outcomes/index.ts';
import {
  count,
  crossingMethod,
  groupSoftmax,
  meanCell,
  named,
  nobodyLeftOut,
  noInterval,
  oncePerView,
  type StudyNumbers,
  type StudyView,
  undefinedCell,
  whyNotPersons,
  withIntervals,
} from '../../../exhibits/parts/index.ts';
import { noCrossing, noCrossings, noFlips, noneAlone, whyNoFlip } from './reasons.ts';
import { at, className, peopleWord, targetOfKey } from '../../../domain/numbers/index.ts';
import type { Cell, Column, Exhibit, Quantity } from '../../../contract/results/index.ts';

/** Flip points, pair by pair: of people, if any labeled, then of each group of networks (metrics.md 7). */
export const flipsExhibit = oncePerView((study: StudyView): Exhibit => {
  const raters = ratersAlong(study);
  const isCompared = study.labelers > 0 && study.groups.length > 0;
  const shown = columns.filter(({ name }) => name !== thirdClassesColumn || study.classes.length > 2);
  return withIntervals(study, {
    id: 'flip-points',
    number: '',
    title: 'Flip points',
    people: true,
    heads: 2,
    columns: shown.slice(0, isCompared ? undefined : -4).map(({ heading, ...column }) => ({
      ...column,
      ...(heading !== undefined && { heading: named(study, heading) }),
    })),
    rows: study
      .context()
      .pairs.flatMap((row) =>
        raters.map((each): Cell[] => [
          `${className(study.classes, row.i)} to ${className(study.classes, row.j)}`,
          ...flipCells(study, row, each),
          ...(isCompared ? deltaCells(study, row, each) : []),
        ]),
      ),
    notes: [
      'α*: where the majority label changes, midway between two images. Crossing: where both classes have the same share of labels, or of mean softmax.',
      `“α* of each rater”: mean ± population standard deviation over the n that have one. “Left out”: resamples, of ${resampling.bootstrap_resamples}, without a crossing.`,
      crossingMethod,
    ],
  });
});

const thirdClassesColumn = 'third classes';
const columns: readonly Column[] = [
  ...[
    { name: 'Pair', groups: true },
    { name: 'Who', heading: 'Raters' },
  ],
  { key: 'star', name: 'alpha*', heading: 'Flip point α*', decimals: 3 },
  ...['alpha out', 'alpha in'].map((name): Column => ({ name, decimals: 2, hiddenOn: ['page', 'latex'] })),
  { name: 'flips', hiddenOn: ['page', 'latex'] },
  ...[{ key: 'alone', name: 'alpha* one by one', heading: 'α* of each rater', decimals: 2, spread: true, showN: true }],
  { key: 'cross', name: 'shares cross', heading: 'Crossing [95 %]', decimals: 3, interval: true },
  { name: thirdClassesColumn, heading: 'Third classes' },
  // Columns of networks beside people.
  { key: 'delta_star', name: 'delta alpha*', heading: 'α* minus people’s', decimals: 2, difference: { of: 'star' } },
  { key: 'abs_delta_star', name: '|delta alpha*|', heading: '|α* minus people’s|', decimals: 2 },
  {
    key: 'delta_cross',
    name: 'delta crossing',
    heading: 'Crossing minus people’s',
    decimals: 2,
    difference: { of: 'cross' },
  },
  { name: '|delta crossing|', decimals: 3, hiddenOn: ['page', 'latex'] },
];

/** People, or a group of networks, along each pair. */
interface RatersAlong {
  readonly name: string;
  readonly of: 'labelers' | 'models';
  /** Why shares do not cross where that is not what their curves say: a sentence. */
  readonly noCrossing: string | null;
  /** Why nobody can be taken alone or left out: sentences; null: they can. */
  readonly noPersons: string | null;
  /** By name of the pair; with differences from people for networks. */
  readonly flips: Readonly<Record<string, PairFlips & { delta_star?: number | null; delta_cross?: number | null }>>;
  readonly differences: (row: PairRow) => Differences;
}

function ratersAlong(study: StudyView): RatersAlong[] {
  const { input } = study.context();
  const people: RatersAlong = {
    name: peopleWord(study),
    of: 'labelers',
    flips: study.humans ? peopleAlong(study.humans).alpha_star : {},
    noCrossing: null,
    noPersons: whyNotPersons(study),
    differences: (row) => peopleDifferences(row, input.people),
  };
  const groups = study.groups.map((compared): RatersAlong => {
    const softmax = groupSoftmax(study, compared);
    return {
      name: compared.raters,
      of: 'models',
      flips: groupAlong(compared.group).alpha_star.pairs,
      noCrossing: whyNotKnown(compared.group.answers, 'softmax'),
      noPersons: null,
      differences: (row) => softmaxDifferences(row, softmax, input.classes),
    };
  });
  return study.labelers > 0 ? [people, ...groups] : groups;
}

/** Flip point of the majority label, flip points of each rater alone, and where the shares cross. */
function flipCells(study: StudyView, row: PairRow, raters: RatersAlong): Cell[] {
  const { input } = study.context();
  const flips = raters.flips[pairName(row, input.classes)];
  const differences = raters.differences(row);
  const isLabeled =
    raters.of === 'models' ||
    flips?.majority != null ||
    differences.some((each) => each.some((value) => !Number.isNaN(value)));
  const label = raters.of === 'labelers' ? 'majority label' : 'most frequent label';
  const alphas = row.images.map((image) => at(input.images, image).alpha ?? 0);
  const interval =
    flips?.cross.alpha_cross == null
      ? null
      : raters.of === 'labelers' && differences.length === 0
        ? nobodyLeftOut
        : crossingInterval(alphas, differences);
  const {
    alpha_star: star,
    alpha_out: out = null,
    alpha_in: into = null,
    n_flips: times = null,
  } = flips?.majority ?? {};
  return [
    raters.name,
    count(star, {
      reason: isLabeled ? whyNoFlip(flips?.majority, label) : 'Nobody labeled an image of this pair.',
      note: times !== null && times > 1 ? `${times} flips` : '',
    }),
    ...[out, into, times],
    meanCell(flips?.individuals ?? { mean: null, std: null, n: 0 }, raters.of, {
      reason: raters.noPersons ?? noneAlone,
    }),
    crossed(flips?.cross.alpha_cross, interval, raters.noCrossing ?? noCrossing),
    ...(input.classes > 2
      ? [(flips?.majority?.third_labels ?? []).map((k) => className(study.classes, k)).join(', ')]
      : []),
  ];
}

/** How far networks are from people. */
function deltaCells(study: StudyView, row: PairRow, { of, flips }: RatersAlong): Cell[] {
  if (of === 'labelers') return [null, null, null, null];
  const { delta_star: star = null, delta_cross: cross = null } = flips[pairName(row, study.classes.length)] ?? {};
  return [
    ...[count(star, { reason: noFlip }), count(absolute(star), { reason: noFlip })],
    ...[count(cross, { reason: noCross }), count(absolute(cross), { reason: noCross })],
  ];
}

const noFlip = 'One of the two has no flip point.';
const noCross = 'The shares of one of the two do not cross.';

const absolute = (of: number | null): number | null => (of === null ? null : Math.abs(of));

/** @param interval or why there is none, a sentence */
function crossed(
  value: number | null | undefined,
  interval: CorrectedInterval | string | null,
  because: string,
): Quantity {
  if (value == null) return undefinedCell(because);
  if (!interval) return count(value);
  if (typeof interval === 'string') return { ...count(value), interval: noInterval(interval) };
  const { lo, hi, units, n_null: nNull } = interval;
  return {
    ...count(value),
    interval: { lo, hi, claim: 'raters', units: 'raters', n: units, nNull, undefined: null },
  };
}

/** What intervals of crossings are drawn from: share of the second class less that of the first, one list per rater. */
type Differences = readonly Float64Array[];

/**
 * Differences of people: 1 for the second class, -1 for the first, 0 for another; of sets, the parts of the person's vote;
 * of ratings, their difference. NaN without an answer. None where nobody knows who gave which answer.
 */
function peopleDifferences({ i, j, images }: PairRow, people: People): Differences {
  if (people.kind === 'counts' || people.isAnonymous) return [];
  const each = people.labelers.map(() => new Float64Array(images.length).fill(Number.NaN));
  if ('labels' in people) {
    each.forEach((differences, labeler) => {
      images.forEach((image, place) => {
        const label = labelAt(people.labels, labeler, image);
        if (label !== null) differences[place] = Number(label === j) - Number(label === i);
      });
    });
    return each;
  }
  const placeOf = new Map(images.map((image, place) => [image, place]));
  const named = (set: readonly number[], k: number): number => (set.includes(k) ? 1 / set.length : 0);
  for (const answer of people.answers) {
    const place = placeOf.get(answer.image);
    if (place === undefined) continue;
    at(each, answer.labeler)[place] =
      'labels' in answer
        ? named(answer.labels, j) - named(answer.labels, i)
        : (scoreOf(answer, { pairI: i, pairJ: j }) ?? Number.NaN);
  }
  return each;
}

/** Differences of softmax. @param classes number of classes in a row of softmax */
const softmaxDifferences = (row: PairRow, models: readonly ArrayLike<number>[], classes: number): Differences =>
  models.map((softmax) =>
    Float64Array.from(
      row.images,
      (image) => (softmax[image * classes + row.j] ?? 0) - (softmax[image * classes + row.i] ?? 0),
    ),
  );

/** metrics.md 7's spreads over pairs: how far networks flip from where people do. */
export function flipDistancesExhibit(study: StudyNumbers): Exhibit {
  const people = peopleWord(study);
  const rows = study.groups.map(({ target, group }): Cell[] => {
    const { alpha_star: all } = groupAlong(group);
    const reason = whyNotKnown(group.answers, 'softmax') ?? noCrossings(study);
    const [flips, crossings] = [{ reason: noFlips(study) }, { reason }];
    return [
      targetOfKey(target),
      ...[all.delta_star, all.abs_delta_star].map((of) => meanCell(of, 'pairs of classes', flips)),
      ...[all.delta_cross, all.abs_delta_cross].map((of) => meanCell(of, 'pairs of classes', crossings)),
    ];
  });
  const columns = [
    { key: 'star', name: 'Difference of flips' },
    { key: 'abs_star', name: 'Distance of flips' },
    { key: 'cross', name: 'Difference of crossings' },
    { key: 'abs_cross', name: 'Distance of crossings' },
  ];
  return {
    id: 'flip-distances',
    number: '',
    title: `How far networks flip from where ${people} do`,
    people: true,
    rows,
    columns: [
      { name: 'Target %' },
      ...columns.map((column) => ({ ...column, decimals: 3, spread: true, showN: true })),
    ],
    notes: [
      `In alpha; mean ± population standard deviation over the n pairs that have one. Difference: networks minus ${people}. Distance: the same without its sign.`,
    ],
  };
}
