import { formatCompact } from '../numbers/format.ts';

/** Ends and ticks of axes, the same on the page and in files. */

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

/** Ends of an axis of points, with room for their marks. */
export const pointsDomain = (axis: ChartAxis, values: readonly number[]): Domain =>
  padDomain(axis, axisDomain(axis, values), 0.05);

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

/** A curve as far as axes depend on it: x and y, with its intervals (x, low, high) and the paper's values. */
interface Drawn {
  points: readonly (readonly [x: number, y: number])[];
  band?: readonly (readonly [x: number, low: number, high: number])[];
  paper?: readonly (readonly [x: number, y: number])[];
  /** Has marks, so that its intervals are whiskers. */
  mark?: unknown;
}

const hasWhiskers = (curves: readonly Drawn[]): boolean =>
  curves.some(({ mark, band = [] }) => mark !== undefined && band.length > 0);

/** Ends of an x axis, with room for marks side by side at its ends. */
export function acrossDomain(axis: ChartAxis, curves: readonly Drawn[]): Domain {
  const xs = curves.flatMap(({ points, paper = [] }) => [...points, ...paper].map(([x]) => x));
  const domain = axisDomain(axis, xs);
  return hasWhiskers(curves) ? padDomain(axis, domain, 0.08) : domain;
}

/** Ends of a y axis, with room above for whiskers and the paper's diamonds. @param others what else it has to show */
export function upDomain(axis: ChartAxis, curves: readonly Drawn[], others: readonly number[] = []): Domain {
  const domain = axisDomain(axis, heights(curves, others));
  const isTall = hasWhiskers(curves) || curves.some(({ paper = [] }) => paper.length > 0);
  return isTall && axis.domain?.[1] == null ? padDomain(axis, domain, 0, 0.06) : domain;
}

function* heights(curves: readonly Drawn[], others: readonly number[]): Generator<number> {
  for (const { points, band = [], paper = [] } of curves) {
    for (const [, y] of points) yield y;
    for (const [, y] of paper) yield y;
    for (const [, low, high] of band) {
      yield low;
      yield high;
    }
  }
  yield* others;
}
