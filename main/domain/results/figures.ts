import type {
  Chart,
  Figure,
  FigureAxis,
  Hue,
  LinesChart,
  MatrixChart,
  RowsChart,
  Shape,
} from '../../contract/results/figure.ts';
import { architectureKinds } from '../../contract/recipes/recipes.ts';
import { architectureLook, architectureNames } from '../networks/architectures.ts';
import { axisDomain, type ChartAxis, type Domain, padDomain } from '../settings/axes.ts';
import { formatCompact, formatFixed, formatInteger } from '../numbers/format.ts';

/** What every drawing of a figure has of it: titles, texts of numbers, ends of axes, legends, marks. */

/** What a chart is called: the only one as its figure. */
export const chartTitle = ({ title, charts }: Figure, chart: Chart): string =>
  charts.length === 1 ? title : chart.title || title;

/** An axis as it is scaled and written. */
export function toAxis({ title, decimals, from, to, ticks, names }: FigureAxis): ChartAxis & { format: Write } {
  const number = (value: number): string =>
    decimals === undefined ? formatCompact(value) : formatFixed(value, decimals);
  const place = (value: number): number => ticks?.findIndex((tick) => Math.abs(tick - value) < 0.5) ?? -1;
  return {
    title,
    domain: [from ?? null, to ?? null],
    ...(ticks && { ticks }),
    format: (value) => (names ? (names[place(value)] ?? '') : number(value)),
  };
}

type Write = (value: number) => string;

interface Written {
  interval?: readonly [low: number, high: number] | undefined;
  n?: number | undefined;
  paper?: number | undefined;
}

/** `12.3 [10.1 to 14.5] (n = 150); paper 12`. */
export function valueText(write: Write, value: number, { interval, n, paper }: Written): string {
  const range = interval ? ` [${write(interval[0])} to ${write(interval[1])}]` : '';
  const size = n === undefined ? '' : ` (n = ${formatInteger(n)})`;
  return `${write(value)}${range}${size}${paper === undefined ? '' : `; paper ${write(paper)}`}`;
}

/** Curves as charts scale and draw them, in their order. */
export const toCurves = ({ series }: LinesChart) =>
  series.map(({ points, paper = [], mark }) => ({
    points: points.map(({ x, y }) => [x, y] as const),
    band: points.flatMap(({ x, interval }) => (interval ? [[x, interval[0], interval[1]] as const] : [])),
    paper: paper.map(({ x, y }) => [x, y] as const),
    ...(mark && { mark }),
  }));

type Row = RowsChart['rows'][number];

/** Ends of the axis of rows: of all lines, values and intervals. */
export function rowsDomain({ x, lines, rows }: RowsChart): Domain {
  const axis = toAxis(x);
  const ends = rows.flatMap(({ value, interval, wider }) => [value ?? [], interval ?? [], wider ?? []].flat());
  return padDomain(axis, axisDomain(axis, [...lines.map(({ at }) => at), ...ends]), 0.04);
}

/** A row in words: names and texts of its numbers. */
export function rowTexts(
  { x, valueName, intervalName, widerName }: RowsChart,
  { value, interval, wider }: Row,
): [name: string, text: string][] {
  const { format } = toAxis(x);
  const range = (of: Row['interval']): string => (of ? `${format(of[0])} to ${format(of[1])}` : '–');
  return [
    [valueName, value === null ? '–' : format(value)],
    [intervalName, range(interval)],
    ...(widerName === undefined ? [] : ([[widerName, range(wider)]] satisfies [string, string][])),
  ];
}

/** The value that a cell of a matrix has room for: `.45`, `−.07`, `1.0`, `–`. */
export function shortValue(value: number | null): string {
  if (value === null) return '–';
  const text = Math.abs(value).toFixed(2);
  const sign = value < 0 && Number(text) !== 0 ? '−' : '';
  return sign + (text === '1.00' ? '1.0' : text.slice(1));
}

/** A cell of a matrix in words: `Ada and CNN1: 0.452`. */
export function pairText({ raters, values }: MatrixChart, row: number, column: number): string {
  const [a, b] = [raters[row]?.name ?? '', raters[column]?.name ?? ''];
  const value = values[row]?.[column] ?? null;
  return row === column
    ? `${a} with itself`
    : `${a} and ${b}: ${value === null ? 'not defined' : formatFixed(value, 3)}`;
}

/** Why rows have no number, or no interval: a sentence for each reason, with the rows, and of several charts the one, that it is of. */
export const figureReasons = ({ charts }: Pick<Figure, 'charts'>): string[] =>
  charts.flatMap((chart) =>
    chartReasons(chart).map((reason) => (charts.length > 1 ? `“${chart.title}”: ${reason}` : reason)),
  );

function chartReasons(chart: Chart): string[] {
  const known = chart.kind === 'rows' ? chart.rows.filter((row) => row.undefined !== null) : [];
  return [...Map.groupBy(known, (row) => row.undefined)].map(
    ([why, own]) => `${own.map(({ name }) => name).join(', ')}: ${why}`,
  );
}

/** Marks around (0, 0), about 10 units wide. */
export const shapePaths: Readonly<Record<Shape, string>> = {
  circle: 'M4.5 0A4.5 4.5 0 1 1 -4.5 0A4.5 4.5 0 1 1 4.5 0Z',
  square: 'M-4 -4H4V4H-4Z',
  triangle: 'M0 -4.8L5 4.2H-5Z',
  wedge: 'M0 4.8L5 -4.2H-5Z',
  plus: 'M-1.8 -5H1.8V-1.8H5V1.8H1.8V5H-1.8V1.8H-5V-1.8H-1.8Z',
  hexagon: 'M-5 0L-2.5 -4.4H2.5L5 0L2.5 4.4H-2.5Z',
  diamond: 'M0 -5L5 0L0 5L-5 0Z',
  ring: 'M4 0A4 4 0 1 1 -4 0A4 4 0 1 1 4 0Z',
  cross: 'M-4 0H4M0 -4V4',
};

/** Drawn as lines. */
export const isHollow = (shape: Shape): boolean => shape === 'ring' || shape === 'cross';

/** Dash patterns of SVG. */
export const dashPatterns = {
  none: '',
  long: '7 3',
  short: '2 3',
  mixed: '9 3 2 3',
  dots: '1 4',
  'wide-dots': '1 7',
  'two-dots': '1 2 1 6',
  'three-dots': '1 2 1 2 1 6',
} as const;

/** The hue and the mark of an architecture by its kind or its name; others have a gray diamond. */
export function architectureStyle(name: string): { hue: Hue; mark: Shape } {
  const wanted = name.toLowerCase();
  const kind = architectureKinds.find((each) => each === wanted || architectureNames[each].toLowerCase() === wanted);
  return kind ? { hue: kind, mark: architectureLook(kind).mark } : { hue: 'soft', mark: 'diamond' };
}

/** Pixels between the marks of neighboring series at one x. */
const markGap = 8;

/** How far each series stands to the side, in pixels, so that whiskers at one x do not overlap. */
export function markShifts(series: readonly { mark?: unknown; band?: readonly unknown[] }[]): number[] {
  const marked = series.filter(({ mark, band = [] }) => mark !== undefined && band.length > 0);
  return series.map((each) => {
    const place = marked.indexOf(each);
    return place < 0 ? 0 : (place - (marked.length - 1) / 2) * markGap;
  });
}
