export { classifySamples, findCandidates } from './candidates.ts';
export { GeneratorRenderer } from './renderer.ts';
