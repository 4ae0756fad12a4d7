import { useId, useMemo } from 'react';
import { usePlotArea, useXAxisDomain, useXAxisScale, useYAxisDomain, useYAxisScale } from 'recharts';
import type { ChartAxis, Domain } from '../../main/domain/settings/axes.ts';
import { tickStyle } from './axes.tsx';
import { markShifts } from '../../main/domain/results/figures.ts';
import { type DrawnSeries, type Interval, type Point, pointsWithin } from './series.ts';

/** Path of the paper's diamond, centered on (0, 0). */
export const diamond = 'M0 -5L5 0L0 5L-5 0Z';

/** Path of a trend's bar, centered on (0, 0). */
export const trendBar = 'M-8 0H8';

export interface ChartMarker {
  x: number;
  y: number;
  /** Tooltip: `Snapshot at 98 %`. */
  label: string;
  /** `paper`: a hollow diamond for the paper's value. `trend`: a bar at the height of a curve's trend. */
  shape: 'ring' | 'paper' | 'trend';
  color?: string;
}

/** A target range of y, e.g. 98 % to 98.02 %; a line if both ends are equal. */
export interface TargetBand {
  from: number;
  to: number;
  label: string;
}

type Scale = (value: number) => number | undefined;

/** Scales of the surrounding chart, from values to pixels; null before the first layout. */
function useScales(): { x: Scale; y: Scale } | null {
  const x = useXAxisScale();
  const y = useYAxisScale();
  return x && y ? { x, y } : null;
}

/**
 * A chart's scale as a multiplication and an addition, as it is called for every point of every curve in each frame of a
 * zoom. @param of two values of the axis
 */
function fastScale(scale: Scale, [low, high]: Domain, isLog: boolean): (value: number) => number {
  const inner = isLog ? Math.log : (value: number): number => value;
  const [from, to] = [inner(low), inner(high)];
  const start = scale(low) ?? Number.NaN;
  const slope = ((scale(high) ?? Number.NaN) - start) / (to - from);
  return (value) => start + slope * (inner(value) - from);
}

/**
 * The curves, one path each. Not drawn by recharts' Line, which needs all series on the same x values and is slow for
 * thousands of points.
 */
export function SeriesLines({ series, x, y }: { series: readonly DrawnSeries[]; x: ChartAxis; y: ChartAxis }) {
  const scales = useScales();
  const area = usePlotArea();
  const clip = useId();
  const shifts = useMemo(() => markShifts(series), [series]);
  const [low, high] = (useXAxisDomain() ?? []).map(Number);
  const [bottom, top] = (useYAxisDomain() ?? []).map(Number);
  if (!scales || !area || low === undefined || high === undefined || bottom === undefined || top === undefined)
    return null;
  const fast = {
    x: fastScale(scales.x, [low, high], x.log === true),
    y: fastScale(scales.y, [bottom, top], y.log === true),
  };
  return (
    <g className="chart-lines">
      <clipPath id={clip}>
        <rect x={area.x} y={area.y - 2} width={area.width} height={area.height + 4} />
      </clipPath>
      <g clipPath={`url(#${clip})`} fill="none" strokeLinejoin="round">
        {series.map(
          ({ id, band, color, mark }) =>
            band && mark === undefined && <path key={id} d={bandPath(band, fast)} fill={color} fillOpacity={0.18} />,
        )}
        {series.map(
          ({ id, points, color, dash, faint, thin, joined }, index) =>
            joined !== false && (
              <path
                key={id}
                className="chart-line"
                data-series={id}
                d={linePath(pointsWithin(points, low, high), fast)}
                transform={shifts[index] ? `translate(${shifts[index]} 0)` : undefined}
                stroke={color}
                strokeWidth={thin ? 1 : 1.5}
                strokeDasharray={dash || undefined}
                strokeOpacity={faint ? 0.3 : undefined}
              />
            ),
        )}
        {series.map(
          ({ id, points, color, mark }) =>
            points.length === 1 &&
            mark === undefined && <Dot key={id} point={points[0]} scales={scales} color={color} />,
        )}
      </g>
      {series.map((each, index) => (
        <SeriesMarks key={each.id} series={each} scales={scales} shift={shifts[index] ?? 0} />
      ))}
    </g>
  );
}

interface SeriesMarksProps {
  series: DrawnSeries;
  scales: { x: Scale; y: Scale };
  shift: number;
}

