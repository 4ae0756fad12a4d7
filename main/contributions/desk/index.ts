import { defineContribution } from '../define.ts';

/** The labeling desk: people label in sessions on this computer. */
export const desk = defineContribution({ name: 'desk' });
