import { type Content, type Html, html } from '../html.ts';

export interface PlotAxis {
  from: number;
  to: number;
  ticks: readonly number[];
  title: string;
}

export interface PlotFrame {
  /** What a reader who cannot see it is told. */
  spoken: string;
  width?: number;
  height?: number;
  /** Its marks are links: then it is not one picture. */
  links?: boolean;
  x: PlotAxis;
  y: PlotAxis;
}

/** Values to pixels. */
export interface PlotScales {
  x: (value: number) => number;
  y: (value: number) => number;
}

const margin = { left: 44, right: 12, top: 10, bottom: 38 };

/** One decimal is finer than print; more would only make the file larger. */
export const round = (value: number): number => Math.round(value * 10) / 10;

/** Axes with what `draw` puts between them. */
export function plot(
  { spoken, width = 340, height = 230, links = false, x, y }: PlotFrame,
  draw: (scales: PlotScales) => Content,
): Html {
  const [across, down] = [width - margin.left - margin.right, height - margin.top - margin.bottom];
  const scales: PlotScales = {
    x: (value) => round(margin.left + (across * (value - x.from)) / (x.to - x.from)),
    y: (value) => round(margin.top + down * (1 - (value - y.from) / (y.to - y.from))),
  };
  const bottom = height - margin.bottom;
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="${links ? 'group' : 'img'}" aria-label="${spoken}">
    ${y.ticks.map((tick) => html`<path class="grid" d="M${margin.left} ${scales.y(tick)}H${width - margin.right}" /><text class="tick up" x="${margin.left - 6}" y="${round(scales.y(tick) + 4)}">${tick}</text>`)}
    ${x.ticks.map((tick) => html`<path class="grid" d="M${scales.x(tick)} ${bottom}v4" /><text class="tick across" x="${scales.x(tick)}" y="${bottom + 16}">${tick}</text>`)}
    <text class="tick across" x="${margin.left + across / 2}" y="${height - 4}">${x.title}</text>
    <text class="tick across" transform="translate(11 ${margin.top + down / 2}) rotate(-90)">${y.title}</text>
    ${draw(scales)}
  </svg>`;
}

/** A line through points. */
export const path = (points: readonly (readonly [x: number, y: number])[], { x, y }: PlotScales): string =>
  points.map(([px, py], at) => `${at === 0 ? 'M' : 'L'}${x(px)} ${y(py)}`).join('');

export const quarters = [0, 0.25, 0.5, 0.75, 1];
