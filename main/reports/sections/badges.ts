import type { ImageClass } from '../../analysis/outcomes/image-types.ts';
import { typeSigns } from '../../domain/stimuli/image-types.ts';
import { classMeaning } from '../../exhibits/parts/study-numbers.ts';
import { type Html, html } from '../html.ts';

/** The type of an image as a colored letter: never by color alone. */
export const typeBadge = (name: ImageClass): Html =>
  html`<span class="badge ${name}" title="${classMeaning(name)}" aria-hidden="true">${typeSigns[name]}</span>`;
