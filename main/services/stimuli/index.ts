export { listCandidates, listSearches, readCandidateList } from './candidates.ts';
export { putSpec, refuseLabeled, saveTestImages, setSource } from './draft.ts';
export { draftPoint, imagesAt, imagesOfPair, neededSet, noImage, storedVote } from './images.ts';
export { latentPoints, previewPoints, wayPoints, type PreviewContext } from './previews.ts';
export { positionPoint, realSeed } from './real-images.ts';
export {
  findReference,
  neededGenerator,
  noReference,
  provideWeights,
  referenceImages,
  spaceOf,
  toBase64,
} from './sources.ts';
