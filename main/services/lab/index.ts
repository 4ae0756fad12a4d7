export type { Lab, Opened } from './lab.ts';
