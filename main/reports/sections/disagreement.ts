import { meanStd, ofTotal, paperNote, percent, Reasons } from '../format.ts';
import { type Html, html } from '../html.ts';
import { frame, noPeople, type View } from '../view.ts';
import { targetHead, twoModels } from './table-parts.ts';

/** Table 2: images misclassified and disagreed on. */
export function table2(view: View): Html {
  const reasons = new Reasons();
  const images = view.data.analysis?.meta.n_images ?? 0;
  const rows = view.groups.map(({ target, group: { table2: ours, types } }) => {
    const paper = view.paper?.table2[target];
    const across = types === null ? null : types.counts.type_a + types.n_exception;
    return html`<tr>
      ${targetHead(target)}
      <td>
        ${reasons.spread(ours.misclassified_per_model_pct, noPeople(view))}
        ${paper && paperNote(meanStd(paper.misclassified_per_model_pct.mean, paper.misclassified_per_model_pct.std, [1, 1]))}
      </td>
      <td>
        ${reasons.or(ours.misclassified_across_pct, noPeople(view), (value) => html`${percent(value)} ${types !== null && across !== null && ofTotal(across, types.n_images)}`)}
        ${paper && paperNote(percent(paper.misclassified_across_pct))}
      </td>
      <td>
        ${reasons.spread(ours.pairwise_disagreement_pct, twoModels)}
        ${paper && paperNote(meanStd(paper.pairwise_disagreement_pct.mean, paper.pairwise_disagreement_pct.std, [1, 1]))}
      </td>
      <td>
        ${reasons.or(ours.all_disagree_pct, twoModels, (value) => html`${percent(value)} ${ofTotal(Math.round((value * images) / 100), images)}`)}
        ${paper && paperNote(percent(paper.all_disagree_pct))}
      </td>
    </tr>`;
  });
  return frame(view, {
    id: 'table-2',
    number: 'Table 2',
    title: 'Misclassified and disagreeing, percent of images',
    people: true,
    body: html`<table class="numbers">
      <thead>
        <tr>
          <th scope="col">Target</th>
          <th scope="col">Misclassified, per network</th>
          <th scope="col">Misclassified by any</th>
          <th scope="col">Two networks differ</th>
          <th scope="col">Any networks differ</th>
        </tr>
      </thead>
      <tbody>
        ${rows} ${humanRow(view, reasons)}
      </tbody>
    </table>`,
    note: html`<p>
        Mean ± population std. Misclassified: another label than the one on which all ${view.people.toLowerCase()} agree.
        ${denominators(view)}
      </p>
      ${reasons.list()}`,
  });
}

/** Networks can be compared on every image, people and networks only on those that people labelled (metrics.md 2.2). */
function denominators(view: View): string {
  const { n_images: all = 0, n_determined: labelled = 0 } = view.data.analysis?.meta ?? {};
  if (labelled === 0 || labelled === all) return '';
  return `Of the ${labelled} images with two labels or more; where networks differ, of all ${all}.`;
}

function humanRow(view: View, reasons: Reasons): Html {
  const humans = view.data.analysis?.humans;
  const determined = view.data.analysis?.meta.n_determined ?? 0;
  const notApplicable = reasons.undefined(`${view.people} set the label, so they cannot miss it.`);
  const disagree = humans?.disagree_pct ?? null;
  const paper = view.paper;
  return html`<tr class="of-people">
    <th scope="row">${view.people}</th>
    <td>${notApplicable}</td>
    <td>${notApplicable}</td>
    <td>
      ${reasons.spread(humans?.pairwise_disagreement_pct ?? { mean: null, std: null }, noPeople(view))}
      ${paper && paperNote(meanStd(paper.human_pairwise_disagreement_pct.mean, paper.human_pairwise_disagreement_pct.std, [1, 1]))}
    </td>
    <td>
      ${reasons.or(disagree, noPeople(view), (value) => html`${percent(value)} ${ofTotal(Math.round((value * determined) / 100), determined)}`)}
      ${paper && paperNote(percent(paper.human_disagree_pct))}
    </td>
  </tr>`;
}
