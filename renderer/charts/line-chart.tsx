import { useEffect, useMemo, useRef } from 'react';
import {
  CartesianGrid,
  Line,
  LineChart as Drawing,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  useActiveTooltipLabel,
  usePlotArea,
  useXAxisInverseScale,
} from 'recharts';
import {
  acrossDomain,
  axisDomain,
  type ChartAxis,
  type Domain,
  isPlottable,
  padDomain,
  upDomain,
} from '../../main/domain/settings/axes.ts';
import { axisWidth, XNumberAxis, YNumberAxis } from './axes.tsx';
import { ChartFrame, type LegendEntry } from './chart-frame.tsx';
import { paperEntry, ringEntry, trendEntry, whiskerEntry } from './legend.tsx';
import { type ChartMarker, Markers, SeriesLines, type TargetBand, TargetLabels } from './lines.tsx';
import {
  type DrawnSeries,
  styleSeries,
  type LineSeries,
  nearestIndex,
  pointsWithin,
  tooltipPositions,
  seriesTable,
} from './series.ts';
import { SeriesTip } from './tips.tsx';
import { useZoom, ZoomArea, ZoomTools } from './zoom.tsx';

export type { ChartMarker, TargetBand } from './lines.tsx';
export type { LineSeries, Point } from './series.ts';

interface LineChartProps {
  title: string;
  x: ChartAxis;
  y: ChartAxis;
  series: readonly LineSeries[];
  targets?: readonly TargetBand[];
  /** Highlighted points: snapshots, the paper's value. */
  markers?: readonly ChartMarker[];
  /** Legend entry of ring markers. */
  ringName?: string;
  /** Legend entry of trend markers. */
  trendName?: string;
  /** Legend entry of whiskers: `± std`. */
  whiskerName?: string;
  /** x of a vertical line, e.g. the position of a slider. */
  cursor?: number | null;
  /** Sample size: `n = 3 runs`. */
  n?: string;
  height?: number;
  /** Lets a part of a linear x axis be shown. Not together with `onPick`. */
  zooms?: boolean;
  /** Pixels from the chart's ends to the plot's, to stand under something else; left out: as wide as there is room. */
  plot?: { left: number; right: number } | undefined;
  /** Legend, where there are too many series for one entry each. */
  legend?: readonly LegendEntry[];
  /** Called with the nearest x that has a point, on a click, on Enter at the current value, or for a row of the table. */
  onPick?: (x: number) => void;
}

/**
 * Curves over x; each series has its own x values. Not animated, because data may be live. Arrow keys move along the
 * values of a focused chart.
 */
export function LineChart(props: LineChartProps) {
  const { title, x, y, targets = [], markers = [], cursor = null, height = 240, zooms = false, plot, onPick } = props;
  const series = useMemo(() => styleSeries(props.series), [props.series]);
  const rows = useMemo(() => tooltipPositions(series).map((at) => ({ x: at, probe: 0 })), [series]);
  const xs = useMemo(() => acrossDomain(x, series), [x, series]);
  const zoom = useZoom(xs);
  const { isZoomed } = zoom;
  const [low, high] = zoom.shown;
  const ys = useMemo(() => {
    if (isZoomed) return partDomain(y, series, [low, high]);
    return upDomain(y, series, [...targets.flatMap((of) => [of.from, of.to]), ...markers.map((marker) => marker.y)]);
  }, [series, targets, markers, y, isZoomed, low, high]);
  // The tooltip needs a recharts line to attach to: an invisible one at the lower end of the axis.
  const data = useMemo(
    () =>
      rows
        .filter((row) => isPlottable(x, row.x) && row.x >= low && row.x <= high)
        .map((row) => ({ ...row, probe: ys[0] })),
    [rows, x, ys, low, high],
  );
  return (
    <ChartFrame
      title={title}
      height={height}
      n={props.n}
      legend={props.legend ?? legendEntries(series, props)}
      {...(zooms && { tools: <ZoomTools zoom={zoom} title={title} /> })}
      table={() => seriesTable(x.title, series, markers)}
      onOpenRow={onPick && ((row) => pickRow(seriesTable(x.title, series, markers).rows[row], series, onPick))}
    >
      <ResponsiveContainer width="100%" height={height} initialDimension={{ width: 640, height }}>
        <Drawing
          data={data}
          margin={{
            top: 8,
            right: plot?.right ?? rightMargin(targets),
            bottom: 20,
            left: plot ? plot.left - axisWidth : 16,
          }}
          title={title}
        >
          <CartesianGrid stroke="var(--line)" strokeWidth={0.5} />
          <XNumberAxis axis={x} domain={zoom.shown} dataKey="x" overflow />
          <YNumberAxis axis={y} domain={ys} overflow />
          {targets.map(({ from, to, label }) =>
            from === to ? (
              <ReferenceLine key={label} y={from} stroke="var(--ink-soft)" strokeDasharray="4 3" />
            ) : (
              <ReferenceArea
                key={label}
                y1={from}
                y2={to}
                fill="var(--ink-soft)"
                fillOpacity={0.15}
                stroke="var(--ink-soft)"
                strokeOpacity={0.6}
              />
            ),
          )}
          {cursor !== null && <ReferenceLine x={cursor} stroke="var(--accent)" strokeWidth={2} />}
          <Line
            dataKey="probe"
            stroke="none"
            dot={false}
            activeDot={false}
            isAnimationActive={false}
            legendType="none"
          />
          <SeriesLines series={series} x={x} y={y} />
          <Markers markers={markers} />
          <TargetLabels targets={targets} />
          {onPick && <PickArea xs={rows.map((row) => row.x)} onPick={onPick} />}
          {zooms && <ZoomArea zoom={zoom} />}
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: 'var(--line-strong)' }}
            content={({ active, label, coordinate }) => (
              <SeriesTip at={active ? label : undefined} height={coordinate?.y} x={x} y={y} series={series} />
            )}
          />
        </Drawing>
      </ResponsiveContainer>
    </ChartFrame>
  );
}

