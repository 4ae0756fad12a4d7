import { defineContribution } from '../define.ts';

/** Differences between groups of networks, and how large a study shows them: what effects, teachers and folders share. */
export const contrasts = defineContribution({ name: 'contrasts' });
