import { isForReading } from '../../exhibits/all.ts';
import type { ReportedEffects, ReportedOverStudies } from '../../exhibits/report-data.ts';
import { drawnEffect, effectOrders, reportEffectsExhibit } from '../../exhibits/report-effects.ts';
import { named } from '../../exhibits/study-numbers.ts';
import type { View } from '../../exhibits/view.ts';
import { forestPlot } from '../drawings/forest.ts';
import { exhibitTable } from '../formats/as-html.ts';
import { frame, section } from '../frame.ts';
import { type Content, type Html, html } from '../html.ts';

/** Drawings; the table has them all. */
const mostDrawn = 24;

/** What architecture, optimizer and training do, here and over studies. */
export const effectsSection = (view: View): Html =>
  section('part-effects', 'Effects', [
    (view.data.effects ?? []).length > 0 && ownEffects(view),
    (view.data.overStudies ?? []).map((over) => overStudies(view, over)),
  ]);

function ownEffects(view: View): Content {
  const all = view.data.effects ?? [];
  const drawn = all.flatMap((effects) => block(view, effects)).slice(0, mostDrawn);
  const table = reportEffectsExhibit(view);
  const orders = effectOrders(view);
  return [
    drawn.length > 0 &&
      frame(view, {
        id: 'effects-figure',
        number: '',
        title: 'Differences between levels',
        people: true,
        body: html`<div class="blocks">${drawn}</div>`,
        note: html`<p>Thick: 95 % interval of one difference. Thin: of all levels together; a full mark where it leaves out 0.</p>`,
      }),
    orders.length > 0
      ? html`<ul>${orders.map((text) => html`<li>${text}</li>`)}</ul>`
      : html`<p>No levels are told apart by these data.</p>`,
    isForReading(table)
      ? exhibitTable(view, table)
      : html`<p>The table of ${table.rows.length} effects is among the files of this report.</p>`,
  ];
}

/** Whether one of them holds in other studies: all of them, the mean, and where another one would lie. */
function overStudies(view: View, { table, rows, unit, decimals }: ReportedOverStudies): Html {
  return html`${frame(view, {
    id: `${table.id}-figure`,
    number: '',
    title: table.title,
    people: table.people,
    body: html`<div class="blocks"><div class="map">${forestPlot(`difference, ${unit}`, rows, decimals)}</div></div>`,
    note: html`<p>Thick: 95 % interval. Thin, at the mean: prediction interval, where the true effect in another study like these lies. A full mark where the thick interval leaves out 0.</p>`,
  })}
  ${exhibitTable(view, table)}`;
}

function block(view: View, { outcome, factor, reference, unit, decimals, rows }: ReportedEffects): Html[] {
  const drawn = rows.flatMap((row) => drawnEffect(row) ?? []);
  const drawing = forestPlot(`difference from ${reference}, ${unit}`, drawn, decimals);
  if (drawing === null) return [];
  return [
    html`<div class="map">
      <h3>${named(view, outcome)}, ${factor.toLowerCase()}</h3>
      ${drawing}
    </div>`,
  ];
}
