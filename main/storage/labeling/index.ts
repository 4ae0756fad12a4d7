export { LabelingPlans, type PlanRecord } from './labeling.ts';
export { LabelingLog, isLatest, type EventRecord, type NoteRecord, type SittingRecord } from './log.ts';
export {
  LabelingSessions,
  columns,
  from,
  newSessionToken,
  unpackTrial,
  type PackedTrial,
  type SessionRecord,
  type SessionState,
} from './sessions.ts';
export { LabelingWithdrawals, sessionSource } from './withdrawals.ts';
