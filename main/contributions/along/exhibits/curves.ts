import { meanInterval, pairInfluences, type ShownInterval } from '../../../analysis/claims/index.ts';
import { type ImageInput, type PairRow, pairRows, pairUnits } from '../../../analysis/outcomes/index.ts';
import { whyNotKnown } from '../../../analysis/labels/index.ts';
import {
  type AlongPoint,
  curveOfShares,
  type CurveReason,
  labelsAlong,
  psychometricCurve,
  type PsychometricCurve,
  sharesAlong,
} from '../analysis/sharpness.ts';
import { spread } from '../../../analysis/statistics/index.ts';
import type { Cell, Exhibit, Quantity } from '../../../contract/results/index.ts';
import { at, className, peopleWord } from '../../../domain/numbers/index.ts';
import { whyNotOfKind } from '../../../domain/results/index.ts';
import {
  count,
  groupSoftmax,
  meanCell,
  named,
  oncePerView,
  type StudyNumbers,
  type StudyView,
  undefinedCell,
  type ViewedGroup,
  withIntervals,
} from '../../../exhibits/parts/index.ts';

/** Raters whose answers along a pair make a psychometric curve (metrics.md 18). */
export interface CurveRaters {
  /** `People`, or a group's title. */
  readonly title: string;
  readonly of: 'labelers' | 'models';
  /** Why there is no curve, a sentence; null: there are answers. */
  readonly none: string | null;
  /** Answers of all of them along a pair: labels, or mean softmax. */
  readonly points: (row: PairRow) => AlongPoint[];
  /** Softmax of each network, `[image][k]`. Empty: not known. */
  readonly networks: readonly ArrayLike<number>[];
}

/** Labels of people, or the softmax of networks, as psychometric curves are fitted to them. */
export interface CurveData {
  readonly images: readonly ImageInput[];
  readonly classes: number;
}

const alphaOf =
  ({ images }: CurveData) =>
  (image: number): number =>
    at(images, image).alpha ?? 0;

export const peopleCurves = (
  study: StudyNumbers,
  data: CurveData,
  votes: Parameters<typeof labelsAlong>[2],
): CurveRaters => ({
  title: named(study, 'People'),
  of: 'labelers',
  networks: [],
  none: whyNotOfKind(study.response, 'shares'),
  points: (row) => labelsAlong(row, alphaOf(data), votes),
});

/** @param mean softmax of the group, `[image][k]` @param none why it is not known */
export const networkCurves = (
  title: string,
  data: CurveData,
  { mean, networks, none }: { mean: ArrayLike<number>; networks: CurveRaters['networks']; none: string | null },
): CurveRaters => ({
  title,
  of: 'models',
  none,
  networks,
  points: (row) => sharesOf(data, row, mean).map(({ alpha, share }) => ({ alpha, ofJ: share, n: 1 })),
});

const sharesOf = (data: CurveData, row: PairRow, softmax: ArrayLike<number>) =>
  sharesAlong(row, alphaOf(data), (image, k) => softmax[image * data.classes + k]!);

/** The curves of one of the raters on one pair. */
interface FittedCurves {
  readonly all: PsychometricCurve;
  /** Curves of each network by itself; null: not known, or too many. */
  readonly each: readonly PsychometricCurve[] | null;
}

/** `[pair][rater]`, pairs in their order. */
export interface AllCurves {
  readonly data: CurveData;
  readonly rows: readonly PairRow[];
  readonly raters: readonly CurveRaters[];
  readonly fitted: readonly (readonly FittedCurves[])[];
}

/** Curves of single networks take about 0.1 ms each. */
const mostFits = 20_000;

export function fitCurves(data: CurveData, raters: readonly CurveRaters[]): AllCurves {
  const rows = pairRows(data.images);
  const fits = rows.length * raters.reduce((sum, { networks }) => sum + networks.length, 0);
  const curvesOf = ({ points, networks, none }: CurveRaters, row: PairRow): FittedCurves => ({
    all: none === null ? psychometricCurve(points(row)) : noCurve,
    each:
      networks.length === 0 || fits > mostFits
        ? null
        : networks.map((softmax) => curveOfShares(sharesOf(data, row, softmax))),
  });
  return { data, rows, raters, fitted: rows.map((row) => raters.map((each) => curvesOf(each, row))) };
}

