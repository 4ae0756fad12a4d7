import { resampling, type CorrectedInterval } from '../analysis/intervals.ts';
import { type FlipPoint, crossingInterval } from '../analysis/flip-point.ts';
import { pairName, pairRows, type PairRow } from '../analysis/input.ts';
import { noCrossing, noCrossings, noFlips, noneAlone, noPeople, whyNoFlip } from './reasons.ts';
import type { StudyNumbers } from './study-numbers.ts';
import { peopleWord } from '../domain/format.ts';
import { peopleAlone, type View, imageLabel } from './view.ts';
import type { Cell, Exhibit } from '../contract/exhibit.ts';
import { count, intervalMethod, meanCell, orWhy, spreadOrWhy, undefinedCell } from './cells.ts';

/** Their intervals take long, and a report shows the table in several forms. */
const known = new WeakMap<View, Exhibit>();

/** Flip points of people and networks, pair by pair (metrics.md 7). */
export function flipsExhibit(view: View): Exhibit {
  const exhibit = known.get(view) ?? makeFlipsExhibit(view);
  known.set(view, exhibit);
  return exhibit;
}

function makeFlipsExhibit(view: View): Exhibit {
  const pairs = pairRows(view.data.stimuli.items);
  const ofPeople = new Map(pairs.map((row) => [row, peopleCells(view, row)]));
  if (peopleAlone(view)) return flipsOfPeople(view, pairs, ofPeople);
  const rows = view.groups.flatMap(({ target }) =>
    pairs.map((row): Cell[] => [
      ...[Number(target), `${row.i}-${row.j}`],
      ...(ofPeople.get(row) ?? []),
      ...networkCells(view, target, row),
      ...deltaCells(view, target, row),
      ...thirdClasses(view, target, row),
    ]),
  );
  return {
    ...{ id: 'flip-points', number: '', title: 'Where labels flip along alpha', people: true, rows },
    columns: [
      ...[{ name: 'Target %' }, { name: 'Pair' }, ...flipColumns(view.people), ...flipColumns('Networks')],
      ...['Difference of flips', 'Difference of crossings'].map((name) => ({ name, decimals: 3 })),
      ...['Distance of flips', 'Distance of crossings'].map((name) => ({
        name,
        decimals: 3,
        hiddenOn: ['page', 'latex'],
      })),
      ...[`Third classes, ${peopleWord(view)}`, 'Third classes, networks'].map((name) => ({ name })),
    ],
    notes: [
      `Flip: the middle between leaving the first class and arriving at the second, of the majority label. Each alone: mean ± population standard deviation of the flips of single ${peopleWord(view)} or networks, n of those that have one. Shares cross: of the labels that ${peopleWord(view)} gave, and of mean softmax; with the 95 % interval that redraws ${peopleWord(view)} or networks; left out: resamples, of ${resampling.bootstrap_resamples}, in which they do not cross. Differences: networks minus ${peopleWord(view)}. Third classes: most frequent labels on the way that are neither of the pair.`,
      intervalMethod,
    ],
  };
}

const flipColumns = (whose: string) => [
  { name: `${whose}: flip`, decimals: 3 },
  { name: `${whose}: each alone`, decimals: 3, spread: true, showN: true },
  { name: `${whose}: shares cross`, decimals: 3, interval: true },
];

/** The same where no network has answered. */
function flipsOfPeople(view: View, pairs: readonly PairRow[], ofPeople: ReadonlyMap<PairRow, Cell[]>): Exhibit {
  const word = peopleWord(view);
  return {
    ...{ id: 'flip-points', number: '', title: 'Where labels flip along alpha', people: true },
    columns: [{ name: 'Pair' }, ...flipColumns(view.people), { name: `Third classes, ${word}` }],
    rows: pairs.map((row) => [
      `${row.i}-${row.j}`,
      ...(ofPeople.get(row) ?? []),
      thirdClassNames(view, view.data.analysis?.humans.alpha_star[rowPairName(view, row)]?.majority),
    ]),
    notes: [
      `Flip: the middle between leaving the first class and arriving at the second, of the majority label. Each alone: mean ± population standard deviation of the flips of single ${word}, n of those that have one. Shares cross: of the labels that ${word} gave; with the 95 % interval that redraws ${word}; left out: resamples, of ${resampling.bootstrap_resamples}, in which they do not cross. Third classes: majority labels on the way that are neither of the pair.`,
      intervalMethod,
    ],
  };
}

