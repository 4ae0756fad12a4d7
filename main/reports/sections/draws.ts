import {
  type DrawnNumbers,
  drawnDistributions,
  drawnMeasureNames,
  drawsExhibit,
  drawsTitle,
} from '../../exhibits/draws.ts';
import type { View } from '../../exhibits/view.ts';
import { drawsPlot } from '../drawings/draws.ts';
import { exhibitTable } from '../formats/as-html.ts';
import { frame } from '../frame.ts';
import { type Content, type Html, html, nothing } from '../html.ts';
import { targetTitle } from '../../domain/targets.ts';

/** How much one draw of anchors decides: drawn and as a table; nothing where no anchors were drawn. */
export function anchorDraws(view: View): Content {
  const { draws } = view.data;
  if (draws.length === 0) return nothing;
  return [draws.map((run, n) => figure(view, run, n)), exhibitTable(view, drawsExhibit(draws, view.paper))];
}

/** Diverse groups only: seed groups are in the table. */
function figure(view: View, run: DrawnNumbers, n: number): Html {
  const diverse = new Set(run.groups.flatMap(({ seeds, target }) => (seeds === null ? [targetTitle(target)] : [])));
  const distributions = drawnDistributions(run, view.paper).filter(({ group }) => diverse.has(group));
  const panels = (['pairwise_disagreement_pct', 'any_differ_pct'] as const).flatMap((measure) => {
    const title = drawnMeasureNames[measure];
    const drawing = drawsPlot(
      title,
      distributions.filter((each) => each.measure === measure),
    );
    return drawing === null ? [] : [html`<div class="map"><h3>${title}</h3>${drawing}</div>`];
  });
  if (panels.length === 0) return nothing;
  return frame(view, {
    id: `anchor-draws-figure-${n + 1}`,
    number: '',
    people: false,
    title: `The same networks on ${run.draws.length} draws of anchors: ${drawsTitle(run.task)}`,
    body: html`<div class="blocks">${panels}</div>`,
    note: html`<p>Each point is a complete stimulus set with other anchors. Triangle: this study’s own set.${view.paper && ' Diamond: the paper’s value.'}</p>`,
  });
}
