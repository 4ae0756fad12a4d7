export { findRealImages, studyPairs } from './blended.ts';
export { candidatesSpace, readCandidates } from './stimuli.ts';
export { enginesForStudy } from './study-engines.ts';
