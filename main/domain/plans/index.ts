export { excessOf, imagesOf, isDesigned, isLikePaper, modelCount } from './declaration.ts';
export { beginSetHash, canonicalJson, imageHash, runKey, stimulusSetHash } from './identity.ts';
export { modelEntries, sweepEntries, type ModelEntry } from './sweep.ts';
export {
  baseEntry,
  cellKey,
  networksOfCell,
  referenceArm,
  taughtName,
  teachingFault,
  teachingHalves,
  tuningOf,
} from './teaching.ts';
