import { defineContribution } from '../define.ts';

/** Tables and figures as files for a paper. */
export const publication = defineContribution({ name: 'publication' });
