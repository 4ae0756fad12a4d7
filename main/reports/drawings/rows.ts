import type { RowsChart } from '../../contract/results/figure.ts';
import { axisTicks } from '../../domain/settings/axes.ts';
import { rowsDomain, rowTexts, toAxis } from '../../domain/results/figures.ts';
import { type Html, html } from '../html.ts';
import { plot, round, spokenOf } from './plot.ts';

/** Estimates in rows with their intervals, thick, and wider ones, thin, beside lines. */
export function drawRows(chart: RowsChart): Html {
  const { x, rows, lines } = chart;
  const axis = toAxis(x);
  const [from, to] = rowsDomain(chart);
  const [width, below] = [420, -rows.length + 0.5];
  const texts = rows.map((row) => `${row.name}: ${wordsOf(chart, row)}`);
  return plot(
    {
      spoken: spokenOf(chart, texts.join('; ')),
      width,
      height: 74 + 34 * rows.length,
      x: { from, to, ticks: axisTicks(axis, [from, to], 6), title: x.title, format: axis.format },
      y: { from: below, to: 0.5 + 10 / 34, ticks: [], title: '' },
    },
    (at) => [
      lines.map(({ at: value, name }, line) => {
        const side = lines.length === 1 ? '' : line === 0 ? ' up' : ' start';
        return html`<path class="grid dashed" d="M${at.x(value)} ${at.y(0.5)}V${at.y(below)}" /><text class="tick${side}" x="${at.x(value)}" y="${round(at.y(0.5) - 4)}">${name}</text>`;
      }),
      rows.map(({ name, value, interval, wider, verdict, full }, n) => {
        const middle = at.y(-n);
        return html`<g><title>${texts[n]}</title><text class="row-name" x="10" y="${round(middle - 8)}">${name}</text><text class="row-name end" x="${width - 4}" y="${round(middle - 8)}">${verdict}</text>${
          wider && html`<path class="effect-all" d="M${at.x(wider[0])} ${middle}H${at.x(wider[1])}" />`
        }${interval && html`<path class="effect-one" d="M${at.x(interval[0])} ${middle}H${at.x(interval[1])}" />`}${
          value !== null &&
          html`<rect class="effect-mark${full && ' apart'}" x="${round(at.x(value) - 4)}" y="${round(middle - 4)}" width="8" height="8" />`
        }</g>`;
      }),
    ],
  );
}

const wordsOf = (chart: RowsChart, row: RowsChart['rows'][number]): string =>
  rowTexts(chart, row)
    .map(([name, text]) => `${name} ${text}`)
    .join(', ');
