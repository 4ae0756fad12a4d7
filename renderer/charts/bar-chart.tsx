import { type ReactNode, useId, useMemo, useState } from 'react';
import {
  Bar,
  CartesianGrid,
  BarChart as Drawing,
  ErrorBar,
  Label,
  ResponsiveContainer,
  Tooltip,
  usePlotArea,
  useYAxisScale,
  XAxis,
} from 'recharts';
import type { ExportTable } from '../ui/export/csv.ts';
import { type ChartAxis, axisDomain, axisFormat, padDomain } from '../../main/domain/settings/axes.ts';
import { valueText } from '../../main/domain/results/figures.ts';
import { YNumberAxis, tickStyle } from './axes.tsx';
import { ChartFrame, type LegendEntry } from './chart-frame.tsx';
import { paperEntry, whiskerEntry } from './legend.tsx';
import { diamond } from './lines.tsx';
import { PointWalk, type ScatterPoint } from './point-walk.tsx';
import { PlainTip } from './tips.tsx';

export interface BarValue {
  /** Null: undefined, no bar. */
  value: number | null;
  interval?: readonly [low: number, high: number] | undefined;
  n?: number | undefined;
  /** The paper's value, drawn as a hollow diamond. */
  paper?: number | undefined;
}

interface BarCategory {
  name: string;
  /** By series id. */
  values: Readonly<Record<string, BarValue>>;
}

interface BarSeries {
  id: string;
  name: string;
  /** CSS color. */
  color: string;
  /** Hatched, so that color is not the only distinction. */
  hatch?: boolean;
  /** CSS color of an outline, for bars as light as the background. */
  outline?: string;
}

interface BarChartProps {
  title: string;
  xTitle: string;
  y: ChartAxis;
  categories: readonly BarCategory[];
  series: readonly BarSeries[];
  n?: string;
  height?: number;
  /** Legend entry of error bars: `95 % interval`. */
  intervalName?: string;
  /** Called on a click on a bar, or Enter at the current one. */
  onOpen?: (category: BarCategory, series: string) => void;
}

/** Bars by category and series, with intervals and the paper's values. The y axis starts at 0. */
export function BarChart(props: BarChartProps) {
  const { title, xTitle, y, categories, series, height = 240 } = props;
  const id = useId();
  const data = useMemo(() => categories.map((category) => toRow(category, series)), [categories, series]);
  const ys = useMemo(
    () =>
      padDomain(
        y,
        axisDomain({ ...y, domain: [y.domain?.[0] ?? 0, y.domain?.[1] ?? null] }, heights(props)),
        0,
        y.domain?.[1] == null ? 0.05 : 0,
      ),
    [props, y],
  );
  const write = axisFormat(y);
  const [at, setAt] = useState<string | null>(null);
  return (
    <ChartFrame
      title={title}
      height={height}
      n={props.n}
      legend={legendEntries(id, props)}
      table={() => toTable(props)}
    >
      <BarWalk props={props} at={at} setAt={setAt}>
        <ResponsiveContainer width="100%" height={height} initialDimension={{ width: 640, height }}>
          <Drawing
            data={data}
            margin={{ top: 8, right: 16, bottom: 20, left: 16 }}
            title={title}
            accessibilityLayer={props.onOpen === undefined}
          >
            <defs>
              {series.map(({ id: name, color }) => (
                <pattern
                  key={name}
                  id={`${id}${name}`}
                  width="6"
                  height="6"
                  patternUnits="userSpaceOnUse"
                  patternTransform="rotate(45)"
                >
                  <rect width="6" height="6" fill={color} />
                  <line x1="0" x2="0" y1="0" y2="6" stroke="var(--surface)" strokeWidth="2" strokeOpacity="0.5" />
                </pattern>
              ))}
            </defs>
            <CartesianGrid vertical={false} stroke="var(--line)" strokeWidth={0.5} />
            <XAxis dataKey="name" tick={tickStyle} stroke="var(--line-strong)" interval="preserveStartEnd">
              <Label value={xTitle} position="insideBottom" offset={-12} {...tickStyle} />
            </XAxis>
            <YNumberAxis axis={y} domain={ys} />
            {series.map(({ id: name, color, hatch, outline }) => (
              <Bar
                key={name}
                dataKey={name}
                fill={hatch ? `url(#${id}${name})` : color}
                isAnimationActive={false}
                maxBarSize={48}
                shape={(shape: BarShapeProps) => (
                  <BarShape
                    {...shape}
                    paper={paperValue(shape.payload, name)}
                    onOpen={openHandler(shape.payload, name, props)}
                    outline={outline}
                    current={at !== null && at === barId(payloadName(shape.payload), name)}
                  />
                )}
              >
                <ErrorBar
                  dataKey={`${name} interval`}
                  stroke="var(--ink)"
                  width={4}
                  strokeWidth={1}
                  isAnimationActive={false}
                />
              </Bar>
            ))}
            <Tooltip
              isAnimationActive={false}
              cursor={{ fill: 'var(--hover)' }}
              content={({ active, label }) => {
                const category = active ? categories.find(({ name }) => name === label) : undefined;
                return category ? <PlainTip title={category.name} lines={tipLines(category, series, write)} /> : null;
              }}
            />
          </Drawing>
        </ResponsiveContainer>
      </BarWalk>
    </ChartFrame>
  );
}

type Row = Record<string, unknown>;

interface BarWalkProps {
  props: BarChartProps;
  at: string | null;
  setAt: (id: string | null) => void;
  children: ReactNode;
}

