export {
  absolutePath,
  classNames,
  declaredDataSet,
  imagesOfClasses,
  notRead,
  readDataSet,
  takenDataSet,
  trainingImages,
} from './data-set.ts';
export { badName, storeNewStudy } from './new-study.ts';
export {
  furtherSearches,
  identities,
  modelCollections,
  pinnedEngine,
  recipeTitle,
  snapshotName,
  type PlannedRun,
} from './plan.ts';
export { checkStudy, loadPart, loadStudy, presetNames } from './study-file.ts';
