import { type Content, type Html, html } from '../html.ts';
import { formatAlpha } from '../../domain/format.ts';
import { dataUri } from '../sections/labels.ts';
import { bar, chosenStrip, stackParts } from '../sections/strip.ts';
import type { View } from '../view.ts';

const image = 56;
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
      item && html`<image href="${dataUri(item.png)}" x="${x(at) + 3}" y="${top}" width="${image}" height="${image}" />`
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
