import type { ComponentType } from 'react';
import type { Parts } from '../ui/places/index.ts';

/** A page that a tab or a window shows instead of the program. */
export interface OwnPage {
  /** Called once, when the page is loaded: what it shows, under which title; null: the program. */
  readonly open: () => { readonly title: string; readonly Page: ComponentType } | null;
  /** Called before the page is loaded again, because another tab changed what this browser has access to. */
  readonly beforeReload: () => Promise<void>;
}

/** What a contribution adds to the page. */
export interface PageParts {
  /** As in its manifest in `main/contributions`. */
  readonly name: string;
  /** Components for places of the core's screens, and entries of their lists. */
  readonly parts?: Parts;
  readonly ownPage?: OwnPage;
}

/** Checks it by its types. */
export const definePageParts = (parts: PageParts): PageParts => parts;
