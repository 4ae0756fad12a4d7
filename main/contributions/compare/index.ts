import { defineContribution } from '../define.ts';

/** Runs side by side. */
export const compare = defineContribution({ name: 'compare', calls: () => import('./calls.ts') });
