import type { DiverseAnalysis } from '../../analysis/diverse.ts';
import type { ImageClass } from '../../analysis/image-types.ts';
import { counted, interval, ofTotal, paperNote, percent, Reasons } from '../format.ts';
import { type Html, html } from '../html.ts';
import { paperTypes } from '../paper-values.ts';
import { frame, listsImages, type View } from '../view.ts';
import { typeBadge } from './badges.ts';
import { intervalNote, missedAt, targetHead, whyUndetermined } from './table-parts.ts';

/** Table 1: how many images are of which type, a 2 x 2 table for each target. */
export function table1(view: View): Html {
  const reasons = new Reasons();
  const blocks = view.groups.map(({ target, group }) => typesBlock(view, target, group, reasons));
  return frame(view, {
    id: 'table-1',
    number: 'Table 1',
    title: 'Types of images: who disagrees',
    people: true,
    body: html`<div class="blocks">${blocks}</div>`,
    note: html`<p>
        Type A: only the networks disagree. Type C: only ${view.people.toLowerCase()} disagree. Type B: both disagree, or
        both agree on one label. Exception: both agree, each on another label; the networks are wrong there.
        ${view.paper && 'Gray: the paper; its counts follow from its percentages of 165 images.'}
        ${intervalNote(view)}
      </p>
      ${reasons.list()}`,
  });
}

function typesBlock(view: View, target: string, group: DiverseAnalysis, reasons: Reasons): Html {
  const { types, n_models: models, intervals } = group;
  const paper = paperTypes(view.paper, target);
  const images = view.data.analysis?.meta.n_determined ?? 0;
  const all = view.data.stimuli.items.length;
  const cell = (name: ImageClass): Html => {
    const count = images === 0 ? undefined : types?.counts[name];
    const ours =
      count === undefined
        ? reasons.undefined(whyUndetermined(view, models))
        : html`${listsImages(view) && count > 0 ? html`<a href="#${name}-${target}">${bold(count)}</a>` : bold(count)} ${percent((100 * count) / images)} ${interval(intervals?.pair?.[`${name}_pct`])}`;
    const exceptions = name === 'both_agree' ? (types?.n_exception ?? null) : null;
    return html`<td class="type ${name}">
      ${typeBadge(name)} ${ours} ${paper && paperNote(html`${paper[name]} · ${percent((100 * paper[name]) / paper.images)}`)}
      ${count !== undefined && exceptions !== null && html`<span class="exception">exceptions: <data value="${exceptions}">${exceptions}</data></span>`}
    </td>`;
  };
  return html`<table class="types">
    <caption>
      ${target}&nbsp;% · ${counted(models, 'network')} · ${images === all ? all : `${images} of ${all}`} images${images === all ? '' : ' with two labels or more'}
    </caption>
    <thead>
      <tr>
        <td></td>
        <th scope="col" class="people">${view.people} agree</th>
        <th scope="col" class="people">${view.people} disagree</th>
      </tr>
    </thead>
    <tbody>
      <tr>
        <th scope="row" class="networks">Networks disagree</th>
        ${cell('type_a')}${cell('both_disagree')}
      </tr>
      <tr>
        <th scope="row" class="networks">Networks agree</th>
        ${cell('both_agree')}${cell('type_c')}
      </tr>
    </tbody>
  </table>`;
}

const bold = (count: number): Html => html`<b><data value="${count}">${count}</data></b>`;

/** Type A grows with the number of networks, so that it stands beside; and which are missing. */
function networksCell(view: View, target: string, models: number): Html {
  const missed = missedAt(view, target);
  return html`<td>
    <data value="${models}">${models}</data>${missed > 0 && html` <span class="n">${missed} missed</span>`}
    ${view.paper?.table3[target] && paperNote(html`9`)}
  </td>`;
}

/** Table 3: types by target. */
export function table3(view: View): Html {
  const reasons = new Reasons();
  const rows = view.groups.map(({ target, group: { types, n_models: models, intervals } }) => {
    const paper = view.paper?.table3[target];
    const cell = (name: 'nn_disagree_pct' | 'type_a_pct' | 'type_c_pct', count: number | undefined): Html => {
      const theirs = paper?.[name];
      return html`<td>
        ${reasons.or(types?.[name] ?? null, whyUndetermined(view, models), (share) => html`${percent(share)} ${count !== undefined && ofTotal(count, types?.n_images ?? 0)} ${interval(intervals?.pair?.[name])}`)}
        ${theirs !== undefined && paperNote(percent(theirs))}
      </td>`;
    };
    const counts = types?.counts;
    return html`<tr>
      ${targetHead(target)}
      ${networksCell(view, target, models)}
      ${cell('nn_disagree_pct', counts ? counts.type_a + counts.both_disagree : undefined)}
      ${cell('type_a_pct', counts?.type_a)}
      ${cell('type_c_pct', counts?.type_c)}
    </tr>`;
  });
  return frame(view, {
    id: 'table-3',
    number: 'Table 3',
    title: 'Types by target accuracy',
    people: true,
    body: html`<table class="numbers">
      <thead>
        <tr>
          <th scope="col">Target</th>
          <th scope="col">Networks</th>
          <th scope="col">Networks disagree</th>
          <th scope="col">${typeBadge('type_a')} only networks</th>
          <th scope="col">${typeBadge('type_c')} only ${view.people.toLowerCase()}</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>`,
    note: html`<p>${intervalNote(view)}</p>
      ${reasons.list()}`,
  });
}
