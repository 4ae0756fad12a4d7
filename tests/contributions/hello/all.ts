import { helloParts } from './page.tsx';

/** In place of `renderer/contributions/all.ts`. */
export const pageParts = [helloParts];
