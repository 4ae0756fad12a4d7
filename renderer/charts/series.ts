import type { ReactNode } from 'react';
import { at } from '../../main/domain/arrays.ts';
import type { ExportTable } from '../ui/export/csv.ts';

/** x and y; lists of points ascend in x. */
export type Point = readonly [x: number, y: number];

export type Interval = readonly [x: number, low: number, high: number];

export interface LineSeries {
  id: string;
  name: string;
  /** Ascending in x. */
  points: readonly Point[];
  /** CSS colour; left out: by index. */
  colour?: string;
  /** SVG dash pattern; `''`: none; left out: by index, so that colour is not the only distinction. */
  dash?: string;
  /** Interval around the points: x, low, high. */
  band?: readonly Interval[];
  /** Drawn at each point, centred on (0, 0), 12 units wide; intervals become whiskers, side by side between series. */
  mark?: ReactNode;
  /** The paper's values: hollow diamonds in the series' colour. */
  paper?: readonly Point[];
  /** Sample size of each point: x, n. Shown in the table. */
  counts?: readonly Point[];
}

const colours = 8;
const dashes = ['', '7 3', '2 3', '9 3 2 3'];

export interface DrawnSeries extends LineSeries {
  colour: string;
  dash: string;
}

export function styleSeries(series: readonly LineSeries[]): DrawnSeries[] {
  return series.map((each, index) => ({
    ...each,
    colour: each.colour ?? `var(--series-${(index % colours) + 1})`,
    dash: each.dash ?? at(dashes, index % dashes.length),
  }));
}

/** Index of the point nearest to x, or -1 without points. */
export function nearestIndex(points: readonly Point[], x: number): number {
  let low = 0;
  let high = points.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(points, middle)[0] < x) low = middle + 1;
    else high = middle;
  }
  const after = points[low];
  const before = points[low - 1];
  if (!after) return -1;
  return before && x - before[0] < after[0] - x ? low - 1 : low;
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
  columns.forEach(({ points }, column) => {
    for (const [x, y] of points) {
      const line = lines.get(x) ?? new Array<number | null>(columns.length).fill(null);
      line[column] = y;
      lines.set(x, line);
    }
  });
  for (const x of marked.keys()) if (!lines.has(x)) lines.set(x, new Array<number | null>(columns.length).fill(null));
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

/** Pixels between the marks of neighbouring series at one x. */
const markGap = 8;

/** Horizontal offset of each series in pixels, so that whiskers at one x do not overlap. */
export function markerOffsets(series: readonly LineSeries[]): number[] {
  const marked = series.filter(({ mark, band }) => mark !== undefined && band !== undefined);
  return series.map((each) => {
    const place = marked.indexOf(each);
    return place < 0 ? 0 : (place - (marked.length - 1) / 2) * markGap;
  });
}
