import type { ImageClass } from '../../analysis/image-types.ts';
import { meanStd, paperNote, Reasons } from '../format.ts';
import { type Content, type Html, html } from '../html.ts';
import { byArchitecture, byNumber } from '../order.ts';
import { paperTable5 } from '../paper-values.ts';
import { frame, named, noPeople, peopleWord, type View } from '../view.ts';
import { typeBadge } from './badges.ts';
import { whyNoType } from './table-parts.ts';

const classRows: [ImageClass, string][] = [
  ['type_a', 'Only networks disagree'],
  ['both_disagree', 'Both disagree'],
  ['both_agree', 'Both agree'],
  ['type_c', 'Only people disagree'],
];

/** Table 4: how sure the networks are, by type. */
export function table4(view: View): Html {
  const reasons = new Reasons();
  const rows = classRows.map(([name, title]) => {
    const cells = view.groups.map(({ target, group }) => {
      const ours = group.table4[name];
      const paper = view.paper?.table4_max_softmax[target]?.[name];
      const why = whyNoType(view, group.n_models);
      return html`<td>
        ${reasons.spread(ours, why, [2, 3])} ${ours.n > 0 && html`<span class="n">n = ${ours.n}</span>`}
        ${paper && paperNote(meanStd(paper[0], paper[1], [2, 3]))}
      </td>`;
    });
    return html`<tr>
      <th scope="row">${typeBadge(name)} ${named(view, title)}</th>
      ${cells}
    </tr>`;
  });
  return frame(view, {
    id: 'table-4',
    number: 'Table 4',
    title: 'Largest softmax by type',
    people: true,
    body: html`<table class="numbers">
      <thead>
        <tr>
          <th scope="col">Type</th>
          ${view.groups.map(({ target }) => html`<th scope="col">${target}&nbsp;%</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>`,
    note: html`<p>Mean ± population std over all networks and images of the type; n predictions.</p>
      ${reasons.list()}`,
  });
}

/** Table 5: certainty of seed groups by certainty of people. */
export function table5(view: View): Html {
  const reasons = new Reasons();
  const table = view.data.analysis?.table5 ?? {};
  const counts = view.data.analysis?.humans.hc_counts ?? {};
  const why = view.data.analysis?.meta.n_determined ? 'No image has this human certainty.' : noPeople(view);
  const printed = view.paper?.table5_model_certainty_pct.human_certainty_classes ?? [];
  const classes = byNumber(counts)
    .map(([key, count]) => ({ key, count }))
    .filter(({ key, count }) => count > 0 || printed.includes(Number(key)))
    .reverse();
  const rows = byArchitecture(table).flatMap(([architecture, targets]) =>
    byNumber(targets).map(([target, cells]): Content => {
      const values = classes.map(({ key }) => {
        const ours = cells[key] ?? { mean: null, std: null };
        const paper = paperTable5(view.paper, target, architecture, Number(key));
        return html`<td>
          ${reasons.spread(ours, why)} ${paper && paperNote(meanStd(paper.mean, paper.std, [1, 1]))}
        </td>`;
      });
      return html`<tr>
        <th scope="row">${architecture} ${target}&nbsp;%</th>
        ${values}
      </tr>`;
    }),
  );
  return frame(view, {
    id: 'table-5',
    number: 'Table 5',
    title: `Certainty of networks by certainty of ${peopleWord(view)}, percent`,
    people: true,
    body: html`<table class="numbers">
      <thead>
        <tr>
          <th scope="col">Networks</th>
          ${classes.map(({ key, count }) => html`<th scope="col">${key}&nbsp;% <span class="n">n = ${count}</span></th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>`,
    note: html`<p>
        Columns: share of ${view.people.toLowerCase()} who gave the most frequent label, with the number of images. Cells: the
        same share among the networks of a seed group; mean ± population std over groups.
      </p>
      ${reasons.list()}`,
  });
}
