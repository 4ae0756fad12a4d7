export {
  channelsSchema,
  imageSizeSchema,
  storedChannels,
  storedStatistics,
  suitsChannels,
  toStoredStatistics,
} from './images.ts';
export {
  accuracyTargetSchema,
  architectureKinds,
  batchFor,
  classifierRecipeSchema,
  fittingBatch,
  hashSchema,
  patchFor,
  seedSchema,
  shippedGeneratorNames,
  targetSchema,
  type ArchitectureKind,
  type ClassifierRecipe,
  type Target,
} from './recipes.ts';
