import { isForReading } from '../../exhibits/all.ts';
import { effectsFigure } from '../../exhibits/effects-figure.ts';
import { effectOrders, reportEffectsExhibit } from '../../exhibits/report-effects.ts';
import type { View } from '../../exhibits/view.ts';
import { drawFigure } from '../drawings/figure.ts';
import { exhibitTable } from '../formats/as-html.ts';
import { section } from '../frame.ts';
import { type Content, type Html, html } from '../html.ts';

/** Drawings; the table has them all. */
const mostDrawn = 24;

/** What architecture, optimizer and training do, here and over studies. */
export const effectsSection = (view: View): Html =>
  section('part-effects', 'Effects', [
    (view.data.effects ?? []).length > 0 && ownEffects(view),
    (view.data.overStudies ?? []).map(({ figure, table }) => [drawFigure(view, figure), exhibitTable(view, table)]),
  ]);

function ownEffects(view: View): Content {
  const charts = (view.data.effects ?? []).flatMap(({ chart }) =>
    chart.rows.some(({ value }) => value !== null) ? chart : [],
  );
  const table = reportEffectsExhibit(view);
  const orders = effectOrders(view);
  return [
    drawFigure(view, effectsFigure(charts.slice(0, mostDrawn))),
    orders.length > 0
      ? html`<ul>${orders.map((text) => html`<li>${text}</li>`)}</ul>`
      : html`<p>No levels are told apart by these data.</p>`,
    isForReading(table)
      ? exhibitTable(view, table)
      : html`<p>The table of ${table.rows.length} effects is among the files of this report.</p>`,
  ];
}
