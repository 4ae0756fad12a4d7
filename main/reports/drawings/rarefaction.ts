import type { Curve } from '../../analysis/rarefaction.ts';
import { type Html, html } from '../html.ts';
import { path, plot, round } from './plot.ts';

export interface RarefiedLine {
  /** What stands at its end, a letter or a word. */
  name: string;
  curve: Curve;
  /** Color and dash. */
  style: 'any' | 'type-a' | 'type-c';
}

type Point = readonly [raters: number, percent: number];

/** Percent of images by the number of raters, from two on; null without a line of two points. */
export function rarefactionPlot(raters: string, spoken: string, lines: readonly RarefiedLine[]): Html | null {
  const drawn = lines
    .map((line) => ({ ...line, points: toPoints(line.curve) }))
    .filter(({ points }) => points.length >= 2);
  if (drawn.length === 0) return null;
  const all = drawn.flatMap(({ points }) => points);
  const last = Math.max(...all.map(([x]) => x));
  const top = 10 * Math.ceil(Math.max(1, ...all.map(([, y]) => y)) / 10);
  const x = { from: 1, to: last, ticks: ticksTo(last), title: raters };
  const y = { from: 0, to: top, ticks: [0, top / 2, top], title: '% of images' };
  const said = drawn.map(({ name, points }) => `${name}: ${words(points)}`).join('; ');
  return plot({ spoken: `${spoken}. ${said}`, width: 300, height: 210, x, y }, (at) =>
    drawn.map(({ name, points, style }) => {
      const [endX, endY] = points.at(-1)!;
      return html`<g class="rarefied ${style}"><path class="line" d="${path(points, at)}" />${points.map(
        ([x, y]) =>
          html`<circle cx="${at.x(x)}" cy="${at.y(y)}" r="2.2"><title>${x} ${raters}: ${y.toFixed(1)} % (${name})</title></circle>`,
      )}<text class="end" x="${round(at.x(endX) - 6)}" y="${round(at.y(endY) - 6)}">${name}</text></g>`;
    }),
  );
}

const toPoints = (curve: Curve): Point[] =>
  curve.flatMap((value, at): Point[] => (value === null || at === 0 ? [] : [[at + 1, value]]));

function words(points: readonly Point[]): string {
  const [first, last] = [points[0]!, points.at(-1)!];
  return `${first[1].toFixed(1)} % with ${first[0]}, ${last[1].toFixed(1)} % with ${last[0]}`;
}

/** About five whole numbers from 2 on, the last one included. */
function ticksTo(last: number): number[] {
  const step = Math.max(1, Math.ceil((last - 2) / 5));
  const ticks = Array.from({ length: Math.floor((last - 2) / step) + 1 }, (_, at) => 2 + at * step);
  return last - ticks.at(-1)! >= step / 2 ? [...ticks, last] : [...ticks.slice(0, -1), last];
}
