import type { ReactNode } from 'react';
import { at, kept } from '../../main/domain/numbers/arrays.ts';
import { firstFrom } from '../../main/domain/numbers/polyline.ts';
import type { ExportTable } from '../ui/export/csv.ts';

/** x and y; lists of points ascend in x. */
export type Point = readonly [x: number, y: number];

export type Interval = readonly [x: number, low: number, high: number];

export interface LineSeries {
  id: string;
  name: string;
  /** Ascending in x. */
  points: readonly Point[];
  /** CSS color; left out: by index. */
  color?: string;
  /** SVG dash pattern; `''`: none; left out: by index, so that color is not the only distinction. */
  dash?: string;
  /** Interval around the points: x, low, high. */
  band?: readonly Interval[];
  /** Drawn at each point, centered on (0, 0), 12 units wide; intervals become whiskers, side by side between series. */
  mark?: ReactNode;
  /** The paper's values: hollow diamonds in the series' color. */
  paper?: readonly Point[];
  /** Sample size of each point: x, n. Shown in the table and the tip. */
  counts?: readonly Point[];
  /** One of very many: a thin line, which is drawn several times as fast; give it no dash. */
  thin?: boolean;
  /** Drawn weakly behind the others, without an entry in legend and tip: the raw values of a smoothed curve. */
  faint?: boolean;
  /** False: no line joins its marks. */
  joined?: false;
}

/** Number of colors of series; none has the hue of an architecture, of people or of networks. */
const colors = 5;
export const dashes = ['', '7 3', '2 3', '9 3 2 3'] as const;

export interface DrawnSeries extends LineSeries {
  color: string;
  dash: string;
}

export function styleSeries(series: readonly LineSeries[]): DrawnSeries[] {
  return series.map((each, index) => ({
    ...each,
    color: each.color ?? `var(--series-${(index % colors) + 1})`,
    dash: each.dash ?? at(dashes, index % dashes.length),
  }));
}

/** Index of the point nearest to x, or -1 without points. */
export function nearestIndex(points: readonly Point[], x: number): number {
  const low = Math.min(firstFrom(points, x), points.length - 1);
  const after = points[low];
  const before = points[low - 1];
  if (!after) return -1;
  return before && x - before[0] < after[0] - x ? low - 1 : low;
}

/** The value that a curve has at x, its nearest point's: null before its first and after its last one. A series with marks has values at its marks alone. */
export function valueAt({ points, mark }: LineSeries, x: number): Point | null {
  const [first, last] = [points[0], points.at(-1)];
  const point = points[nearestIndex(points, x)];
  if (!first || !last || !point) return null;
  const room = 1e-9 * Math.max(1, Math.abs(x));
  if (mark !== undefined) return Math.abs(point[0] - x) <= room ? point : null;
  return x >= first[0] - room && x <= last[0] + room ? point : null;
}

/** The part of a curve that an axis from `low` to `high` shows, with a point beyond each end. */
export function pointsWithin(points: readonly Point[], low: number, high: number): readonly Point[] {
  const begin = firstFrom(points, low);
  const end = firstFrom(points, high);
  return begin === 0 && end >= points.length - 1 ? points : points.slice(Math.max(0, begin - 1), end + 2);
}

/** x values at which the tooltip stops: all, or `most` evenly chosen ones. */
export function tooltipPositions(series: readonly LineSeries[], most = 400): number[] {
  const all = [...new Set(series.flatMap(({ points }) => points.map(([x]) => x)))].sort((a, b) => a - b);
  if (all.length <= most) return all;
  const step = (all.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, i) => at(all, Math.round(i * step)));
}

/** A highlighted x, with its text in the table. */
interface Marker {
  x: number;
  label: string;
}

/**
 * A row for each x, with the columns of each series: values, interval ends, n and the paper's values where it has any;
 * and the markers at that x.
 */
export function seriesTable(
  xTitle: string,
  series: readonly LineSeries[],
  markers: readonly Marker[] = [],
): ExportTable {
  const columns = series.flatMap(seriesColumns);
  const marked = new Map<number, string[]>();
  for (const { x, label } of markers) marked.set(x, [...(marked.get(x) ?? []), label]);
  const lines = new Map<number, (number | null)[]>();
  const lineAt = (x: number) => kept(lines, x, () => new Array<number | null>(columns.length).fill(null));
  columns.forEach(({ points }, column) => {
    for (const [x, y] of points) lineAt(x)[column] = y;
  });
  for (const x of marked.keys()) lineAt(x);
  return {
    columns: [xTitle, ...columns.map(({ name }) => name), ...(markers.length > 0 ? ['Marked'] : [])],
    rows: [...lines]
      .sort(([a], [b]) => a - b)
      .map(([x, values]) => [x, ...values, ...(markers.length > 0 ? [marked.get(x)?.join('; ') ?? null] : [])]),
  };
}

function seriesColumns(series: LineSeries): { name: string; points: readonly Point[] }[] {
  const { name, points, band, paper, counts } = series;
  return [
    { name, points },
    ...(band
      ? [
          { name: `${name}: low`, points: band.map(([x, low]) => [x, low] as const) },
          { name: `${name}: high`, points: band.map(([x, , high]) => [x, high] as const) },
        ]
      : []),
    ...(counts ? [{ name: `${name}: n`, points: counts }] : []),
    ...(paper ? [{ name: `${name}: paper`, points: paper }] : []),
  ];
}