/** Room for the names of targets beside the plot, in pixels: on curves nobody could read them. */
const rightMargin = (targets: readonly TargetBand[]): number =>
  Math.max(16, ...targets.map(({ label }) => 10 + 7 * label.length));

/** Picks the x of a table row. A marker's row may lie between points: then the nearest point. */
function pickRow(
  row: readonly unknown[] | undefined,
  series: readonly LineSeries[],
  onPick: (x: number) => void,
): void {
  const xs = tooltipPositions(series, Number.POSITIVE_INFINITY).map((x) => [x, 0] as const);
  const near = typeof row?.[0] === 'number' ? xs[nearestIndex(xs, row[0])] : undefined;
  if (near) onPick(near[0]);
}

function legendEntries(
  series: readonly DrawnSeries[],
  { markers = [], ringName, trendName, whiskerName }: LineChartProps,
): LegendEntry[] {
  const hasPaper = markers.some(({ shape }) => shape === 'paper') || series.some(({ paper = [] }) => paper.length > 0);
  return [
    ...series.flatMap(({ name, color, dash, mark, faint }) => (faint ? [] : [{ name, color, dash, mark }])),
    ...(ringName !== undefined && markers.some(({ shape }) => shape === 'ring') ? [ringEntry(ringName)] : []),
    ...(trendName !== undefined && markers.some(({ shape }) => shape === 'trend') ? [trendEntry(trendName)] : []),
    ...(whiskerName !== undefined ? [whiskerEntry(whiskerName)] : []),
    ...(hasPaper ? [paperEntry] : []),
  ];
}

/** The y axis for a part of the x axis: around the curves there. */
function partDomain(axis: ChartAxis, series: readonly DrawnSeries[], [low, high]: Domain): Domain {
  const values = series.flatMap(({ points }) =>
    pointsWithin(points, low, high).flatMap(([x, y]) => (x >= low && x <= high ? [y] : [])),
  );
  return padDomain(axis, axisDomain({ ...axis, domain: [null, null] }, values), 0.05);
}

interface PickAreaProps {
  /** Values to pick, ascending. */
  xs: readonly number[];
  onPick: (x: number) => void;
}

/** A transparent area over the plot that takes clicks; Enter picks the current value. */
function PickArea({ xs, onPick }: PickAreaProps) {
  const area = usePlotArea();
  const inverse = useXAxisInverseScale();
  const label = useActiveTooltipLabel();
  const rect = useRef<SVGRectElement>(null);
  const pick = useRef({ onPick, label });
  pick.current = { onPick, label };
  useEffect(() => {
    const drawing = rect.current?.ownerSVGElement;
    const pressed = ({ key }: KeyboardEvent): void => {
      if (key === 'Enter' && pick.current.label !== undefined) pick.current.onPick(Number(pick.current.label));
    };
    drawing?.addEventListener('keydown', pressed);
    return () => drawing?.removeEventListener('keydown', pressed);
  }, []);
  const clicked = (event: React.MouseEvent<SVGRectElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const x = Number(inverse?.((area?.x ?? 0) + event.clientX - box.left));
    const [first, ...others] = xs;
    if (first === undefined || !Number.isFinite(x)) return;
    onPick(others.reduce((best, each) => (Math.abs(each - x) < Math.abs(best - x) ? each : best), first));
  };
  return (
    <rect
      ref={rect}
      className="pick-area"
      x={area?.x ?? 0}
      y={area?.y ?? 0}
      width={area?.width ?? 0}
      height={area?.height ?? 0}
      fill="transparent"
      onClick={clicked}
    />
  );
}
