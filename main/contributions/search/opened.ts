import { kept } from '../../domain/numbers/index.ts';
import type { Lab } from '../../services/lab/index.ts';
import type { FurtherSearches } from './searches.ts';

const opened = new WeakMap<Lab, Promise<FurtherSearches>>();

/** The searches of an open data folder; loaded and made when they are first needed. */
export const searchesOf = (lab: Lab): Promise<FurtherSearches> =>
  kept(opened, lab, () => import('./searches.ts').then(({ FurtherSearches: Searches }) => new Searches(lab)));

/** Ends all searches. */
export const closeSearches = async (lab: Lab): Promise<void> => (await opened.get(lab))?.close();