const noCurve: PsychometricCurve = { centre: null, slope: null, lapse: null, reason: 'few_points' };

type Part = 'centre' | 'slope' | 'lapse';
const parts = ['centre', 'slope', 'lapse'] as const;

/** As it is shown: lapses are percent. */
const shownPart = (curve: PsychometricCurve, part: Part): number | null =>
  part === 'lapse' && curve.lapse !== null ? 100 * curve.lapse : curve[part];

const partColumns = {
  centre: { name: 'Center', decimals: 3 },
  slope: { name: 'Slope', decimals: 1 },
  lapse: { name: 'Lapse %', decimals: 1 },
} as const;

const reasons: Record<CurveReason, string> = {
  few_points: 'Fewer than three alphas have an answer for one of the two classes.',
  one_class: 'All answers are for one of the two classes.',
  no_rise: 'The share of the second class does not rise, or reaches one half only beyond the images.',
  step: 'The answers change between two neighboring images: any steeper curve fits as well.',
};

const curveNote =
  'A psychometric curve rises from the first class to the second: lapse/2 + (1 − lapse)/(1 + exp(−(α − center)/scale)), fitted by largest likelihood (Wichmann and Hill 2001) to the answers for one of the two classes. Center: where it passes one half. Slope: there, per unit of alpha. Lapse: share of answers that do not depend on the image, 12 % at most.';

/** Psychometric curves in rows: for each pair, a row for each of the raters. @param titles of the pairs */
export function curvesExhibit(study: StudyNumbers, curves: AllCurves, titles: readonly string[]): Exhibit {
  const { raters, fitted } = curves;
  const isOfNetworks = raters.some(({ of }) => of === 'models');
  const rows = fitted.flatMap((ofPair, pair) =>
    ofPair.map((own, place): Cell[] => {
      const rater = at(raters, place);
      return [
        ...[titles[pair] ?? '', rater.title],
        ...parts.map((part) =>
          count(shownPart(own.all, part), { reason: rater.none ?? reasons[own.all.reason ?? 'few_points'] }),
        ),
        ...(isOfNetworks ? parts.map((part) => eachCell(rater, own, part)) : []),
      ];
    }),
  );
  return {
    id: 'curves',
    number: '',
    title: 'Psychometric curves, pair by pair',
    people: true,
    heads: 2,
    rows,
    columns: [
      { name: 'Pair', groups: true },
      { name: 'Raters' },
      ...parts.map((key) => ({ key, ...partColumns[key] })),
      ...(isOfNetworks
        ? parts.map((part) => ({
            name: `${partColumns[part].name}, each network`,
            decimals: partColumns[part].decimals,
            spread: true,
            showN: true,
          }))
        : []),
    ],
    notes: [
      curveNote,
      named(
        study,
        'Of all labels of people, and of mean softmax. Each network: mean ± population standard deviation over the networks that have one.',
      ),
    ],
  };
}

function eachCell({ of, none }: CurveRaters, { each }: FittedCurves, part: Part): Cell {
  if (of === 'labelers') return null;
  if (each === null)
    return undefinedCell(none ?? `More than ${mostFits} curves would have to be fitted. Choose fewer networks.`);
  return meanCell(spread(each.map((curve) => shownPart(curve, part))), 'models', {
    reason: 'No network by itself has one: its softmax changes between two neighboring images, or does not rise.',
  });
}

