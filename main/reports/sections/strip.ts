import { type Content, type Html, html, nothing } from '../html.ts';
import { stackLabels } from '../../domain/numbers/stack.ts';
import { formatAlpha } from '../../domain/numbers/format.ts';
import type { LayoutRow } from '../../exhibits/parts/layout.ts';
import type { View } from '../../exhibits/view.ts';
import { frame, dataUri } from '../frame.ts';
import { networkVotes, peopleVotes, type Votes, votesText } from '../../exhibits/images.ts';
import { targetTitle } from '../../domain/numbers/targets.ts';

/** Size of a stack of votes, in pixels. */
const bar = { width: 62, height: 64 };
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
function chosenStrip(view: View): Strip | null {
  const target = view.groups[0]?.target;
  if (target === undefined || view.layout.alphas.length > maxColumns) return null;
  const row = mostDisputed(view, target);
  if (!row?.pair) return null;
  const hasPeople = view.data.labelers !== null;
  const networks: Voters = {
    whose: 'networks',
    title: `Networks, ${targetTitle(target)}`,
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
function stackParts(view: View, votes: Votes, pair: Strip['pair'], whose: Voters['whose']): Html {
  const total = votes.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return nothing;
  let y = 0;
  const parts = stackLabels(votes, pair).map(({ label, count, place, shade }): Content => {
    const height = (bar.height * count) / total;
    const top = y;
    y += height;
    return html`<g class="${shade}" data-place="${place}"
        ><rect x="0.5" y="${top.toFixed(2)}" width="${bar.width - 1}" height="${height.toFixed(2)}" />${
          height >= 12 &&
          html`<text x="${bar.width / 2}" y="${(top + height / 2 + 4).toFixed(2)}">${view.short(label)}</text>`
        }</g
      >`;
  });
  return html`<title>${votesText(view, votes)}</title>
    <g class="of-${whose}">${parts}</g>`;
}

/** A stack of votes as a picture of its own. */
function stack(view: View, votes: Votes, pair: Strip['pair'], whose: Voters['whose']): Html {
  if (votes.length === 0) return nothing;
  return html`<svg class="votes" viewBox="0 0 ${bar.width} ${bar.height}" width="${bar.width}" height="${bar.height}" role="img" aria-label="${votesText(view, votes)}">
    ${stackParts(view, votes, pair, whose)}
  </svg>`;
}

const imageSize = 56;
const cell = { width: bar.width + 6, height: bar.height + 6 };
const top = 18;

/** Figure 1 as one drawing: images along alpha, under each a stack of votes of people and one of networks. */
export function stripDrawing(view: View): Html | null {
  const strip = chosenStrip(view);
  if (!strip) return null;
  const { cells, votes, pair } = strip;
  const left = 12 + 6 * Math.max(...votes.map(({ title }) => title.length));
  const x = (column: number): number => left + column * cell.width;
  const [width, height] = [x(cells.length), top + (1 + votes.length) * cell.height];
  const heads = view.layout.alphas.map(
    (alpha, at) => html`<text class="axis" x="${x(at) + bar.width / 2}" y="${top - 6}">${formatAlpha(alpha)}</text>`,
  );
  const images = cells.map((stimulus, at): Content => {
    const item = stimulus === null ? undefined : view.data.stimuli.items[stimulus];
    return (
      item &&
      html`<image href="${dataUri(item.png)}" x="${x(at) + 3}" y="${top}" width="${imageSize}" height="${imageSize}" />`
    );
  });
  const stacks = votes.map(({ whose, title, of }, line): Content => {
    const y = top + (line + 1) * cell.height;
    return html`<text class="axis row ${whose}" x="${left - 6}" y="${y + bar.height / 2 + 4}">${title}</text>${cells.map(
      (stimulus, at) =>
        stimulus !== null &&
        html`<g class="votes" transform="translate(${x(at)} ${y})">${stackParts(view, of(stimulus), pair, whose)}</g>`,
    )}`;
  });
  const spoken = `From ${view.long(pair[0])} to ${view.long(pair[1])}, and the labels given on the way`;
  return html`<svg class="strip-drawn heat" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${spoken}">${heads}${images}${stacks}</svg>`;
}
