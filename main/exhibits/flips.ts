import { whyNotKnown } from '../analysis/known-answers.ts';
import { resampling, type CorrectedInterval } from '../analysis/intervals.ts';
import type { Ratings, SetAnswer } from '../analysis/answers.ts';
import { type FlipPoint, type PairFlips, crossingInterval } from '../analysis/flip-point.ts';
import { scoreOf } from '../analysis/response-ratings.ts';
import { pairName, pairRows, type PairRow } from '../analysis/input.ts';
import {
  nobodyLeftOut,
  noCrossing,
  noCrossings,
  noFlips,
  noneAlone,
  noPeople,
  whyNotPersons,
  whyNoFlip,
} from './reasons.ts';
import { named, type StudyNumbers } from './study-numbers.ts';
import { peopleWord } from '../domain/format.ts';
import { oncePerView } from './study-view.ts';
import { peopleAlone, type View, imageLabel, targetMembers } from './view.ts';
import type { Cell, Column, Exhibit, Quantity } from '../contract/exhibit.ts';
import { count, crossingMethod, meanCell, noInterval, orWhy, undefinedCell, withIntervals } from './cells.ts';
import { targetOfKey } from '../domain/targets.ts';

/** Flip points of people and networks, pair by pair (metrics.md 7). */
export const flipsExhibit = oncePerView((view: View): Exhibit => {
  const pairs = pairRows(view.data.stimuli.items);
  const ofPeople = new Map(pairs.map((row) => [row, peopleCells(view, row)]));
  if (peopleAlone(view)) return flipsOfPeople(view, pairs, ofPeople);
  const rows = view.groups.flatMap(({ target }) =>
    pairs.map((row): Cell[] => [
      ...[targetOfKey(target), pairText(view, row)],
      ...(ofPeople.get(row) ?? []),
      ...networkCells(view, target, row),
      ...deltaCells(view, target, row),
      ...(hasThird(view) ? thirdClasses(view, target, row) : []),
    ]),
  );
  return withIntervals(view, {
    id: 'flip-points',
    number: '',
    title: 'Where labels flip along alpha',
    people: true,
    rows,
    columns: [
      ...[{ name: 'Target %' }, { name: 'Pair' }, ...flipColumns(view.people), ...flipColumns('Networks')],
      ...['Difference of flips', 'Difference of crossings'].map((name) => ({ name, decimals: 3 })),
      ...['Distance of flips', 'Distance of crossings'].map((name) => ({
        name,
        decimals: 3,
        hiddenOn: ['page', 'latex'],
      })),
      ...(hasThird(view) ? [`Third classes, ${peopleWord(view)}`, 'Third classes, networks'] : []).map((name) => ({
        name,
      })),
    ],
    notes: [
      `Flip: the middle between leaving the first class and arriving at the second, of the majority label. Each alone: mean ± population standard deviation of the flips of single ${peopleWord(view)} or networks, n of those that have one. Shares cross: of the labels that ${peopleWord(view)} gave, and of mean softmax; with the 95 % interval that redraws ${peopleWord(view)} or networks; left out: resamples, of ${resampling.bootstrap_resamples}, in which they do not cross. Differences: networks minus ${peopleWord(view)}.${hasThird(view) ? ' Third classes: most frequent labels on the way that are neither of the pair.' : ''}`,
      crossingMethod,
    ],
  });
});

const flipColumns = (whose: string) => [
  { name: `${whose}: flip`, decimals: 3 },
  { name: `${whose}: each alone`, decimals: 3, spread: true, showN: true },
  { name: `${whose}: shares cross`, decimals: 3, interval: true },
];

/** Flip points where no network has answered. */
function flipsOfPeople(view: View, pairs: readonly PairRow[], ofPeople: ReadonlyMap<PairRow, Cell[]>): Exhibit {
  const word = peopleWord(view);
  return withIntervals(view, {
    id: 'flip-points',
    number: '',
    title: 'Where labels flip along alpha',
    people: true,
    columns: [
      { name: 'Pair' },
      ...flipColumns(view.people),
      ...(hasThird(view) ? [{ name: `Third classes, ${word}` }] : []),
    ],
    rows: pairs.map((row) => [
      pairText(view, row),
      ...(ofPeople.get(row) ?? []),
      ...(hasThird(view)
        ? [thirdClassNames(view, view.data.analysis?.humans.alpha_star[rowPairName(view, row)]?.majority)]
        : []),
    ]),
    notes: [
      `Flip: the middle between leaving the first class and arriving at the second, of the majority label. Each alone: mean ± population standard deviation of the flips of single ${word}, n of those that have one. Shares cross: of the labels that ${word} gave; with the 95 % interval that redraws ${word}; left out: resamples, of ${resampling.bootstrap_resamples}, in which they do not cross.${hasThird(view) ? ' Third classes: majority labels on the way that are neither of the pair.' : ''}`,
      crossingMethod,
    ],
  });
}

