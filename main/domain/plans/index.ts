export { excessOf, imagesOf, isDesigned, isLikePaper, modelCount } from './declaration.ts';
export { checkLevels, crossed, refuseAt, withValues, type RefusePart } from './grid.ts';
export { beginSetHash, canonicalJson, imageHash, runKey, stimulusSetHash } from './identity.ts';
export {
  modelEntries,
  sectionsOf,
  unreadSections,
  type ModelEntry,
  type Sections,
  type StudySection,
} from './model-entries.ts';
