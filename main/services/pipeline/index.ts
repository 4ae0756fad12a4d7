export { statusElsewhere } from './elsewhere.ts';
export type { StatusTools } from './facts.ts';
