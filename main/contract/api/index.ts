export { dataSetRecordSchema, progressSchema, type DataSetRecord, type Progress } from './data-sets.ts';
export type { Job, TimeRange } from './jobs.ts';
export {
  additionPlanSchema,
  trainedCellShape,
  trainingProgressShape,
  type TrainedCell,
  type TrainingProgress,
  type UsualModel,
} from './models.ts';
export { mostOverStudies, paperSizes, type PaperSize, type ReportChoice } from './report.ts';
export type { ImageRow, ResultsOverview } from './results-tables.ts';
export type { LabelRow } from './results.ts';
export { maxCompared, runRowSchema, snapshotOfRunSchema, type RunCurve, type RunDetails, type RunRow } from './runs.ts';
export {
  imagesSchema,
  latentBytes,
  liveImagesSchema,
  sampleSchema,
  type FrozenSet,
  type Images,
  type LiveImages,
  type Sample,
  type StimuliState,
} from './stimuli.ts';
export { costSchema, type Cost, type StudyCard } from './studies.ts';
