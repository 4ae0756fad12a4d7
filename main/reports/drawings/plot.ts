import type { Chart, Hue, Shape } from '../../contract/results/figure.ts';
import { isHollow, shapePaths } from '../../domain/results/figures.ts';
import { type Content, type Html, html } from '../html.ts';

export interface PlotAxis {
  from: number;
  to: number;
  ticks: readonly number[];
  title: string;
  /** Format of ticks. */
  format?: ((value: number) => string) | undefined;
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

/** What is spoken of a chart, and is the title of its file: which one it is, of how many, and what it shows. */
export const spokenOf = ({ title, n = '' }: Chart, words: string): string =>
  [title, n, words].filter((text) => text !== '').join('. ');

/** Letters of ticks are about 6 pixels wide. */
const marginOf = ({ ticks, format = String }: PlotAxis) => ({
  left: Math.min(170, Math.max(44, ...ticks.map((tick) => 24 + 6 * [...format(tick)].length))),
  right: 12,
  top: 10,
  bottom: 38,
});

/** One decimal is finer than print; more would only make the file larger. */
export const round = (value: number): number => Math.round(value * 10) / 10;

/** Axes with what `draw` puts between them. */
export function plot(
  { spoken, width = 340, height = 230, links = false, x, y }: PlotFrame,
  draw: (scales: PlotScales) => Content,
): Html {
  const margin = marginOf(y);
  const [across, down] = [width - margin.left - margin.right, height - margin.top - margin.bottom];
  const scales: PlotScales = {
    x: (value) => round(margin.left + (across * (value - x.from)) / (x.to - x.from)),
    y: (value) => round(margin.top + down * (1 - (value - y.from) / (y.to - y.from))),
  };
  const bottom = height - margin.bottom;
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="${links ? 'group' : 'img'}" aria-label="${spoken}">
    ${y.ticks.map((tick) => html`<path class="grid" d="M${margin.left} ${scales.y(tick)}H${width - margin.right}" /><text class="tick up" x="${margin.left - 6}" y="${round(scales.y(tick) + 4)}">${(y.format ?? String)(tick)}</text>`)}
    ${x.ticks.map((tick) => html`<path class="grid" d="M${scales.x(tick)} ${bottom}v4" /><text class="tick across" x="${scales.x(tick)}" y="${bottom + 16}">${(x.format ?? String)(tick)}</text>`)}
    <text class="tick across" x="${margin.left + across / 2}" y="${height - 4}">${x.title}</text>
    <text class="tick across" transform="translate(11 ${margin.top + down / 2}) rotate(-90)">${y.title}</text>
    ${draw(scales)}
  </svg>`;
}

interface Marked {
  shape: Shape;
  hue: Hue;
  x: number;
  y: number;
  /** What it is of; empty: that is said elsewhere. */
  title?: string;
  /** Factor of its size. */
  scale?: number;
  hollow?: boolean;
}

/** A mark at a place. */
export function markAt({
  shape,
  hue,
  x,
  y,
  title = '',
  scale = 1,
  hollow = isHollow(shape) || hue === 'paper',
}: Marked): Html {
  const size = scale === 1 ? '' : ` scale(${scale})`;
  return html`<path class="${hollow ? 'hollow' : 'mark'} hue-${hue}" transform="translate(${x} ${y})${size}" d="${shapePaths[shape]}">${title !== '' && html`<title>${title}</title>`}</path>`;
}

/** A line through points. */
export const path = (points: readonly (readonly [x: number, y: number])[], { x, y }: PlotScales): string =>
  points.map(([px, py], at) => `${at === 0 ? 'M' : 'L'}${x(px)} ${y(py)}`).join('');