/** Whiskers, the paper's diamonds and marks of a series. */
function SeriesMarks({ series: { id, points, band = [], paper = [], mark, color }, scales, shift }: SeriesMarksProps) {
  if (mark === undefined && paper.length === 0) return null;
  const position = ([x, y]: Point): string => `translate(${(scales.x(x) ?? 0) + shift} ${scales.y(y) ?? 0})`;
  return (
    <g className="chart-marks" data-series={id}>
      {mark !== undefined &&
        band.map((interval) => (
          <Whisker key={interval[0]} interval={interval} scales={scales} shift={shift} color={color} />
        ))}
      {paper.map((point) => (
        <path
          key={point[0]}
          d={diamond}
          transform={position(point)}
          fill="var(--surface)"
          stroke={color}
          strokeWidth={1.5}
        />
      ))}
      {mark !== undefined &&
        points.map((point) => (
          <g key={point[0]} transform={position(point)}>
            {mark}
          </g>
        ))}
    </g>
  );
}

type WhiskerProps = Omit<SeriesMarksProps, 'series'> & { interval: Interval; color: string };

function Whisker({ interval: [x, low, high], scales, shift, color }: WhiskerProps) {
  const at = (scales.x(x) ?? 0) + shift;
  const [bottom, top] = [scales.y(low), scales.y(high)];
  if (bottom === undefined || top === undefined) return null;
  return (
    <path
      d={`M${at - 3} ${top}h6M${at - 3} ${bottom}h6M${at} ${top}V${bottom}`}
      stroke={color}
      strokeWidth={1.2}
      fill="none"
    />
  );
}

/** A dot for a curve of one point, whose path would be invisible. */
function Dot({ point, scales, color }: { point: Point | undefined; scales: { x: Scale; y: Scale }; color: string }) {
  if (!point) return null;
  return <circle cx={scales.x(point[0])} cy={scales.y(point[1])} r={3} fill={color} />;
}

/** Highlighted points above the curves. */
export function Markers({ markers }: { markers: readonly ChartMarker[] }) {
  const scales = useScales();
  const area = usePlotArea();
  if (!scales || !area) return null;
  return markers.map(({ x, y, label, shape, color }) => {
    const [px, py] = [scales.x(x), scales.y(y)];
    if (px === undefined || py === undefined || !Number.isFinite(px + py)) return null;
    if (px < area.x - 1 || px > area.x + area.width + 1) return null;
    return (
      <g key={`${label} ${x} ${y}`} transform={`translate(${px} ${py})`} className="chart-marker">
        <title>{label}</title>
        {shape === 'paper' ? (
          <path d={diamond} fill="var(--surface)" stroke={color ?? 'var(--paper-value)'} strokeWidth={1.5} />
        ) : shape === 'trend' ? (
          <path d={trendBar} stroke={color ?? 'var(--ink)'} strokeWidth={3} />
        ) : (
          <circle r={4} fill="var(--surface)" stroke={color ?? 'var(--ink)'} strokeWidth={2} />
        )}
      </g>
    );
  });
}

interface FastScales {
  x: (value: number) => number;
  y: (value: number) => number;
}

/** To a tenth of a pixel; several times as fast as `toFixed`. */
const tenths = (pixels: number): number => Math.round(10 * pixels) / 10;

/** SVG path of a curve; values that the axes cannot show leave a gap. */
function linePath(points: readonly Point[], { x, y }: FastScales): string {
  let path = '';
  let pen = 'M';
  for (const [px, py] of points) {
    const [sx, sy] = [x(px), y(py)];
    if (!Number.isFinite(sx + sy)) {
      pen = 'M';
      continue;
    }
    path += `${pen}${tenths(sx)} ${tenths(sy)}`;
    pen = 'L';
  }
  return path;
}

function bandPath(band: NonNullable<DrawnSeries['band']>, scales: FastScales): string {
  const upper = band.map(([x, , high]): Point => [x, high]);
  const lower = band.map(([x, low]): Point => [x, low]).reverse();
  const around = linePath([...upper, ...lower], scales);
  return around && `${around}Z`;
}

/** Pixels between the names of targets. */
const labelHeight = 13;

/** The names of targets beside the plot, each at the height of its target, or below the one above it. */
export function TargetLabels({ targets }: { targets: readonly TargetBand[] }) {
  const scales = useScales();
  const area = usePlotArea();
  if (!scales || !area || targets.length === 0) return null;
  const inside = targets
    .map(({ from, to, label }) => ({ label, y: scales.y((from + to) / 2) ?? Number.NaN }))
    .filter(({ y }) => y >= area.y && y <= area.y + area.height)
    .sort((a, b) => a.y - b.y);
  let free = Number.NEGATIVE_INFINITY;
  return (
    <g className="chart-targets">
      {inside.map(({ label, y }) => {
        const at = Math.max(y, free);
        free = at + labelHeight;
        return (
          <text key={label} x={area.x + area.width + 4} y={at} dominantBaseline="central" {...tickStyle}>
            {label}
          </text>
        );
      })}
    </g>
  );
}
