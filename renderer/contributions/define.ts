import type { Parts } from '../ui/places.ts';

/** What a contribution adds to the page. */
export interface PageParts {
  /** As in its manifest in `main/contributions`. */
  readonly name: string;
  /** Components for places of the core's screens, and entries of their lists. */
  readonly parts?: Parts;
}

/** Checks it by its types. */
export const definePageParts = (parts: PageParts): PageParts => parts;
