import { at } from '../../main/domain/numbers/arrays.ts';
import { heightAt } from '../../main/domain/numbers/polyline.ts';
import type { Interval, Point } from './series.ts';

/**
 * An exponential moving average of a curve, point by point as TensorBoard's: each value weighs `weight` times as much as
 * the one after it. Divided by the sum of weights, so that the start does not lean to 0. @param weight 0 (none) to < 1
 */
export function smooth(points: readonly Point[], weight: number): readonly Point[] {
  if (weight <= 0) return points;
  let [sum, weights] = [0, 0];
  return points.map(([x, y]): Point => {
    sum = weight * sum + (1 - weight) * y;
    weights = weight * weights + (1 - weight);
    return [x, sum / weights];
  });
}

/** A mean of curves, with how they spread around it and how many there are at each x. */
export interface MeanCurve {
  points: Point[];
  /** Mean ± one population standard deviation. */
  band: Interval[];
  counts: Point[];
}

/** Most points of a mean curve. */
const mostPoints = 300;

/** The mean of curves at each x, over those that reach it; between its points a curve is a line. */
export function meanCurve(curves: readonly (readonly Point[])[]): MeanCurve {
  const all = [...new Set(curves.flatMap((points) => points.map(([x]) => x)))].sort((a, b) => a - b);
  const step = Math.max(1, (all.length - 1) / (mostPoints - 1));
  const xs = Array.from({ length: Math.min(all.length, mostPoints) }, (_, place) => at(all, Math.round(place * step)));
  const found: MeanCurve = { points: [], band: [], counts: [] };
  for (const x of xs) {
    const values = curves.flatMap((points) => heightAt(points, x) ?? []);
    if (values.length === 0) continue;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const std = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    found.points.push([x, mean]);
    found.band.push([x, mean - std, mean + std]);
    found.counts.push([x, values.length]);
  }
  return found;
}

/** x of a curve of steps: steps, epochs or the time that the run had taken. */
export const curveAxes = ['step', 'epoch', 'time'] as const;
export type CurveAxis = (typeof curveAxes)[number];

/** What turns the steps of a run into epochs and milliseconds. */
export interface StepScale {
  stepsPerEpoch: number | null;
  clock: readonly Point[];
}

/** Units of time, the largest first, with the length in milliseconds and from when on it is the unit of an axis. */
const units = [
  { name: 'h', length: 3_600_000, from: 3 * 3_600_000 },
  { name: 'min', length: 60_000, from: 3 * 60_000 },
  { name: 's', length: 1000, from: 0 },
] as const;

/** The unit for times up to `longest` milliseconds. */
export const timeUnit = (longest: number): (typeof units)[number] =>
  units.find(({ from }) => longest >= from) ?? units[2];

/** The curve by another x; empty where that is not known. @param unit milliseconds of a unit of time */
export function onAxis(points: readonly Point[], axis: CurveAxis, scale: StepScale | undefined, unit = 1): Point[] {
  if (axis === 'step') return [...points];
  if (axis === 'epoch') {
    const steps = scale?.stepsPerEpoch;
    return steps == null ? [] : points.map(([step, y]) => [step / steps, y]);
  }
  const clock = scale?.clock ?? [];
  const last = clock.at(-1);
  if (!last || clock.length < 2) return [];
  // Points that came after the last known moment have at least its time.
  return points.flatMap(([step, y]): Point[] => {
    const time = step >= last[0] ? last[1] : heightAt(clock, step);
    return time === null ? [] : [[time / unit, y]];
  });
}
