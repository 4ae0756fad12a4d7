import { Label, useChartHeight, XAxis, YAxis } from 'recharts';
import { formatCompact, truncate } from '../../main/domain/format.ts';

export interface ChartAxis {
  /** With its unit: `Loss (nats)`, `Steps`. */
  title: string;
  /** Logarithmic; values <= 0 are not drawn. */
  log?: boolean;
  /** Ends of the axis; null: from the data. */
  domain?: readonly [number | null, number | null];
  /** Positions of ticks, ascending; left out: round numbers. */
  ticks?: readonly number[];
  /** Format of ticks and values. */
  format?: (value: number) => string;
}

export const tickStyle = { fill: 'var(--ink-soft)', fontSize: 11 };

export type Domain = readonly [low: number, high: number];

export const axisFormat = (axis: ChartAxis): ((value: number) => string) => axis.format ?? formatCompact;

export const isPlottable = (axis: ChartAxis, value: number): boolean =>
  Number.isFinite(value) && (axis.log !== true || value > 0);

/** Ends of an axis for values in any order. Never empty: a single value gets room around it. */
export function axisDomain(axis: ChartAxis, values: Iterable<number>): Domain {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!isPlottable(axis, value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) [low, high] = axis.log ? [1, 10] : [0, 1];
  const begin = axis.domain?.[0] ?? low;
  const end = axis.domain?.[1] ?? high;
  if (begin < end) return [begin, end];
  return axis.log ? [begin / 2, begin * 2] : [begin - (Math.abs(begin) || 1) / 2, begin + (Math.abs(begin) || 1) / 2];
}

/** Adds room to a domain, so that marks at its ends are not cut off. `below`, `above`: shares of its length. */
export function padDomain(axis: ChartAxis, [low, high]: Domain, below: number, above = below): Domain {
  if (axis.log) return [low * (low / high) ** below, high * (high / low) ** above];
  return [low - (high - low) * below, high + (high - low) * above];
}

/** Round numbers within a domain, about `wanted` of them. */
export function axisTicks(axis: ChartAxis, [low, high]: Domain, wanted = 5): number[] {
  if (axis.ticks) return axis.ticks.filter((tick) => tick >= low && tick <= high);
  return axis.log ? logTicks(low, high, wanted) : linearTicks(low, high, wanted);
}

function linearTicks(low: number, high: number, wanted: number): number[] {
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  // Rounded, because 3 * 0.1 is not exactly 0.3.
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

function logTicks(low: number, high: number, wanted: number): number[] {
  const decades = Math.log10(high / low);
  const factors = decades > wanted ? [1] : decades > 1.5 ? [1, 3] : [1, 2, 5];
  const every = Math.max(1, Math.ceil(decades / (wanted * 1.5)));
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    if (power % every !== 0) continue;
    for (const factor of factors) ticks.push(Number((factor * 10 ** power).toPrecision(12)));
  }
  return ticks.filter((tick) => tick >= low * 0.999999 && tick <= high * 1.000001);
}

interface NumberAxisProps {
  axis: ChartAxis;
  domain: Domain;
  dataKey?: string;
  /** Cuts off values beyond the ends. */
  overflow?: boolean;
}

const shared = ({ axis, domain, dataKey, overflow }: NumberAxisProps, wanted?: number) => ({
  tick: tickStyle,
  type: 'number' as const,
  scale: axis.log ? ('log' as const) : ('linear' as const),
  domain: [...domain],
  ticks: axisTicks(axis, domain, wanted),
  tickFormatter: axisFormat(axis),
  stroke: 'var(--line-strong)',
  ...(dataKey !== undefined && { dataKey }),
  ...(overflow && { allowDataOverflow: true }),
});

/** The numeric x axis below a chart, with its title. */
export const XNumberAxis = (props: NumberAxisProps) => (
  <XAxis {...shared(props, 7)}>
    <Label value={props.axis.title} position="insideBottom" offset={-12} {...tickStyle} />
  </XAxis>
);

/** Pixels of a y axis. */
export const axisWidth = 56;

/** The numeric y axis left of a chart, with its title. */
export const YNumberAxis = (props: NumberAxisProps) => {
  const height = useChartHeight() ?? 240;
  const { title } = props.axis;
  const most = Math.floor((height - 24) / letterWidth);
  return (
    <YAxis width={axisWidth} {...shared(props)}>
      <Label
        value={[...title].length > most ? `${truncate(title, most - 1)}…` : title}
        angle={-90}
        position="insideLeft"
        offset={-4}
        {...tickStyle}
        textAnchor="middle"
      />
    </YAxis>
  );
};

/** Pixels of a letter of an axis's title, about. */
const letterWidth = 6;
