export { perDatabase } from './per-database.ts';
export { LabelingSessions, columns, from, newSessionToken, type SessionRecord, type SessionState } from './sessions.ts';
export { LabelingWithdrawals, sessionSource } from './withdrawals.ts';