/** Means of the curves over pairs, a row for each of the raters, and how networks differ from people. */
export function curveMeansExhibit(study: StudyNumbers, { data, rows, raters, fitted }: AllCurves): Exhibit {
  const ofPeople = raters.findIndex(({ of }) => of === 'labelers');
  const isCompared = ofPeople >= 0 && raters.length > 1;
  const values = (place: number, part: Part): (number | null)[] =>
    fitted.map((ofPair) => shownPart(at(ofPair, place).all, part));
  const whose = peopleWord(study);
  return withIntervals(study, {
    id: 'curve-means',
    number: '',
    title: 'Psychometric curves, means over pairs',
    people: true,
    columns: [
      { name: 'Raters' },
      ...parts.map((key) => ({ key, ...partColumns[key], spread: true, showN: true })),
      ...(isCompared
        ? [
            { key: 'distance', name: `Distance of centers from ${whose}`, decimals: 3, spread: true, showN: true },
            { key: 'delta_slope', name: `Slope minus that of ${whose}`, decimals: 1, spread: true, showN: true },
          ]
        : []),
    ],
    rows: raters.map((rater, place): Cell[] => {
      const mean = (of: readonly (number | null)[], reason: string, about?: 'people' | 'networks'): Quantity => {
        const found = overPairs(data, rows, of);
        // A rater's own numbers cannot be below 0.
        const lo = found?.lo == null ? null : about ? Math.max(0, found.lo) : found.lo;
        const interval = found && { ...found, lo, ...(about && { about }) };
        return meanCell(spread(of), 'pairs of classes', { reason: rater.none ?? reason, interval });
      };
      const less = (part: Part): (number | null)[] => {
        const people = values(ofPeople, part);
        return values(place, part).map((own, pair) => {
          const other = people[pair] ?? null;
          return own === null || other === null ? null : own - other;
        });
      };
      const beside = (of: readonly (number | null)[]): Quantity =>
        mean(of, at(raters, ofPeople).none ?? named(study, 'On no pair do both have one.'));
      return [
        rater.title,
        ...parts.map((part) =>
          mean(values(place, part), 'No pair has one.', rater.of === 'labelers' ? 'people' : 'networks'),
        ),
        ...(!isCompared
          ? []
          : place === ofPeople
            ? [null, null]
            : [beside(less('centre').map((own) => (own === null ? null : Math.abs(own)))), beside(less('slope'))]),
      ];
    }),
    notes: [
      named(
        study,
        'Mean ± population standard deviation over the n pairs that have one. Differences: networks minus people, pair by pair. A change between two neighboring images has a center and no slope, so that the steepest curves are not in these means.',
      ),
    ],
  });
}

/** The interval of a mean over pairs, for other pairs and anchors. @param values by `rows`; null: the pair has none */
function overPairs(
  { images }: CurveData,
  rows: readonly PairRow[],
  values: readonly (number | null)[],
): ShownInterval | null {
  const known = new Map(
    rows.flatMap((row, pair) => {
      const value = values[pair] ?? null;
      return value === null ? [] : row.images.map((image) => [image, value] as const);
    }),
  );
  if (known.size === 0) return null;
  const units = pairUnits(images, (image) => known.has(image));
  const sums = units.pairs.map((own) => known.get(at(own, 0)) ?? Number.NaN);
  const ones = sums.map(() => 1);
  return meanInterval(units, pairInfluences(sums, ones), 'real');
}

/** Curves of people, if any answered, and of the networks of each group: together, and each by itself. */
export const studyCurves = oncePerView((study: StudyView) => fitGroups(study, (group) => groupSoftmax(study, group)));

/** The same curves without those of single networks, of which nothing is read. */
export const pooledCurves = (study: StudyView): AllCurves => fitGroups(study, () => []);

/** @param networksOf softmax of each network of a group by itself; empty: not asked for */
function fitGroups(study: StudyView, networksOf: (group: ViewedGroup) => CurveRaters['networks']): AllCurves {
  const { input, humans } = study.context();
  const data = { images: input.images, classes: input.classes };
  const groups = study.groups.map((group) => {
    const { softmax, answers } = group.view();
    return networkCurves(group.raters, data, {
      mean: softmax.ensemble.mean,
      networks: networksOf(group),
      none: whyNotKnown(answers, 'softmax'),
    });
  });
  return fitCurves(data, [...(study.labelers > 0 ? [peopleCurves(study, data, humans.votes)] : []), ...groups]);
}

export const studyCurvesExhibit = (study: StudyView): Exhibit => {
  const curves = studyCurves(study);
  return curvesExhibit(
    study,
    curves,
    curves.rows.map(({ i, j }) => `${className(study.classes, i)} to ${className(study.classes, j)}`),
  );
};

/** No rows without pairs. */
export function studyCurveMeans(study: StudyView): Exhibit {
  const curves = studyCurves(study);
  return curveMeansExhibit(study, curves.rows.length > 0 ? curves : { ...curves, raters: [] });
}
