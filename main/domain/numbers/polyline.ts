import { at } from './arrays.ts';

/** A line through points, ascending in x. */
type Line = readonly (readonly [x: number, y: number])[];

/** The height of a line at x, between its points; null outside of them. */
export function heightAt(points: Line, x: number): number | null {
  const next = firstFrom(points, x);
  const [before, after] = [points[next - 1], points[next]];
  if (after?.[0] === x) return after[1];
  if (!before || !after) return null;
  return before[1] + ((x - before[0]) / (after[0] - before[0])) * (after[1] - before[1]);
}

/** Index of the first point with at least this x. */
export function firstFrom(points: Line, x: number): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(points, middle)[0] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
