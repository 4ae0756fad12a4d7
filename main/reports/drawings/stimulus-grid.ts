import { type Content, type Html, html } from '../html.ts';
import { formatAlpha, peopleWord } from '../../domain/numbers/format.ts';
import type { LayoutRow } from '../../exhibits/parts/layout.ts';
import type { View } from '../../exhibits/view.ts';
import { classOfCategory, classMeaning } from '../../exhibits/parts/study-numbers.ts';
import { dataUri, rowNamesRoom } from '../frame.ts';
import { networkVotes, peopleVotes, type Votes, votesText } from '../../exhibits/images.ts';
import { targetTitle } from '../../domain/numbers/targets.ts';

const image = 34;
/** Mat around an image, and room for its letter above. */
const mat = 4;
const letterHeight = 12;
const lineHeight = 12;
const legendHeight = 14;
const cell = { width: image + 2 * mat + 6, height: image + 2 * mat + letterHeight };
const top = 18;
/** More classes than these do not fit under an image. */
const mostNamed = 4;

/**
 * Figure 3 as one drawing: every image that the page shows, on a mat in the color of its type at the lowest target, with
 * the classes that people (upper line) and networks (lower line) named, most frequent first.
 */
export function stimulusDrawing(view: View): Html {
  const { rows, columns, alphas } = view.layout;
  const lines = (view.data.labelers === null ? 0 : 1) + (view.groups.length > 0 ? 1 : 0);
  const rowHeight = cell.height + lines * lineHeight + 6;
  const names = rows.map((row, at) => rowName(view, row, at));
  const left = rowNamesRoom(names);
  const words = legend(view);
  const [width, gridHeight] = [left + columns * cell.width, top + rows.length * rowHeight];
  const height = gridHeight + words.length * legendHeight;
  const x = (column: number): number => left + column * cell.width;
  const heads = alphas.map(
    (alpha, at) => html`<text class="axis" x="${x(at) + cell.width / 2}" y="${top - 6}">${formatAlpha(alpha)}</text>`,
  );
  const body = rows.map((row, at): Content => {
    const y = top + at * rowHeight;
    return html`<text class="axis row" x="${left - 6}" y="${y + letterHeight + mat + image / 2 + 4}">${names[at]}</text>${row.cells.map(
      (stimulus, column) => stimulus !== null && cellDrawing(view, stimulus, x(column), y),
    )}`;
  });
  const target = view.groups[0]?.target;
  const spoken = `All images${target === undefined ? '' : `, their types at ${targetTitle(target)}, and the classes named`}`;
  return html`<svg class="heat stimuli-drawn" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${spoken}">${heads}${body}${words.map(
    (line, at) =>
      html`<text class="axis" x="${width / 2}" y="${gridHeight + (at + 1) * legendHeight - 4}">${line}</text>`,
  )}</svg>`;
}

/** How to read it: a file stands alone. */
function legend(view: View): string[] {
  const target = view.groups[0]?.target;
  const people = view.data.labelers === null ? [] : [peopleWord(view)];
  const networks = target === undefined ? [] : [`networks at ${targetTitle(target)}`];
  const lines = [...people, ...networks].map((who, at, all) =>
    all.length < 2 ? who : `${at === 0 ? 'upper' : 'lower'} line ${who}`,
  );
  if (lines.length === 0) return [];
  const named = `Classes named, most frequent first: ${lines.join(', ')}.`;
  if (lines.length < 2) return [named];
  return [
    named,
    `A: only networks disagree. C: only ${peopleWord(view)} disagree. ≠: both disagree. !: they agree on different labels.`,
  ];
}

const rowName = (view: View, { pair }: LayoutRow, at: number): string =>
  pair ? `${view.short(pair[0])}–${view.short(pair[1])}` : String(at + 1);

function cellDrawing(view: View, stimulus: number, x: number, y: number): Html | null {
  const item = view.data.stimuli.items[stimulus];
  if (!item) return null;
  const [group] = view.groups;
  const type = classOfCategory(group?.group.fig4.category[stimulus]);
  const exception = group?.group.fig4.exception[stimulus] === true;
  const people = peopleVotes(view, stimulus);
  const networks = group ? networkVotes(view, group.target, stimulus) : [];
  const letter = exception
    ? '!'
    : type === 'type_a'
      ? 'A'
      : type === 'type_c'
        ? 'C'
        : type === 'both_disagree'
          ? '≠'
          : '';
  const [middle, width] = [x + cell.width / 2, cell.width - 6];
  const under = [
    ...(view.data.labelers === null ? [] : [{ whose: 'people', votes: people }]),
    ...(group ? [{ whose: 'networks', votes: networks }] : []),
  ];
  const words = `Image ${item.id}${group ? `: ${classMeaning(type)} at ${targetTitle(group.target)}; ${view.people.toLowerCase()}: ${votesText(view, people)}; networks: ${votesText(view, networks)}` : ''}`;
  return html`<g class="${type ?? 'undetermined'}"><title>${words}</title><rect x="${x + 3}" y="${y}" width="${width}" height="${cell.height}" /><text x="${middle}" y="${y + letterHeight - 2}">${letter}</text><image href="${dataUri(item.png)}" x="${x + 3 + mat}" y="${y + letterHeight}" width="${image}" height="${image}" /></g>${under.map(
    ({ whose, votes }, line) =>
      html`<text class="axis ${whose}" x="${middle}" y="${y + cell.height + (line + 1) * lineHeight - 2}">${named(view, votes)}</text>`,
  )}`;
}

function named(view: View, votes: Votes): string {
  const first = votes.slice(0, mostNamed).map(([label]) => view.short(label));
  return votes.length > mostNamed ? `${first.join(' ')} …` : first.join(' ');
}
