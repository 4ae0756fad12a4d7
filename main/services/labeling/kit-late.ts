import type { KitResultPayload } from '../../contract/labeling/kit.ts';
import { spentAt, wasShared, workedMs } from '../../contract/labeling/session-clock.ts';
import type { ClockMoment } from '../../contract/labeling/session-clock.ts';
import type { Late, TrialEvent } from '../../contract/labeling/volunteer.ts';
import type { TrialBefore } from '../../domain/labeling/in-time.ts';
import { isImageLate } from '../../domain/labeling/in-time.ts';
import type { SessionRecord } from '../../storage/index.ts';
import type { Workbench } from '../workbench.ts';
import { allowedMs } from './clock.ts';
import { planOf } from './find.ts';

type KitSitting = KitResultPayload['sittings'][number];

/** Whose time was up when an event came, by the sitting's key and the event's number. */
export type LateInKit = (sitting: string, seq: number) => Late | null;

/**
 * Judges the events of a result file by what its own page could know: by this file alone, so that it does not matter in
 * which order files are read in. What is in the log already stays as it was judged.
 * @param sittings in the order in which they took place, with their events in theirs
 */
export function lateInKit(bench: Workbench, session: SessionRecord, sittings: readonly KitSitting[]): LateInKit {
  const { log } = bench.storage.labeling;
  const { imageSeconds } = planOf(bench, session).timeLimit;
  const ends = sessionEnds(bench, session, sittings);
  const trials = new Map<number, TrialBefore & { sitting: string }>();
  const late = new Map<string, Late>();
  for (const { key, events } of sittings) {
    const id = log.sittingId(session.id, key);
    for (const event of events) {
      const before = inSitting(trials.get(event.trial), key);
      const known = id === undefined ? undefined : log.told(id, event.seq);
      const judged = known ? known.late : judge(event);
      trials.set(event.trial, { ...after(before, event, judged), sitting: key });
      if (judged !== null) late.set(nameOf(key, event.seq), judged);

      function judge(fresh: TrialEvent): Late | null {
        if (fresh.atMs > (ends.get(key) ?? Number.POSITIVE_INFINITY)) return 'session';
        // A kit that was made anew knows of answers that are not in its file.
        const choice = before.choice ?? log.choice(session.id, fresh.trial);
        return isImageLate(fresh, { ...before, choice }, imageSeconds) ? 'image' : null;
      }
    }
  }
  return (sitting, seq) => late.get(nameOf(sitting, seq)) ?? null;
}

const nameOf = (sitting: string, seq: number): string => `${sitting} ${seq}`;

/** What was known of a trial, as a sitting has it: the clock of another one says nothing. */
function inSitting(known: (TrialBefore & { sitting: string }) | undefined, sitting: string): TrialBefore {
  if (!known) return { choice: null, ranOut: false, lastMs: null };
  return { ...known, lastMs: known.sitting === sitting ? known.lastMs : null };
}

function after(before: TrialBefore, { kind, choice, atMs }: TrialEvent, late: Late | null): TrialBefore {
  const lastMs = Math.max(before.lastMs ?? 0, atMs);
  if (late !== null) return { ...before, lastMs, ranOut: before.ranOut || late === 'image' };
  return { choice, ranOut: kind === 'timeout', lastMs };
}

/** The moment of each sitting after which its session's time was up; absent: it never was. */
function sessionEnds(bench: Workbench, session: SessionRecord, sittings: readonly KitSitting[]): Map<string, number> {
  const { sessionMinutes } = planOf(bench, session).timeLimit;
  const ends = new Map<string, number>();
  if (sessionMinutes === null) return ends;
  // What was worked before the session was opened again is a time of its own.
  const spent = { before: 0, since: 0 };
  for (const { key, events, notes } of sittings) {
    const id = bench.storage.labeling.log.sittingId(session.id, key);
    const time = id !== undefined && id <= session.clockAfter ? 'before' : 'since';
    const moments: ClockMoment[] = [...events, ...notes].sort((a, b) => a.seq - b.seq);
    const end = spentAt(moments, allowedMs(sessionMinutes) - spent[time]);
    if (end !== null) ends.set(key, end);
    if (!wasShared(moments)) spent[time] += workedMs(moments);
  }
  return ends;
}
