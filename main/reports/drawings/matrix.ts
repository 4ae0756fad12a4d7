import type { MatrixChart } from '../../contract/results/figure.ts';
import { pairText, shortValue } from '../../domain/results/figures.ts';
import { type Html, html } from '../html.ts';
import { spokenOf } from './plot.ts';

const cell = 22;
const left = 96;
const top = 84;

/** Every rater against every other, with the number in each cell; words where there is nothing to draw, or too much. */
export function drawMatrix(chart: MatrixChart): Html {
  const { raters, values, undefined: why } = chart;
  if (why !== undefined) return html`<p class="note">${why}</p>`;
  const size = raters.length * cell;
  const [width, height] = [left + size + 2, top + size + 2];
  return html`<svg class="heat matrix" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${spokenOf(chart, `${raters.length} raters`)}">
    ${raters.map(({ name, of }, at) => html`<text class="axis row${of === 'person' && ' people'}" x="${left - 5}" y="${top + at * cell + 15}">${name.slice(0, 16)}</text><text class="axis slant" transform="translate(${left + at * cell + 14} ${top - 5}) rotate(-60)">${name.slice(0, 16)}</text>`)}
    ${values.map((row, y) => row.map((value, x) => x !== y && drawCell(chart, value, [y, x])))}
  </svg>`;
}

function drawCell(chart: MatrixChart, value: number | null, [row, column]: readonly [number, number]): Html {
  const [x, y] = [left + column * cell, top + row * cell];
  const level = value === null ? 'none' : String(Math.max(0, Math.min(5, Math.floor(value * 5 + 0.5))));
  return html`<g class="level-${level}"><title>${pairText(chart, row, column)}</title><rect x="${x}" y="${y}" width="${cell - 1}" height="${cell - 1}" /><text x="${x + cell / 2}" y="${y + 14}">${shortValue(value)}</text></g>`;
}