/** metrics.md 7's spreads over pairs: how far networks flip from where people do. */
export function flipDistancesExhibit(study: StudyNumbers): Exhibit {
  const people = peopleWord(study);
  const rows = study.groups.map(({ target, group: { alpha_star: all } }): Cell[] => {
    const [flips, crossings] = [{ reason: noFlips(study) }, { reason: noCrossings(study) }];
    return [
      Number(target),
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
    ...{ number: '', title: `How far networks flip from where ${people} do`, people: true, rows },
    columns: [
      { name: 'Target %' },
      ...columns.map((column) => ({ ...column, decimals: 3, spread: true, showN: true })),
    ],
    notes: [
      `In alpha; mean ± population standard deviation over the n pairs that have one. Difference: networks minus ${people}. Distance: the same without its sign.`,
    ],
  };
}

function peopleCells(view: View, row: PairRow): Cell[] {
  const flips = view.data.analysis?.humans.alpha_star[rowPairName(view, row)];
  const nobody = view.data.labelers === null ? noPeople(view) : null;
  return [
    orWhy(flips?.majority?.alpha_star, nobody ?? whyNoFlip(flips?.majority, 'majority label')),
    spreadOrWhy(flips?.individuals, nobody ?? noneAlone),
    crossed(flips?.cross.alpha_cross, peopleCrossing(view, row), nobody ?? noCrossing),
  ];
}

function networkCells(view: View, target: string, row: PairRow): Cell[] {
  const flips = groupFlips(view, target, row);
  return [
    orWhy(flips?.majority?.alpha_star, whyNoFlip(flips?.majority, 'most frequent label')),
    spreadOrWhy(flips?.individuals, noneAlone),
    crossed(flips?.cross.alpha_cross, networkCrossing(view, target, row), noCrossing),
  ];
}

function deltaCells(view: View, target: string, row: PairRow): Cell[] {
  const { delta_star: star = null, delta_cross: cross = null } = groupFlips(view, target, row) ?? {};
  const nobody = view.data.labelers === null ? noPeople(view) : null;
  const whyStar = nobody ?? 'One of the two has no flip point.';
  const whyCross = nobody ?? 'The shares of one of the two do not cross.';
  const distance = (of: number | null, why: string): Cell => orWhy(of === null ? null : Math.abs(of), why);
  return [...[orWhy(star, whyStar), orWhy(cross, whyCross)], ...[distance(star, whyStar), distance(cross, whyCross)]];
}

function thirdClasses(view: View, target: string, row: PairRow): Cell[] {
  const people = view.data.analysis?.humans.alpha_star[rowPairName(view, row)];
  const networks = groupFlips(view, target, row);
  return [thirdClassNames(view, people?.majority), thirdClassNames(view, networks?.majority)];
}

const thirdClassNames = (view: View, flip: FlipPoint | null | undefined): string =>
  (flip?.third_labels ?? []).map((label) => view.long(label)).join(', ');

const rowPairName = (view: View, row: PairRow): string => pairName(row, view.data.dataSet.classes.length);

const groupFlips = (view: View, target: string, row: PairRow) =>
  view.groups.find((each) => each.target === target)?.group.alpha_star.pairs[rowPairName(view, row)];

function crossed(value: number | null | undefined, { lo, hi, units, n_null: nNull }: Crossed, because: string): Cell {
  return value == null
    ? undefinedCell(because)
    : { ...count(value), interval: { pair: null, image: { lo, hi, units, nNull } } };
}

/** 95 % interval of where the shares of a pair's classes cross, raters redrawn; null where there is none. */
export type Crossed = Pick<CorrectedInterval, 'lo' | 'hi' | 'units' | 'n_null'>;

const none: Crossed = { lo: null, hi: null, units: 0, n_null: 0 };

/** Of people: 1 for the second class, -1 for the first, 0 for another. */
export function peopleCrossing(view: View, row: PairRow): Crossed {
  const { labelers } = view.data;
  const differences = (labelers?.labels ?? []).map((labels) =>
    Float64Array.from(row.images, (image) => {
      const label = imageLabel(labels, image);
      if (label === null) return Number.NaN;
      return (label === row.j ? 1 : 0) - (label === row.i ? 1 : 0);
    }),
  );
  return crossingInterval(imageAlphas(view, row), differences) ?? none;
}

/** Of the networks at a target: softmax of the second class less that of the first. */
export function networkCrossing(view: View, target: string, row: PairRow): Crossed {
  const classes = view.data.dataSet.classes.length;
  const members = view.data.predictions.filter(({ repeat, target: of }) => repeat === null && of === Number(target));
  const differences = members.map(({ softmax }) =>
    Float64Array.from(
      row.images,
      (image) => (softmax[image * classes + row.j] ?? 0) - (softmax[image * classes + row.i] ?? 0),
    ),
  );
  return crossingInterval(imageAlphas(view, row), differences) ?? none;
}

const imageAlphas = (view: View, row: PairRow): number[] =>
  row.images.map((image) => view.data.stimuli.items[image]?.alpha ?? Number.NaN);
