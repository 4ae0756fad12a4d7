import { kept } from '../../domain/numbers/index.ts';
import type { Lab } from '../../services/lab/index.ts';
import type { DrawJobs } from './draw-jobs.ts';

const opened = new WeakMap<Lab, Promise<DrawJobs>>();

/** The draws of an open data folder; loaded and made when they are first needed. */
export const drawsOf = (lab: Lab): Promise<DrawJobs> =>
  kept(opened, lab, () => import('./draw-jobs.ts').then(({ DrawJobs: Draws }) => new Draws(lab)));

/** Ends all draws. */
export const closeDraws = async (lab: Lab): Promise<void> => (await opened.get(lab))?.close();
