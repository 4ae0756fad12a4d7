export { classifySamples, findCandidates } from './candidates.ts';
export { frechetFigures, relativeVariety, type NamedBytes } from './quality.ts';
export { GeneratorRenderer } from './renderer.ts';
