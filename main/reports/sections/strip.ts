import { type Content, type Html, html, nothing } from '../html.ts';
import { alphaText, type LayoutRow } from '../layout.ts';
import { frame, type View } from '../view.ts';
import { dataUri, networkVotes, peopleVotes, type Votes, votesText } from './labels.ts';

const bar = { width: 62, height: 64 };
/** Longer rows do not fit on a page. */
const maxColumns = 13;

interface Voters {
  whose: 'people' | 'networks';
  title: string;
  of: (stimulus: number) => Votes;
}

/** Figure 1: the interpolation on which most images are disputed, and how people and networks voted along it. */
export function strip(view: View): Html {
  const target = view.groups[0]?.target;
  if (target === undefined || view.layout.alphas.length > maxColumns) return nothing;
  const row = mostDisputed(view, target);
  if (!row?.pair) return nothing;
  const [i, j] = row.pair;
  const hasPeople = view.data.labelers !== null;
  const networks: Voters = {
    whose: 'networks',
    title: `Networks, ${target} %`,
    of: (stimulus) => networkVotes(view, target, stimulus),
  };
  const people: Voters = { whose: 'people', title: view.people, of: (stimulus) => peopleVotes(view, stimulus) };
  const votes = hasPeople ? [people, networks] : [networks];
  return frame(view, {
    id: 'figure-1',
    number: 'Figure 1',
    title: `From ${view.long(i)} to ${view.long(j)}, and the labels given on the way`,
    people: hasPeople,
    body: html`<table class="strip">
      <thead>
        <tr>
          <th scope="col">Alpha</th>
          ${view.layout.alphas.map((alpha) => html`<th scope="col">${alphaText(alpha)}</th>`)}
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">Image</th>
          ${row.cells.map((stimulus) => html`<td>${stimulus !== null && image(view, stimulus)}</td>`)}
        </tr>
        ${votes.map(
          ({ whose, title, of }) => html`<tr>
            <th scope="row" class="${whose}">${title}</th>
            ${row.cells.map((stimulus) => html`<td>${stimulus !== null && stack(view, of(stimulus), row.pair, whose)}</td>`)}
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

/** One stacked bar: class i at the bottom, class j at the top, others between. */
function stack(view: View, votes: Votes, pair: LayoutRow['pair'], whose: 'people' | 'networks'): Html {
  const total = votes.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0 || !pair) return nothing;
  const [i, j] = pair;
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
  return html`<svg class="votes" viewBox="0 0 ${bar.width} ${bar.height}" width="${bar.width}" height="${bar.height}" role="img" aria-label="${votesText(view, votes)}">
    <title>${votesText(view, votes)}</title>
    <g class="of-${whose}">${parts}</g>
  </svg>`;
}
