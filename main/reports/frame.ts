import { listsImages, sampleOf, type View } from '../exhibits/view.ts';
import { type Content, type Html, html, nothing } from './html.ts';

interface Frame {
  /** For links, e.g. `table-2`. */
  id: string;
  /** `Table 2`, or empty. */
  number: string;
  title: Content;
  /** True when labels of people (or of simulated labelers) went into it. */
  people: boolean;
  body: Content;
  note?: Content;
}

/** The frame of every table and figure; what is wider than the page scrolls in it, also by keyboard. What holds rehearsal data wears the stripe and the word. @param view null: no labels went into it */
export function frame(view: View | null, { id, number, title, people, body, note }: Frame): Html {
  const rehearsed = people && view?.rehearsal;
  const name = html`<span class="number">${number}</span> ${title}`;
  const sample = people && view ? sampleOf(view, id) : '';
  return html`<figure id="${id}" class="frame${rehearsed ? ' rehearsal' : ''}" aria-labelledby="${id}-title">
    <figcaption>
      <span id="${id}-title">${name}</span>${sample !== '' && html` <span class="sample">n = ${sample}</span>`}${rehearsed && html` <strong class="rehearsal-word">Rehearsal</strong>`}
    </figcaption>
    <div class="scroll" tabindex="0" role="group" aria-labelledby="${id}-title">${body}</div>
    ${note ? html`<div class="note">${note}</div>` : nothing}
  </figure> `;
}

/** A section of the report with its heading. */
export const section = (id: string, title: string, body: Content): Html =>
  html`<section id="${id}" aria-labelledby="${id}-heading">
    <h2 id="${id}-heading">${title}</h2>
    ${body}
  </section> `;

/**
 * A mark of one image that leads to its line in the list of all. By keyboard the lists of images by type lead there: a
 * stop at each of some hundred marks would help nobody.
 */
export const linked = (view: View, image: number | undefined, mark: Html): Html =>
  image !== undefined && listsImages(view) ? html`<a href="#image-${image}" tabindex="-1">${mark}</a>` : mark;

/** A name in a line of text. Those that may be written from right to left leave the words around them as they are. */
export const isolated = (name: string): Content => (/^[\x20-\x7e]*$/.test(name) ? name : html`<bdi>${name}</bdi>`);

/** Pixels that names of 10 px need left of a drawing's rows. Letters of some scripts, and emoji, are as wide as high. */
export const rowNamesRoom = (names: readonly string[]): number =>
  12 + Math.ceil(names.reduce((most, name) => Math.max(most, widthOf(name)), 22));

const widthOf = (name: string): number =>
  [...name].reduce((sum, letter) => sum + ((letter.codePointAt(0) ?? 0) > 0x2e80 ? 11 : 6), 0);

/** A PNG file inside the page. */
export const dataUri = (png: Uint8Array): string => `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
