import type { ImageClass } from '../../analysis/image-types.ts';
import { classMeaning } from '../../exhibits/study-numbers.ts';
import { type Html, html } from '../html.ts';

const letters: Record<ImageClass, string> = { type_a: 'A', both_disagree: '≠', both_agree: '=', type_c: 'C' };

/** The type of an image as a coloured letter: never by colour alone. */
export const typeBadge = (name: ImageClass): Html =>
  html`<span class="badge ${name}" title="${classMeaning(name)}" aria-hidden="true">${letters[name]}</span>`;
