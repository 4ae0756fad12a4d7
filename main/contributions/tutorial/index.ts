import { defineContribution } from '../define.ts';

/** The tutorial as a screen. */
export const tutorial = defineContribution({ name: 'tutorial' });
