export { Placements, isOfStudy } from './placements.ts';
export { RunHistory } from './run-history.ts';
export { recordColumns, toRecord, type RecordRow, type RunRecord } from './run-record.ts';
export type { TableRow } from './run-table.ts';
export type { Runs } from './runs.ts';
export { beginAttempt, isFound, leaveRun, listClaimable, readState } from './transitions.ts';
