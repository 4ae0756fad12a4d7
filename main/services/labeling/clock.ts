import { leftMs, workedMs } from '../../contract/labeling/session-clock.ts';
import type { TrialEvent } from '../../contract/labeling/volunteer.ts';
import type { SessionRecord } from '../../storage/index.ts';
import type { Workbench } from '../workbench.ts';
import { planOf } from './find.ts';
import { refusals } from './refusals.ts';

/** Milliseconds by which a page's own reckoning may be off: it reads its clock some moments apart from what it stores. */
const tolerance = 1000;

/**
 * What each sitting counts for the session's time limit, in milliseconds; null where it does not count any more, as the
 * session was opened again since. Empty without a limit.
 */
export function clockOf(bench: Workbench, session: SessionRecord): { id: number; key: string; ms: number | null }[] {
  if (limitOf(bench, session) === null) return [];
  return bench.storage.labeling.log
    .moments(session.id)
    .map(({ id, key, moments }) => ({ id, key, ms: id > session.clockAfter ? workedMs(moments) : null }));
}

/** Milliseconds that are left of the session's time limit; null: it has none. */
export function timeLeft(bench: Workbench, session: SessionRecord): number | null {
  const counted = clockOf(bench, session).flatMap(({ ms }) => ms ?? []);
  return leftMs(limitOf(bench, session), counted);
}

/** Whether the log shows that the time is up. */
export function isUsedUp(bench: Workbench, session: SessionRecord): boolean {
  const left = timeLeft(bench, session);
  return left !== null && left <= tolerance;
}

/**
 * Whether an event came within the time limit: when its key was pressed counts, not when it arrives.
 * @throws UserError `labeling.time-up`
 */
export function checkInTime(bench: Workbench, session: SessionRecord, sittingId: number, event: TrialEvent): void {
  const limit = limitOf(bench, session);
  if (limit === null) return;
  const worked = bench.storage.labeling.log
    .moments(session.id)
    .filter(({ id }) => id > session.clockAfter)
    .map(({ id, moments }) =>
      workedMs(id === sittingId ? [...moments.filter(({ atMs }) => atMs <= event.atMs), event] : moments),
    );
  if (worked.reduce((sum, ms) => sum + ms, 0) > limit * 60_000 + tolerance) throw refusals.timeUp();
}

const limitOf = (bench: Workbench, session: SessionRecord): number | null =>
  planOf(bench, session).timeLimit.sessionMinutes;