/** metrics.md 7's spreads over pairs: how far networks flip from where people do. */
export function flipDistancesExhibit(study: StudyNumbers): Exhibit {
  const people = peopleWord(study);
  const rows = study.groups.map(({ target, group: { alpha_star: all, answers } }): Cell[] => {
    const reason = whyNotKnown(answers, 'softmax') ?? noCrossings(study);
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

/** People, or a group of networks, along each pair. */
export interface RatersAlong {
  /** `people`, or a group's title. */
  readonly title: string;
  readonly of: 'labelers' | 'models';
  /** Why shares do not cross where that is not what their curves say: a sentence. */
  readonly noCrossing?: string | null;
  /** Why nobody can be taken alone or left out: sentences; null: they can. */
  readonly noPersons?: string | null;
  /** By name of the pair; with differences from people for networks. */
  readonly flips: Readonly<Record<string, PairFlips & { delta_star?: number | null; delta_cross?: number | null }>>;
  readonly differences: (row: PairRow) => Differences;
}

/** One pair of classes along alpha. */
export interface PairAlong {
  readonly row: PairRow;
  readonly name: string;
  /** `4 to 9`. */
  readonly title: string;
  /** Alphas of `row.images`. */
  readonly alphas: readonly number[];
}

/** Flip points of any raters in rows: for each pair, a row for each of `raters`. */
export function ratersFlipsExhibit(
  study: Pick<StudyNumbers, 'rehearsal'>,
  pairs: readonly PairAlong[],
  raters: readonly RatersAlong[],
  classes: readonly string[],
): Exhibit {
  const columns = ratersFlipsColumns.filter(({ name }) => name !== thirdClassesColumn || classes.length > 2);
  const isCompared = raters.some(({ of }) => of === 'labelers') && raters.some(({ of }) => of === 'models');
  return withIntervals(study, {
    id: 'flips',
    number: '',
    title: 'Flip points',
    people: true,
    heads: 2,
    columns: columns.slice(0, isCompared ? undefined : -4).map(({ heading, ...column }) => ({
      ...column,
      ...(heading !== undefined && { heading: named(study, heading) }),
    })),
    rows: pairs.flatMap((pair) =>
      raters.map((each): Cell[] => [
        pair.title,
        ...ratersCells(pair, each, classes),
        ...(isCompared ? ratersDeltaCells(pair, each) : []),
      ]),
    ),
    notes: [
      'α*: where the majority label changes. Crossing: where both classes have the same share of labels, or of mean softmax.',
      'Only the crossing has an interval: α* can only lie midway between two images. “α* of each rater” shows how much raters differ.',
    ],
  });
}

const thirdClassesColumn = 'third classes';
const ratersFlipsColumns: readonly Column[] = [
  ...[
    { name: 'Pair', groups: true },
    { name: 'Who', heading: 'Raters' },
  ],
  { key: 'star', name: 'alpha*', heading: 'Flip point α*', decimals: 2 },
  ...['alpha out', 'alpha in'].map((name): Column => ({ name, decimals: 2, hiddenOn: ['page', 'latex'] })),
  { name: 'flips', hiddenOn: ['page', 'latex'] },
  ...[{ key: 'alone', name: 'alpha* one by one', heading: 'α* of each rater', decimals: 2, spread: true, showN: true }],
  { key: 'cross', name: 'shares cross', heading: 'Crossing [95 %]', decimals: 3, interval: true },
  { name: thirdClassesColumn, heading: 'Third classes' },
  // Columns of networks beside people.
  { key: 'delta_star', name: 'delta alpha*', heading: 'α* minus people’s', decimals: 2 },
  { key: 'abs_delta_star', name: '|delta alpha*|', heading: '|α* minus people’s|', decimals: 2 },
  { key: 'delta_cross', name: 'delta crossing', heading: 'Crossing minus people’s', decimals: 3 },
  { name: '|delta crossing|', decimals: 3, hiddenOn: ['page', 'latex'] },
];

function ratersCells({ row, name, alphas }: PairAlong, raters: RatersAlong, classes: readonly string[]): Cell[] {
  const flips = raters.flips[name];
  const differences = raters.differences(row);
  const isLabeled =
    raters.of === 'models' ||
    flips?.majority != null ||
    differences.some((each) => each.some((value) => !Number.isNaN(value)));
  const label = raters.of === 'labelers' ? 'majority label' : 'most frequent label';
  const interval =
    flips?.cross.alpha_cross == null
      ? null
      : raters.of === 'labelers' && differences.length === 0
        ? nobodyLeftOut
        : crossingInterval(alphas, differences);
  const { star, alone, cross } = flipCells(flips, interval, raters.of, {
    star: isLabeled ? whyNoFlip(flips?.majority, label) : 'Nobody labeled an image of this pair.',
    alone: raters.noPersons ?? noneAlone,
    cross: raters.noCrossing ?? noCrossing,
  });
  const { alpha_out: out = null, alpha_in: into = null, n_flips: times = null } = flips?.majority ?? {};
  return [
    raters.title,
    { ...star, ...(times !== null && times > 1 && { note: `${times} flips` }) },
    ...[out, into, times, alone, cross],
    ...(classes.length > 2
      ? [(flips?.majority?.third_labels ?? []).map((k) => classes[k] ?? String(k)).join(', ')]
      : []),
  ];
}

function ratersDeltaCells({ name }: PairAlong, { of, flips }: RatersAlong): Cell[] {
  if (of === 'labelers') return [null, null, null, null];
  const { delta_star: star = null, delta_cross: cross = null } = flips[name] ?? {};
  return [
    ...[count(star, { reason: noFlip }), count(absolute(star), { reason: noFlip })],
    ...[count(cross, { reason: noCross }), count(absolute(cross), { reason: noCross })],
  ];
}

/** Why the numbers of a pair are undefined. */
interface FlipReasons {
  star: string;
  alone: string;
  cross: string;
}

/** Flip point of the majority label, flip points of each rater alone, and where the shares cross. */
function flipCells(
  flips: PairFlips | undefined,
  interval: Crossed | string | null,
  of: 'labelers' | 'models',
  why: FlipReasons,
): { star: Quantity; alone: Quantity; cross: Quantity } {
  return {
    star: count(flips?.majority?.alpha_star, { reason: why.star }),
    alone: meanCell(flips?.individuals ?? { mean: null, std: null, n: 0 }, of, {
      reason: why.alone,
    }),
    cross: crossed(flips?.cross.alpha_cross, interval, why.cross),
  };
}

function peopleCells(view: View, row: PairRow): Cell[] {
  const flips = view.data.analysis?.humans.alpha_star[rowPairName(view, row)];
  const nobody = view.data.labelers === null ? noPeople(view) : null;
  const { star, alone, cross } = flipCells(flips, peopleCrossing(view, row), 'labelers', {
    star: nobody ?? whyNoFlip(flips?.majority, 'majority label'),
    alone: nobody ?? whyNotPersons(view) ?? noneAlone,
    cross: nobody ?? noCrossing,
  });
  return [star, alone, cross];
}

function networkCells(view: View, target: string, row: PairRow): Cell[] {
  const flips = groupFlips(view, target, row);
  const { star, alone, cross } = flipCells(flips, networkCrossing(view, target, row), 'models', {
    star: whyNoFlip(flips?.majority, 'most frequent label'),
    alone: noneAlone,
    cross: noCrossing,
  });
  return [star, alone, cross];
}

function deltaCells(view: View, target: string, row: PairRow): Cell[] {
  const { delta_star: star = null, delta_cross: cross = null } = groupFlips(view, target, row) ?? {};
  const nobody = view.data.labelers === null ? noPeople(view) : null;
  const [whyStar, whyCross] = [nobody ?? noFlip, nobody ?? noCross];
  return [
    ...[orWhy(star, whyStar), orWhy(cross, whyCross)],
    ...[orWhy(absolute(star), whyStar), orWhy(absolute(cross), whyCross)],
  ];
}

const noFlip = 'One of the two has no flip point.';
const noCross = 'The shares of one of the two do not cross.';

const absolute = (of: number | null): number | null => (of === null ? null : Math.abs(of));

function thirdClasses(view: View, target: string, row: PairRow): Cell[] {
  const people = view.data.analysis?.humans.alpha_star[rowPairName(view, row)];
  const networks = groupFlips(view, target, row);
  return [thirdClassNames(view, people?.majority), thirdClassNames(view, networks?.majority)];
}

/** Whether anything can be called by the name of a class that is not of its pair. */
const hasThird = ({ data }: View): boolean => data.dataSet.classes.length > 2;

const thirdClassNames = (view: View, flip: FlipPoint | null | undefined): string =>
  (flip?.third_labels ?? []).map((label) => view.long(label)).join(', ');

/** `0-1`, or `brown bear to cat`. */
function pairText(view: View, { i, j }: PairRow): string {
  const names = [view.long(i), view.long(j)];
  return names.join(names.every((name) => [...name].length <= 2) ? '-' : ' to ');
}

const rowPairName = (view: View, row: PairRow): string => pairName(row, view.data.dataSet.classes.length);

const groupFlips = (view: View, target: string, row: PairRow) =>
  view.groups.find((each) => each.target === target)?.group.alpha_star.pairs[rowPairName(view, row)];

/** @param interval or why there is none, a sentence */
function crossed(value: number | null | undefined, interval: Crossed | string | null, because: string): Quantity {
  if (value == null) return undefinedCell(because);
  if (!interval) return count(value);
  if (typeof interval === 'string') return { ...count(value), interval: noInterval(interval) };
  const { lo, hi, units, n_null: nNull } = interval;
  return {
    ...count(value),
    interval: { lo, hi, claim: 'raters', units: 'raters', n: units, nNull, undefined: null },
  };
}

/** 95 % interval of where the shares of a pair's classes cross, raters redrawn; null where there is none. */
export type Crossed = Pick<CorrectedInterval, 'lo' | 'hi' | 'units' | 'n_null'>;

const none: Crossed = { lo: null, hi: null, units: 0, n_null: 0 };

/** What intervals of crossings are drawn from: share of the second class less that of the first, one list per rater. */
type Differences = readonly Float64Array[];

/** One person's answers, by places of images. */
interface PersonAnswers {
  readonly labels: ArrayLike<number | null>;
  /** Where they are sets, or ratings. */
  readonly sets?: readonly Pick<SetAnswer, 'image' | 'labels'>[] | undefined;
  readonly ratings?: readonly Pick<Ratings, 'image' | 'ratings'>[] | undefined;
}

/**
 * Differences of people: 1 for the second class, -1 for the first, 0 for another; of sets, the parts of the person's vote;
 * of ratings, their difference. NaN without an answer.
 */
export const peopleDifferences = (row: PairRow, people: readonly PersonAnswers[]): Differences =>
  people.map(({ labels, sets, ratings }) => {
    const of = differenceOf(row, labels, sets, ratings);
    return Float64Array.from(row.images, (image) => of(image) ?? Number.NaN);
  });

function differenceOf(
  { i, j }: PairRow,
  labels: PersonAnswers['labels'],
  sets: PersonAnswers['sets'],
  ratings: PersonAnswers['ratings'],
): (image: number) => number | null {
  const named = (set: readonly number[], k: number): number => (set.includes(k) ? 1 / set.length : 0);
  const known = sets
    ? sets.map(({ image, labels: set }) => [image, named(set, j) - named(set, i)] as const)
    : ratings?.map((answer) => [answer.image, scoreOf(answer, { pairI: i, pairJ: j })] as const);
  if (known) {
    const byImage = new Map(known);
    return (image) => byImage.get(image) ?? null;
  }
  return (image) => {
    const label = imageLabel(labels, image);
    return label === null ? null : (label === j ? 1 : 0) - (label === i ? 1 : 0);
  };
}

/** Differences of softmax. @param classes number of classes in a row of softmax */
export const softmaxDifferences = (row: PairRow, models: readonly ArrayLike<number>[], classes: number): Differences =>
  models.map((softmax) =>
    Float64Array.from(
      row.images,
      (image) => (softmax[image * classes + row.j] ?? 0) - (softmax[image * classes + row.i] ?? 0),
    ),
  );

const peopleCrossing = (view: View, row: PairRow): Crossed | string =>
  view.isAnonymous
    ? nobodyLeftOut
    : (crossingInterval(imageAlphas(view, row), peopleDifferences(row, answersOfPeople(view))) ?? none);

const answersOfPeople = ({ data: { labelers } }: View): PersonAnswers[] =>
  (labelers?.labels ?? []).map((labels, at) => ({
    labels,
    sets: labelers?.sets?.[at],
    ratings: labelers?.ratings?.[at],
  }));

/** Crossing of the networks at a target. */
function networkCrossing(view: View, target: string, row: PairRow): Crossed {
  const differences = softmaxDifferences(
    row,
    targetMembers(view, target).map(({ softmax }) => softmax),
    view.data.dataSet.classes.length,
  );
  return crossingInterval(imageAlphas(view, row), differences) ?? none;
}

const imageAlphas = (view: View, row: PairRow): number[] =>
  row.images.map((image) => view.data.stimuli.items[image]?.alpha ?? Number.NaN);
