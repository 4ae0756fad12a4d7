export { flushBackupsDuring, listBackups } from './backups.ts';
export { runAtOnce, runInBatches } from './batches.ts';
export { findHashes } from './blobs-in-use.ts';
export type { ContributedTables } from './contributed.ts';
export { DataSets, type PreparedRecord } from './data-sets.ts';
export type { Database } from './database.ts';
export type { Health } from './health.ts';
export type { NamedPerson } from './imported-names.ts';
export { Labelers, isFromSession, type LabelerRecord } from './labelers.ts';
export { openStorage, type Storage } from './open.ts';
export type { OtherAnswers, OtherAnswersRecord, StoredPerson } from './other-answers.ts';
export type { OtherModel, OtherPrediction } from './other-models.ts';
export { Predictions, type EvaluationRecord, type ModelRecord } from './predictions.ts';
export { isBeingRemoved, markLabeler } from './removals.ts';
export { Responses, type LabelRow, type LabelTable, type ResponseTable } from './responses.ts';
export {
  StimulusSets,
  truthFault,
  type StimulusRecord,
  type StimulusSetHeader,
  type StimulusSetRecord,
} from './stimulus-sets.ts';
export { Studies, type StudyRecord } from './studies.ts';
export type { StudyRun } from './study-runs.ts';
export { isShared, journalRows } from './unfinished.ts';
