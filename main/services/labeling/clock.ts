import { leftMs, spentElsewhere, workedIn, workedMs } from '../../contract/labeling/session-clock.ts';
import type { Late, TrialEvent } from '../../contract/labeling/volunteer.ts';
import { clockTolerance, isImageLate } from '../../domain/labeling/in-time.ts';
import type { SessionRecord } from '../../storage/index.ts';
import type { Workbench } from '../tools/workbench.ts';
import { planOf } from '../labels/find.ts';

/**
 * What each sitting counts for the session's time limit, in milliseconds; null where it does not count any more, as the
 * session was opened again since. What two windows counted at once is counted with the first. Empty without a limit.
 */
export function clockOf(bench: Workbench, session: SessionRecord): { id: number; key: string; ms: number | null }[] {
  if (limitOf(bench, session) === null) return [];
  const sittings = bench.storage.labeling.log.moments(session.id);
  const counted = sittings.filter(({ id }) => id > session.clockAfter);
  const worked = new Map(workedIn(counted).map((ms, index) => [counted[index]?.id, ms]));
  return sittings.map(({ id, key }) => ({ id, key, ms: worked.get(id) ?? null }));
}

/** Milliseconds that are left of the session's time limit; null: it has none. */
export function timeLeft(bench: Workbench, session: SessionRecord): number | null {
  const counted = clockOf(bench, session).flatMap(({ ms }) => ms ?? []);
  return leftMs(limitOf(bench, session), counted);
}

/** Whether the log shows that the time is up. */
export function isUsedUp(bench: Workbench, session: SessionRecord): boolean {
  const left = timeLeft(bench, session);
  return left !== null && left <= clockTolerance;
}

/**
 * Whose time was up when an event of a session's page came: when its key was pressed counts, not when it arrives. Pages
 * that were open side by side do not know of each other's time, so none is held to it.
 */
export function lateOnScreen(
  bench: Workbench,
  session: SessionRecord,
  sittingId: number,
  event: TrialEvent,
): Late | null {
  const { log } = bench.storage.labeling;
  const { imageSeconds, sessionMinutes } = planOf(bench, session).timeLimit;
  if (sessionMinutes !== null) {
    const counted = log.moments(session.id).filter(({ id }) => id > session.clockAfter);
    const own = counted.find(({ id }) => id === sittingId);
    if (own) {
      const here = workedMs([...own.moments.filter(({ atMs }) => atMs <= event.atMs), event]);
      const others = counted.filter((one) => one !== own);
      if (here + spentElsewhere(own, others) > allowedMs(sessionMinutes)) return 'session';
    }
  }
  if (imageSeconds === null) return null;
  return isImageLate(event, log.before(session.id, event.trial, sittingId), imageSeconds) ? 'image' : null;
}

/** Milliseconds after which an answer is late. */
export const allowedMs = (sessionMinutes: number): number => sessionMinutes * 60_000 + clockTolerance;

const limitOf = (bench: Workbench, session: SessionRecord): number | null =>
  planOf(bench, session).timeLimit.sessionMinutes;
