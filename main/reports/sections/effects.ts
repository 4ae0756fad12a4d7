import { isForReading } from '../../exhibits/all.ts';
import { effectOrders, reportEffectsExhibit } from '../../exhibits/report-effects.ts';
import type { View } from '../../exhibits/view.ts';
import { drawFigure } from '../drawings/figure.ts';
import { exhibitTable } from '../formats/as-html.ts';
import { placed } from '../formats/placed.ts';
import { section } from '../frame.ts';
import { type Content, type Html, html } from '../html.ts';

/** What architecture, optimizer and training do, here and over studies. */
export const effectsSection = (view: View): Html =>
  section('part-effects', 'Effects', [
    (view.data.effects ?? []).length > 0 && ownEffects(view),
    (view.data.overStudies ?? []).map(({ figure, table }) => [drawFigure(view, figure), exhibitTable(view, table)]),
  ]);

function ownEffects(view: View): Content {
  const table = reportEffectsExhibit(view);
  const orders = effectOrders(view);
  return [
    placed(view, 'effects').rest(),
    orders.length > 0
      ? html`<ul>${orders.map((text) => html`<li>${text}</li>`)}</ul>`
      : html`<p>No levels are told apart by these data.</p>`,
    isForReading(table)
      ? exhibitTable(view, table)
      : html`<p>The table of ${table.rows.length} effects is among the files of this report.</p>`,
  ];
}
