import { mostCurvePoints, type RarefiedCurve } from '../analysis/rarefaction.ts';
import type { ApiInterval, Figure, LinesChart } from '../../../contract/results/index.ts';
import { axisTicks } from '../../../domain/settings/index.ts';
import { formatCount, peopleWord, targetTitle } from '../../../domain/numbers/index.ts';
import { typeMeaning } from '../../../domain/stimuli/index.ts';
import { whyNotOfKind } from '../../../domain/results/index.ts';
import { bandsNote, type StudyNumbers, toInterval } from '../../../exhibits/parts/index.ts';
import { curvesEnd, type Rarefied, sameAsTables } from './rarefaction.ts';

type Series = LinesChart['series'][number];
/** Whose numbers an interval is of; null: of both. */
type About = 'people' | 'networks' | null;

/** How statistics change with the number of people, and with that of networks. One without charts says why. */
export function rarefactionFigures(study: StudyNumbers, found: Rarefied): Figure[] {
  const people = peopleWord(study);
  const meanings = [
    `Type A: ${typeMeaning('type_a', people)}. Type C: ${typeMeaning('type_c', people)}.`,
    'Each point is exact: the mean over all ways to choose that many of all raters.',
  ];
  const noClasses = whyNotOfKind(study.response, 'single');
  const notes = [
    ...meanings,
    ...(study.labelers > mostCurvePoints ? [curvesEnd] : []),
    ...(noClasses === null ? [] : [`Classes an image are not shown by number of ${people}. ${noClasses}`]),
  ];
  const [of, networks] = [peopleCharts(study, found), found.groups.flatMap((group) => networkCharts(study, group))];
  return [
    of.length === 0
      ? figure('fewer-people-figure', people, of, people, [
          study.labelers === 0
            ? `Nobody has labeled yet, so there are no curves by number of ${people}.`
            : `Disagreement needs at least two ${people}.`,
        ])
      : figure('fewer-people-figure', people, of, people, notes),
    ...(networks.length === 0 && found.groups.length > 0
      ? [figure('fewer-networks-figure', 'networks', [], people, ['Disagreement needs at least two networks.'])]
      : []),
    ...(networks.length > 0 ? [figure('fewer-networks-figure', 'networks', networks, people, meanings)] : []),
  ];
}

/** By number of people: for each group of networks, or of people alone. */
function peopleCharts(
  { paper, response, ...study }: StudyNumbers,
  { people, groups, peopleImages }: Rarefied,
): FoundChart[] {
  if (!people || study.labelers < 2) return [];
  const word = peopleWord(study);
  const raters = paper?.labelers_of_table3;
  const disagree = shares(`${capital(word)} disagree`, 'people', people.disagree, peopleImages, 'people', {
    raters,
    percent: paper?.human_disagree_pct,
  });
  const ofGroups = groups.map(({ target, people: own }) =>
    chart(titleOf(target), word, [disagree, ...(own ? types(own, raters, paper?.table3[target]) : [])]),
  );
  const ofClasses = classes('people', people.distinct, peopleImages, 'people');
  return [
    ...(groups.length === 0 ? [chart('Shares of images', word, [disagree])] : ofGroups),
    ...(whyNotOfKind(response, 'single') === null ? [chart('Classes an image', word, [ofClasses], true)] : []),
  ].flatMap((each) => each ?? []);
}

/** By number of networks of a group. */
function networkCharts({ paper }: StudyNumbers, { networks, target }: Rarefied['groups'][number]): FoundChart[] {
  const [raters, row] = [paper?.networks_per_target, paper?.table3[target]];
  const disagree = shares('Networks disagree', 'networks', networks.disagree, networks.allImages, 'networks', {
    raters,
    percent: row?.nn_disagree_pct,
  });
  const ofClasses = classes('networks', networks.distinct, networks.allImages, 'networks');
  return [
    chart(titleOf(target), 'networks', [disagree, ...types(networks, raters, row)]),
    chart(
      target === '' ? 'Classes an image' : `${targetTitle(target)}, classes an image`,
      'networks',
      [ofClasses],
      true,
    ),
  ].flatMap((each) => each ?? []);
}

const titleOf = (target: string): string => (target === '' ? 'Shares of images' : targetTitle(target));

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

interface Curve {
  series: Series;
  intervals: readonly ApiInterval[];
}

interface FoundChart {
  drawn: LinesChart;
  intervals: readonly ApiInterval[];
}

