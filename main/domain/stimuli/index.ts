export { clearConfidence, clearSamples } from './candidates.ts';
export { disagreementText, disagreementWarnings } from './disagreement.ts';
export { typeMeaning, typeName, typeTitle } from './image-types.ts';
export { alphas, norm, stimulusLatents, type Interpolation } from './interpolation.ts';
export {
  anchorsOf,
  arePlaced,
  distinctAlphas,
  hasAnchors,
  hasTruth,
  independenceOf,
  isAnchorId,
  isPlaced,
  layOutStimuli,
  namePlaces,
  pixelsAt,
  placeColumns,
  placeOf,
  sameAlpha,
  samePlace,
  trueClasses,
  type Pair,
  type PlacedImage,
  type StimulusImage,
  type StimulusSet,
} from './stimulus-set.ts';
