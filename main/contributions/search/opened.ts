import type { Lab } from '../../services/lab/index.ts';
import type { FurtherSearches } from './searches.ts';

const opened = new WeakMap<Lab, Promise<FurtherSearches>>();

/** The searches of an open data folder; loaded and made when they are first needed. */
export function searchesOf(lab: Lab): Promise<FurtherSearches> {
  const known = opened.get(lab) ?? import('./searches.ts').then(({ FurtherSearches: Searches }) => new Searches(lab));
  opened.set(lab, known);
  return known;
}

/** Ends all searches. */
export const closeSearches = async (lab: Lab): Promise<void> => (await opened.get(lab))?.close();