/** A chart of the curves that have two points or more; null: none has. */
function chart(title: string, raters: string, curves: readonly Curve[], isClasses = false): FoundChart | null {
  const shown = curves.filter(({ series }) => series.points.length > 1);
  if (shown.length === 0) return null;
  const sizes = shown.flatMap(({ series }) => series.points.flatMap(({ n }) => n ?? []));
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const drawn: LinesChart = {
    kind: 'lines',
    title,
    n: `n = ${least === most ? '' : `${most} to `}${formatCount(least, 'image')}`,
    x: { title: `Number of ${raters}`, decimals: 0, ticks: wholeTicks(shown) },
    y: { title: isClasses ? 'Classes an image' : 'Percent of images', from: isClasses ? 1 : 0 },
    series: shown.map(({ series }) => series),
  };
  return { drawn, intervals: shown.flatMap((curve) => curve.intervals) };
}

/** About seven whole numbers, of those of raters that curves and the paper's values have. */
function wholeTicks(curves: readonly Curve[]): number[] {
  const all = curves.flatMap(({ series: { points, paper = [] } }) => [...points, ...paper].map(({ x }) => x));
  const [low, high] = [Math.min(...all), Math.max(...all)];
  return axisTicks({ title: '' }, [low, high], Math.min(7, high - low));
}

/** Points of a curve are of different images. */
const isUneven = ({ drawn }: FoundChart): boolean =>
  drawn.series.some(({ points }) => new Set(points.map(({ n }) => n)).size > 1);

function figure(
  id: string,
  raters: string,
  charts: readonly FoundChart[],
  people: string,
  notes: readonly string[],
): Figure {
  const intervals = charts.flatMap((each) => each.intervals);
  const bands = bandsNote(intervals, people);
  return {
    id,
    title: `How much depends on the number of ${raters}`,
    people: true,
    charts: charts.map(({ drawn }) => drawn),
    notes: [
      ...notes,
      ...(bands === null ? [] : [bands]),
      ...(intervals.some(({ lo }) => lo !== null) ? [sameAsTables] : []),
      ...(charts.some(isUneven)
        ? [
            'Images differ in how many answers they have: each point is of the images that have that many, so that the last one can differ from the tables.',
          ]
        : []),
    ],
  };
}

interface Printed {
  raters: number | undefined;
  percent: number | undefined;
}

function shares(
  name: string,
  hue: Series['hue'],
  curve: RarefiedCurve,
  images: readonly number[],
  about: About,
  { raters, percent }: Printed,
): Curve {
  const dash = hue === 'type_a' ? 'long' : hue === 'type_c' ? 'short' : 'none';
  const { series, intervals } = pointsOf(name, hue, dash, curve, images, about, 2);
  const paper = raters === undefined || percent === undefined ? [] : [{ x: raters, y: percent }];
  return { series: { ...series, ...(paper.length > 0 && { paper }) }, intervals };
}

const classes = (hue: Series['hue'], curve: RarefiedCurve, images: readonly number[], about: About): Curve =>
  pointsOf('Classes an image', hue, 'none', curve, images, about, 1);

function types(
  { a, c, images }: { a: RarefiedCurve; c: RarefiedCurve; images: readonly number[] },
  raters: number | undefined,
  row: { type_a_pct: number; type_c_pct: number } | undefined,
): Curve[] {
  return [
    shares('Type A', 'type_a', a, images, null, { raters, percent: row?.type_a_pct }),
    shares('Type C', 'type_c', c, images, null, { raters, percent: row?.type_c_pct }),
  ];
}

/** @param from how many raters there must be: disagreement needs two */
function pointsOf(
  name: string,
  hue: Series['hue'],
  dash: Series['dash'],
  { values, intervals }: RarefiedCurve,
  images: readonly number[],
  about: About,
  from: 1 | 2,
): Curve {
  const points = values.flatMap((y, at): Series['points'] => {
    if (y === null || at + 1 < from) return [];
    const { lo = null, hi = null } = intervals[at] ?? {};
    return [{ x: at + 1, y, n: images[at] ?? 0, ...(lo !== null && hi !== null && { interval: [lo, hi] }) }];
  });
  return {
    series: { name, hue, dash, points },
    intervals: intervals.flatMap((of, at) =>
      at > 0 && of ? (toInterval({ ...of, ...(about && { about }) }) ?? []) : [],
    ),
  };
}