/** Moves over bars by arrow keys, if bars can be opened. */
function BarWalk({ props, at, setAt, children }: BarWalkProps) {
  const { title, y, categories, series, onOpen } = props;
  if (!onOpen) return children;
  const places = categories.flatMap((category, x) =>
    series.flatMap(({ id, name }, order) => {
      if (!((category.values[id]?.value ?? 0) > 0)) return [];
      const point: ScatterPoint = { id: barId(category.name, id), x, y: order, label: category.name, kind: id };
      return [{ point, category, of: { id, name } }];
    }),
  );
  const findPlace = (point: ScatterPoint) => places.find((each) => each.point.id === point.id);
  return (
    <PointWalk
      title={title}
      at={at}
      setAt={setAt}
      things="bars"
      points={places.map(({ point }) => point)}
      tip={undefined}
      lines={(point) => {
        const place = findPlace(point);
        return place
          ? tipLines(
              place.category,
              series.filter(({ id }) => id === place.of.id),
              axisFormat(y),
            )
          : [];
      }}
      onOpen={(point) => {
        const place = findPlace(point);
        if (place) onOpen(place.category, place.of.id);
      }}
    >
      {children}
    </PointWalk>
  );
}

const barId = (category: unknown, series: string): string => `${String(category)} ${series}`;

const payloadName = (payload: unknown): unknown =>
  typeof payload === 'object' && payload !== null ? (payload as Row).name : undefined;

function toRow({ name, values }: BarCategory, series: readonly BarSeries[]): Row {
  const row: Row = { name };
  for (const { id } of series) {
    const { value, interval, paper } = values[id] ?? { value: null };
    row[id] = value;
    row[`${id} paper`] = paper;
    if (interval && value !== null) row[`${id} interval`] = [value - interval[0], interval[1] - value];
  }
  return row;
}

interface BarShapeProps {
  x?: number | string;
  y?: number | string;
  width?: number | string;
  height?: number | string;
  fill?: string;
  payload?: unknown;
}

interface BarShapeOptions {
  paper: number | undefined;
  onOpen: (() => void) | undefined;
  outline: string | undefined;
  current: boolean;
}

/** A bar and the paper's diamond. A bar that can be opened also takes clicks above it, as it may be too low to hit. */
function BarShape(props: BarShapeProps & BarShapeOptions) {
  const { x, y, width, height, fill, paper, onOpen, outline, current } = props;
  const scale = useYAxisScale();
  const plot = usePlotArea();
  const at = paper === undefined ? undefined : scale?.(paper);
  const [left, across, tall] = [Number(x), Number(width), Math.max(0, Number(height))];
  return (
    <g onClick={onOpen} className={onOpen && 'bar-opens'}>
      {onOpen && plot && (
        <rect className="bar-column" x={left} y={plot.y} width={across} height={plot.height} fill="transparent" />
      )}
      <rect x={left} y={Number(y)} width={across} height={tall} fill={fill} stroke={tall > 0 ? outline : undefined} />
      {current && plot && (
        <rect
          className="walk-mark"
          x={left - 1}
          y={plot.y}
          width={across + 2}
          height={plot.height}
          fill="none"
          stroke="var(--accent)"
          strokeWidth={2}
        />
      )}
      {at !== undefined && (
        <path
          d={diamond}
          transform={`translate(${left + across / 2} ${at})`}
          fill="var(--surface)"
          stroke="var(--paper-value)"
          strokeWidth={1.5}
        />
      )}
    </g>
  );
}

function paperValue(payload: unknown, series: string): number | undefined {
  const value = typeof payload === 'object' && payload !== null ? (payload as Row)[`${series} paper`] : undefined;
  return typeof value === 'number' ? value : undefined;
}

function openHandler(
  payload: unknown,
  series: string,
  { categories, onOpen }: BarChartProps,
): (() => void) | undefined {
  const category = categories.find((each) => each.name === payloadName(payload));
  const counts = (category?.values[series]?.value ?? 0) > 0;
  return category && onOpen && counts ? () => onOpen(category, series) : undefined;
}

function legendEntries(id: string, { series, categories, intervalName }: BarChartProps): LegendEntry[] {
  const all = categories.flatMap(({ values }) => Object.values(values));
  return [
    ...series.map(({ id: own, name, color, hatch, outline }) => ({
      name,
      color,
      mark: <rect x="-5" y="-5" width="10" height="10" fill={hatch ? `url(#${id}${own})` : color} stroke={outline} />,
    })),
    ...(intervalName !== undefined && all.some(({ interval }) => interval) ? [whiskerEntry(intervalName)] : []),
    ...(all.some(({ paper }) => paper !== undefined) ? [paperEntry] : []),
  ];
}

function* heights({ categories, series }: BarChartProps): Generator<number> {
  for (const { values } of categories) {
    const own = series.flatMap(({ id }) => values[id] ?? []);
    for (const { value, interval, paper } of own) {
      for (const each of [value, interval?.[1], paper]) if (each !== null && each !== undefined) yield each;
    }
  }
}

function tipLines({ values }: BarCategory, series: readonly BarSeries[], write: (value: number) => string) {
  return series.flatMap(({ id, name }): (readonly [string, string])[] => {
    const bar = values[id];
    if (!bar || bar.value === null) return [];
    return [[name, valueText(write, bar.value, bar)]];
  });
}

function toTable({ xTitle, categories, series }: BarChartProps): ExportTable {
  return {
    columns: [
      xTitle,
      ...series.flatMap(({ name }) => [name, `${name}: low`, `${name}: high`, `${name}: n`, `${name}: paper`]),
    ],
    rows: categories.map(({ name, values }) => [
      name,
      ...series.flatMap(({ id }) => {
        const { value, interval, n, paper } = values[id] ?? { value: null };
        return [value, interval?.[0] ?? null, interval?.[1] ?? null, n ?? null, paper ?? null];
      }),
    ]),
  };
}
