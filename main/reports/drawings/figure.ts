import type { Chart, Figure, Hue, Shape } from '../../contract/results/figure.ts';
import type { View } from '../../exhibits/view.ts';
import { chartTitle, dashPatterns, figureReasons } from '../../domain/results/figures.ts';
import { frame, isolated, linked } from '../frame.ts';
import { type Content, type Html, html, nothing } from '../html.ts';
import { drawBars } from './bars.ts';
import { drawLines } from './lines.ts';
import { drawMatrix } from './matrix.ts';
import { drawPoints, sizeNotes } from './points.ts';
import { markAt } from './plot.ts';
import { drawRows } from './rows.ts';

/** A figure as a report has it: its charts, and what must be known to read them. Nothing without a chart, unless the paper has it. */
export function drawFigure(view: View, figure: Figure): Content {
  const { id, number = '', title, people, charts, notes } = figure;
  if (charts.length === 0 && number === '') return nothing;
  const legend = legendOf(charts);
  const sizes = charts.flatMap((chart) => (chart.kind === 'points' ? sizeNotes(chart) : []));
  return frame(view, {
    id,
    number,
    title,
    people,
    body: html`<div class="blocks">${charts.map((chart) => {
      const n = chart.n ?? '';
      const hasTitle = chart.title !== '' && chart.title !== title;
      const drawn = { ...chart, title: chartTitle(figure, chart) };
      return html`<div class="map">
          ${hasTitle ? html`<h3>${isolated(chart.title)}${n !== '' && html` <span class="n">${n}</span>`}</h3>` : n !== '' && html`<p class="n">${n}</p>`} ${drawChart(drawn, (image, mark) => linked(view, image, mark))}
        </div>`;
    })}</div>
    ${
      legend.length > 1 &&
      html`<ul class="legend">${legend.map(({ name, ...of }) => html`<li>${legendKey(of)} ${name}</li>`)}</ul>`
    }`,
    note: [...new Set([...notes, ...sizes, ...figureReasons(figure)])].map((note) => html`<p>${note}</p>`),
  });
}

/** @param link what a mark that opens images leads to */
export function drawChart(chart: Chart, link?: (image: number, mark: Html) => Html): Html {
  switch (chart.kind) {
    case 'lines':
      return drawLines(chart);
    case 'points':
      return drawPoints(chart, link);
    case 'bars':
      return drawBars(chart);
    case 'rows':
      return drawRows(chart);
    case 'matrix':
      return drawMatrix(chart);
  }
}

interface Entry {
  name: string;
  hue: Hue;
  dash?: keyof typeof dashPatterns;
  /** `whisker`: an interval. */
  mark?: Shape | 'whisker' | undefined;
}

/** What colors, dashes and marks mean, over all charts. */
function legendOf(charts: readonly Chart[]): Entry[] {
  const entries = charts.flatMap((chart): Entry[] => {
    if (chart.kind === 'points') return chart.kinds;
    if (chart.kind === 'bars') return chart.series.map((of) => ({ ...of, mark: 'square' }));
    if (chart.kind !== 'lines') return [];
    return [
      ...chart.series.filter(({ weight }) => weight !== 'faint'),
      ...(chart.ringName !== undefined && (chart.markers ?? []).length > 0
        ? [{ name: chart.ringName, hue: 'ink' as const, mark: 'ring' as const }]
        : []),
    ];
  });
  const whiskers = charts.flatMap(whiskerName).map((name) => ({ name, hue: 'ink' as const, mark: 'whisker' as const }));
  entries.push(...whiskers);
  if (charts.some(hasPaper)) entries.push({ name: 'The paper', hue: 'paper', mark: 'diamond' });
  return [...new Map(entries.map((entry) => [entry.name, entry])).values()];
}

/** What the whiskers of a chart are; nothing where it has none. */
function whiskerName(chart: Chart): string | [] {
  if ((chart.kind !== 'lines' && chart.kind !== 'bars') || chart.intervalName === undefined) return [];
  const marks =
    chart.kind === 'lines'
      ? chart.series.flatMap(({ mark, points }) => (mark ? points : []))
      : chart.categories.flatMap(({ bars }) => bars.flatMap((bar) => bar ?? []));
  return marks.some(({ interval }) => interval) ? chart.intervalName : [];
}

const hasPaper = (chart: Chart): boolean =>
  (chart.kind === 'lines' && chart.series.some(({ paper = [] }) => paper.length > 0)) ||
  (chart.kind === 'bars' && chart.categories.some(({ bars }) => bars.some((bar) => bar?.paper !== undefined)));

function legendKey({ hue, dash = 'none', mark }: Omit<Entry, 'name'>): Html {
  const drawn =
    mark === 'whisker'
      ? html`<path class="whisker" d="M9 2h6m-3 0V12m-3 0h6" />`
      : mark
        ? markAt({ shape: mark, hue, x: 12, y: 7 })
        : html`<path class="line" d="M0 7H24" stroke-dasharray="${dashPatterns[dash]}" />`;
  return html`<svg class="key chart-key hue-${hue}" viewBox="0 0 24 14" width="24" height="14" aria-hidden="true">${drawn}</svg>`;
}
