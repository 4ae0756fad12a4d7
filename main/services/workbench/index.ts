export type { LabelersOfFile, NewStudyOptions, ProvidedLabels } from './answer-files.ts';
export type { StoredHistories } from './answer-histories.ts';
export { ChangeFeed } from './change-feed.ts';
export {
  clusterOf,
  type ClusterListener,
  type ClusterNews,
  type ClusterWork,
  type Clusters,
  type WaitingWords,
} from './clusters.ts';
export type { DataSources } from './data-sources.ts';
export { findAnswerFiles, findRun, findRunInPlace, findStimuli, findStudy, freeName, readImages } from './find.ts';
export { importHidden } from './hidden-import.ts';
export type { LimitedPages } from './limited-pages.ts';
export { placesOf, reading, type Places } from './places.ts';
export { Settings, isWithinHours, pauseNow } from './settings.ts';
export type { ArchivedModel, StoredFiles, StoredModels } from './stored-models.ts';
export type { FrozenStimuli, SourceWork, TakenStimuli } from './stimulus-sources.ts';
export { loadSections, loadStoredModels } from './contributed-parts.ts';
export type { AnswerFilesOf, ClustersOf, Contributed, Workbench } from './workbench.ts';
