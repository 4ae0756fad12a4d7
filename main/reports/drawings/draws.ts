import type { DrawnDistribution } from '../../contract/api/draws.ts';
import { type Html, html } from '../html.ts';
import { plot, round } from './plot.ts';
import { targetTitle } from '../../domain/targets.ts';

/** Draws are spread over this part of a row, so that equal values can be told apart. */
const rowHeight = 0.6;
const goldenRatio = 0.618034;

/** One measure over draws of anchors: a row for each target, a point for each draw, this study and the paper marked. */
export function drawsPlot(title: string, rows: readonly DrawnDistribution[]): Html | null {
  if (rows.length === 0) return null;
  const values = rows.flatMap((row) => [...row.values, row.own ?? 0, row.paper ?? 0]);
  const high = Math.max(5, 5 * Math.ceil(Math.max(...values) / 5));
  const step = high > 40 ? 20 : high > 20 ? 10 : 5;
  const ticks = Array.from({ length: Math.floor(high / step) + 1 }, (_, n) => n * step);
  const spoken = rows
    .map(({ target, values: drawn, own, paper }) => {
      const [low, most] = [Math.min(...drawn), Math.max(...drawn)];
      const marks = [own !== null && `this study ${own.toFixed(1)} %`, paper !== null && `paper ${paper.toFixed(1)} %`];
      return `${targetTitle(target)}: ${drawn.length} draws from ${low.toFixed(1)} to ${most.toFixed(1)} %${marks
        .filter((mark) => mark !== false)
        .map((mark) => `, ${mark}`)
        .join('')}`;
    })
    .join('; ');
  const x = { from: -high * 0.02, to: high * 1.02, ticks, title: `${title.toLowerCase()}, % of images` };
  const y = { from: -rows.length + 0.5, to: 0.5, ticks: [], title: 'target' };
  return plot({ spoken, width: 340, height: 70 + 44 * rows.length, x, y }, (at) =>
    rows.map(({ target, values: drawn, own, paper }, n) => [
      html`<text class="tick up" x="38" y="${round(at.y(-n) + 4)}">${target}</text>`,
      drawn.map((value, draw) => {
        const place = -n + rowHeight * (((draw * goldenRatio) % 1) - 0.5);
        return html`<circle class="draw" cx="${at.x(value)}" cy="${at.y(place)}" r="2"><title>Draw ${draw + 1}: ${value.toFixed(1)} %</title></circle>`;
      }),
      own !== null &&
        html`<path class="own-set" d="M${at.x(own)} ${round(at.y(-n) - 6)}l5 10h-10z"><title>This study: ${own.toFixed(1)} %</title></path>`,
      paper !== null &&
        html`<path class="paper-set" d="M${at.x(paper)} ${round(at.y(-n) - 6)}l6 6l-6 6l-6 -6z"><title>The paper: ${paper.toFixed(1)} %</title></path>`,
    ]),
  );
}
