import type { ImageClass } from '../../analysis/image-types.ts';
import { type Html, html } from '../html.ts';

const badges: Record<ImageClass, { letter: string; meaning: string }> = {
  type_a: { letter: 'A', meaning: 'type A, only networks disagree' },
  both_disagree: { letter: '≠', meaning: 'type B, both disagree' },
  // Type B but for exceptions, which are of no type.
  both_agree: { letter: '=', meaning: 'both agree' },
  type_c: { letter: 'C', meaning: 'type C, only labelers disagree' },
};

/** The type of an image as a coloured letter: never by colour alone. */
export function typeBadge(name: ImageClass): Html {
  const { letter, meaning } = badges[name];
  return html`<span class="badge ${name}" title="${meaning}" aria-hidden="true">${letter}</span>`;
}

/** The colours of the paper's Figure 4 (metrics.md 2.9) as types of images. */
const byColour: Record<string, ImageClass> = {
  blue: 'type_a',
  white: 'both_disagree',
  gray: 'both_agree',
  red: 'type_c',
};

/** @param category `blue`, `red`, `gray`, `white`, or anything else for undetermined. */
export const classOfCategory = (category: string | null | undefined): ImageClass | null =>
  byColour[category ?? ''] ?? null;

/** What a type means, in words. */
export const meaningOf = (name: ImageClass | null): string => (name === null ? 'undetermined' : badges[name].meaning);
