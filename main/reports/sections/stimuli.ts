import { clearConfidence } from '../../domain/stimuli/candidates.ts';
import { formatInteger, formatAlpha } from '../../domain/numbers/format.ts';
import { inWords, classOfCategory, classMeaning } from '../../exhibits/parts/study-numbers.ts';
import { type Content, type Html, html, nothing } from '../html.ts';
import type { LayoutRow } from '../../exhibits/parts/layout.ts';
import type { View } from '../../exhibits/view.ts';
import { frame, dataUri, isolated } from '../frame.ts';
import { typeBadge } from './badges.ts';
import { plainOrder } from './heatmaps.ts';
import { networkVotes, peopleVotes, type Votes, votesText } from '../../exhibits/images.ts';
import { targetTitle } from '../../domain/numbers/targets.ts';

/** The anchors: the images that stand for each class. */
export function anchors(view: View): Html {
  const { data } = view;
  if (data.anchors.length === 0) return nothing;
  const items = data.anchors.map((anchor): Content => {
    const name = view.long(anchor.classIndex);
    const sure = anchor.confidence === null ? nothing : html`<span class="n">${anchor.confidence.toFixed(3)}</span>`;
    return html`<li><span class="mat"><img src="${dataUri(anchor.png)}" alt="Anchor of class ${name}" /></span> <b class="name" title="${name}">${isolated(name)}</b> ${sure}</li>`;
  });
  return frame(view, {
    id: 'anchors',
    number: '',
    title: data.stimuli.made?.anchorDesign.kind === 'one' ? 'Anchors, one for each class' : 'Anchors',
    people: false,
    body: html`<ul class="anchors">
      ${items}
    </ul>`,
    note: data.anchors.some(({ confidence }) => confidence !== null)
      ? html`<p>Under each, how sure the reference classifier is of its class (softmax). ${unclear(view)}</p>`
      : nothing,
  });
}

/** Images between classes mean little where an end of the way shows no clear example of its class. */
function unclear(view: View): Content {
  const names = view.data.anchors
    .filter(({ confidence }) => confidence !== null && confidence < clearConfidence)
    .map(({ classIndex }) => view.long(classIndex));
  if (names.length === 0) return nothing;
  return html`<strong>Not clear (below ${clearConfidence}): ${inWords(names)}.</strong> Choose other anchors${view.data.stimuli.source === 'generated' && ', or train the generator for longer'}.`;
}

/** Figure 3: all stimuli, the labels that people and networks gave, and the type of each at the lowest target. */
export function stimulusGrid(view: View): Html {
  const { data, layout } = view;
  const target = view.groups[0]?.target ?? null;
  const hasPeople = data.labelers !== null;
  const head =
    layout.alphas.length > 0 &&
    html`<thead>
      <tr>
        <th scope="col">Pair</th>
        ${layout.alphas.map((alpha) => html`<th scope="col">${formatAlpha(alpha)}</th>`)}
      </tr>
    </thead>`;
  const caption = target === null ? 'All stimuli' : `All stimuli, and their types at ${targetTitle(target)}`;
  return frame(view, {
    id: 'figure-3',
    number: 'Figure 3',
    title: hasPeople ? `${caption}, with the labels given` : caption,
    people: hasPeople,
    body: html`<table class="stimuli">
      ${head}
      <tbody>
        ${layout.rows.map((row, index) => gridRow(view, row, index, target))}
      </tbody>
    </table>`,
    note: html`${legend(view, target)}
    ${layout.hidden > 0 && html`<p>${formatInteger(layout.hidden)} more images are not drawn here${view.choice.formats.includes('csv') && '; the CSV files beside this report have them all'}.</p>`}`,
  });
}

function gridRow(view: View, row: LayoutRow, index: number, target: string | null): Html {
  const [first, second] = row.pair?.map((k) => isolated(view.long(k))) ?? [];
  const name = row.pair ? html`${first}–${second}` : `Row ${index + 1}`;
  return html`<tr>
    <th scope="row"><span class="name">${name}</span></th>
    ${row.cells.map((stimulus) => (stimulus === null ? html`<td></td>` : gridCell(view, stimulus, target)))}
  </tr>`;
}

function gridCell(view: View, stimulus: number, target: string | null): Html {
  const item = view.data.stimuli.items[stimulus];
  if (!item) return html`<td></td>`;
  const map = view.groups[0]?.group.fig4;
  const type = target === null ? null : classOfCategory(map?.category[stimulus]);
  const people = peopleVotes(view, stimulus);
  const networks = target === null ? [] : networkVotes(view, target, stimulus);
  const spoken = [
    `Image ${item.id}`,
    target !== null && `${classMeaning(type)} at ${targetTitle(target)}`,
    people.length > 0 && `${view.people.toLowerCase()}: ${votesText(view, people)}`,
    networks.length > 0 && `networks: ${votesText(view, networks)}`,
  ].filter((part) => part !== false);
  return html`<td class="${type ?? 'undetermined'}" title="${spoken.join('\n')}">
    <span class="mat"
      ><img src="${dataUri(item.png)}" alt="${spoken.join('; ')}" />${type !== null && type !== 'both_agree' && typeBadge(type)}${
        map?.exception[stimulus] === true && html`<span class="badge exception-mark" aria-hidden="true">!</span>`
      }</span
    >
    ${labelLine(view, people, 'people')}${labelLine(view, networks, 'networks')}
  </td>`;
}

function labelLine(view: View, votes: Votes, whose: 'people' | 'networks'): Html {
  if (votes.length === 0) return nothing;
  const split = votes.length > 1 ? ' split' : '';
  return html`<span class="labels ${whose}${split}" aria-hidden="true">${votes.map(([label]) => view.short(label)).join(' ')}</span>`;
}

function legend(view: View, target: string | null): Html {
  const people = view.data.labelers !== null;
  const shortened = view.data.dataSet.classes.flatMap((name, index) => {
    const short = view.short(index);
    return short === name ? [] : [html`<b>${isolated(short)}</b> ${isolated(name)}`];
  });
  return html`<p>
      ${view.layout.alphas.length > 0 ? 'Columns: alpha, from the first class of the pair (0) to the second (1)' : plainOrder(view)}. As the networks see them,
      ${view.data.stimuli.width} × ${view.data.stimuli.height} pixels${view.data.stimuli.channels > 1 && ' in color'}.
      ${
        people || target !== null
          ? html`Under each image the classes named, most frequent first:
              ${people && html`<span class="people">upper line ${view.people.toLowerCase()}</span>`}${people && target !== null && ', '}${
                target !== null &&
                html`<span class="networks">${people ? 'lower line ' : ''}networks at ${targetTitle(target)}</span>`
              }.`
          : nothing
      }
      ${shortened.length > 0 && html`Short names: ${shortened.map((each, at) => html`${at > 0 && ', '}${each}`)}.`}
    </p>
    ${
      target !== null &&
      people &&
      html`<ul class="legend">
        <li>${typeBadge('type_a')} only networks disagree</li>
        <li>${typeBadge('type_c')} only ${view.people.toLowerCase()} disagree</li>
        <li>${typeBadge('both_disagree')} both disagree</li>
        <li>no letter: both agree</li>
        <li><span class="badge exception-mark" aria-hidden="true">!</span> exception: they agree on different labels</li>
      </ul>`
    }`;
}
