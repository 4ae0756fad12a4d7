import type { KitResultPayload } from '../../contract/labeling/kit.ts';
import { spentAt, wasShared, workedMs } from '../../contract/labeling/session-clock.ts';
import type { ClockMoment } from '../../contract/labeling/session-clock.ts';
import type { Late, TrialEvent } from '../../contract/labeling/volunteer.ts';
import type { TrialBefore } from '../../domain/labeling/in-time.ts';
import { isImageLate } from '../../domain/labeling/in-time.ts';
import type { SessionRecord } from '../../storage/index.ts';
import type { Workbench } from '../tools/workbench.ts';
import { allowedMs } from './clock.ts';
import { planOf } from '../labels/find.ts';

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
  const trials = new Map<number, TrialInFile>();
  const late = new Map<string, Late>();
  for (const { key, events } of sittings) {
    const id = log.sittingId(session.id, key);
    for (const event of events) {
      const before = inSitting(trials.get(event.trial) ?? fresh(event.trial), key);
      const known = id === undefined ? undefined : log.told(id, event.seq);
      const judged = known ? known.late : judge(event);
      trials.set(event.trial, after(before, event, judged));
      if (judged !== null) late.set(nameOf(key, event.seq), judged);

      function judge(news: TrialEvent): Late | null {
        if (news.atMs > (ends.get(key) ?? Number.POSITIVE_INFINITY)) return 'session';
        const { choice, isOut, isLate, lastMs } = before;
        return isImageLate(news, { choice, ranOut: isOut || isLate, lastMs }, imageSeconds) ? 'image' : null;
      }
    }
  }
  // A kit that was made anew knows of answers that are not in its file.
  function fresh(trial: number): TrialInFile {
    return { choice: log.choice(session.id, trial), isOut: false, isLate: false, lastMs: null, sitting: '' };
  }
  return (sitting, seq) => late.get(nameOf(sitting, seq)) ?? null;
}

const nameOf = (sitting: string, seq: number): string => `${sitting} ${seq}`;

/** What is known of a trial as its file is gone through. */
interface TrialInFile extends Omit<TrialBefore, 'ranOut'> {
  /** Whether a timeout that counted came last. */
  isOut: boolean;
  /** Whether something was late in this sitting. */
  isLate: boolean;
  sitting: string;
}

/** What was known of a trial, as a sitting has it: the clock of another one says nothing, and what was late in it neither. */
function inSitting(known: TrialInFile, sitting: string): TrialInFile {
  return known.sitting === sitting ? known : { ...known, isLate: false, lastMs: null, sitting };
}

function after(before: TrialInFile, { kind, choice, atMs }: TrialEvent, late: Late | null): TrialInFile {
  const lastMs = Math.max(before.lastMs ?? 0, atMs);
  if (late !== null) return { ...before, lastMs, isLate: before.isLate || late === 'image' };
  return { ...before, choice, isOut: kind === 'timeout', lastMs };
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
