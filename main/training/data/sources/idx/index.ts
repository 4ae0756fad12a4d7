export { readIdxLabels } from './idx.ts';
