import { archives } from './archives/index.ts';
import { weights } from './weights/index.ts';
import type { PageParts } from './define.ts';

/** What every contribution adds to the page: a line each. */
export const pageParts: readonly PageParts[] = [archives, weights];
