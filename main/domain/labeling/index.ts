export { isDrawnPseudonym } from './pseudonym.ts';
