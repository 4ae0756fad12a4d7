import { type Content, type Html, html, nothing } from '../html.ts';
import { formatAlpha } from '../../domain/format.ts';
import type { LayoutRow } from '../layout.ts';
import { frame, type View } from '../view.ts';
import { dataUri, networkVotes, peopleVotes, type Votes, votesText } from './labels.ts';

/** Of a stack of votes, in pixels. */
export const bar = { width: 62, height: 64 };
/** Longer rows do not fit on a page. */
const maxColumns = 13;

/** Who voted on the images of a strip. */
export interface Voters {
  whose: 'people' | 'networks';
  title: string;
  of: (stimulus: number) => Votes;
}

/** What Figure 1 shows. */
export interface Strip {
  pair: readonly [number, number];
  /** Index into the stimuli, or null, by alpha. */
  cells: LayoutRow['cells'];
  votes: readonly Voters[];
}

/** The interpolation on which most images are disputed; null where there is none that fits. */
export function chosenStrip(view: View): Strip | null {
  const target = view.groups[0]?.target;
  if (target === undefined || view.layout.alphas.length > maxColumns) return null;
  const row = mostDisputed(view, target);
  if (!row?.pair) return null;
  const hasPeople = view.data.labelers !== null;
  const networks: Voters = {
    whose: 'networks',
    title: `Networks, ${target} %`,
    of: (stimulus) => networkVotes(view, target, stimulus),
  };
  const people: Voters = { whose: 'people', title: view.people, of: (stimulus) => peopleVotes(view, stimulus) };
  return { pair: row.pair, cells: row.cells, votes: hasPeople ? [people, networks] : [networks] };
}

/** Figure 1: that interpolation, and how people and networks voted along it. */
export function strip(view: View): Html {
  const chosen = chosenStrip(view);
  if (!chosen) return nothing;
  const { pair, cells, votes } = chosen;
  const [i, j] = pair;
  const hasPeople = view.data.labelers !== null;
  return frame(view, {
    id: 'figure-1',
    number: 'Figure 1',
    title: `From ${view.long(i)} to ${view.long(j)}, and the labels given on the way`,
    people: hasPeople,
    body: html`<table class="strip">
      <thead>
        <tr>
          <th scope="col">Alpha</th>
          ${view.layout.alphas.map((alpha) => html`<th scope="col">${formatAlpha(alpha)}</th>`)}
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">Image</th>
          ${cells.map((stimulus) => html`<td>${stimulus !== null && image(view, stimulus)}</td>`)}
        </tr>
        ${votes.map(
          ({ whose, title, of }) => html`<tr>
            <th scope="row" class="${whose}">${title}</th>
            ${cells.map((stimulus) => html`<td>${stimulus !== null && stack(view, of(stimulus), pair, whose)}</td>`)}
          </tr>`,
        )}
      </tbody>
    </table>`,
    note: html`<p>
      Shares of the labels given: ${view.long(i)} from the bottom, ${view.long(j)} from the top, any other class between them. The
      pair with the most images on which somebody disagrees.
    </p>`,
  });
}

function image(view: View, stimulus: number): Html {
  const item = view.data.stimuli.items[stimulus];
  return item ? html`<span class="mat"><img src="${dataUri(item.png)}" alt="Image ${item.id}" /></span>` : nothing;
}

function mostDisputed(view: View, target: string): LayoutRow | undefined {
  const disputes = (row: LayoutRow): number =>
    row.cells.filter(
      (stimulus) =>
        stimulus !== null &&
        (networkVotes(view, target, stimulus).length > 1 || peopleVotes(view, stimulus).length > 1),
    ).length;
  const counts = view.layout.rows.map(disputes);
  return view.layout.rows[counts.indexOf(Math.max(...counts))];
}

/** One stacked bar: class i at the bottom, class j at the top, others between; nothing without votes. */
export function stackParts(view: View, votes: Votes, [i, j]: Strip['pair'], whose: Voters['whose']): Html {
  const total = votes.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return nothing;
  const place = (label: number): number => (label === j ? 0 : label === i ? 2 : 1);
  let y = 0;
  const parts = [...votes]
    .sort(([a], [b]) => place(a) - place(b))
    .map(([label, count]): Content => {
      const height = (bar.height * count) / total;
      const top = y;
      y += height;
      const kind = ['class-j', 'class-other', 'class-i'][place(label)];
      return html`<g class="${kind}"
        ><rect x="0.5" y="${top.toFixed(2)}" width="${bar.width - 1}" height="${height.toFixed(2)}" />${
          height >= 12 &&
          html`<text x="${bar.width / 2}" y="${(top + height / 2 + 4).toFixed(2)}">${view.short(label)}</text>`
        }</g
      >`;
    });
  return html`<title>${votesText(view, votes)}</title>
    <g class="of-${whose}">${parts}</g>`;
}

/** The same as a picture of its own. */
function stack(view: View, votes: Votes, pair: Strip['pair'], whose: Voters['whose']): Html {
  if (votes.length === 0) return nothing;
  return html`<svg class="votes" viewBox="0 0 ${bar.width} ${bar.height}" width="${bar.width}" height="${bar.height}" role="img" aria-label="${votesText(view, votes)}">
    ${stackParts(view, votes, pair, whose)}
  </svg>`;
}
