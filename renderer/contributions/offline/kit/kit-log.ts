import type { KitSession } from '../../../../main/contributions/offline/kit-format.ts';
import { remainingMs, workedPerSitting } from '../../../../main/contributions/desk/analysis/time-limits.ts';
import type { VolunteerView } from '../../../../main/contributions/desk/contract/view.ts';
import type { StoredEntry, StoredSitting } from './kit-store.ts';

/** Sorts entries by the time of their sitting, then by number. */
export function sortEntries(sittings: readonly StoredSitting[], entries: readonly StoredEntry[]): StoredEntry[] {
  const began = new Map(sittings.map(({ key, openedAt }) => [key, Date.parse(openedAt)]));
  return [...entries].sort((a, b) => (began.get(a.sitting) ?? 0) - (began.get(b.sitting) ?? 0) || a.seq - b.seq);
}

/** The answers of a person so far. */
interface KitProgress {
  /** Current answers by trial; null: none. */
  answers: (number | null)[];
  timedOut: Set<number>;
  /** The last answered trial; null: none. */
  last: number | null;
}

export function replay(
  before: Pick<VolunteerView, 'answers' | 'timedOut'>,
  ordered: readonly StoredEntry[],
): KitProgress {
  const [answers, timedOut] = [[...before.answers], new Set(before.timedOut)];
  let last: number | null = null;
  for (const entry of ordered) {
    if (!('event' in entry)) continue;
    const { trial, kind, choice } = entry.event;
    // From another window that did not know the answer: the answer stays.
    if (kind === 'timeout' && (answers[trial] ?? null) !== null) continue;
    answers[trial] = choice;
    if (kind === 'timeout') timedOut.add(trial);
    else timedOut.delete(trial);
    last = kind === 'undo' ? trial - 1 : trial;
  }
  return { answers, timedOut, last };
}

/** The next trial: the first unanswered one after the last answer, else the first unanswered one; null: none. */
export function nextTrial({ answers, timedOut, last }: KitProgress): number | null {
  const open = answers.flatMap((answer, trial) => (answer === null && !timedOut.has(trial) ? [trial] : []));
  return open.find((trial) => trial > (last ?? -1)) ?? open[0] ?? null;
}

interface KitClock extends Pick<KitSession, 'clock'> {
  view: Pick<VolunteerView, 'timeLimit'>;
}

/** Remaining milliseconds of the time limit, from the sittings in the kit and in this browser; null: no limit. */
export function kitRemainingMs(
  { view, clock }: KitClock,
  sittings: readonly StoredSitting[],
  entries: readonly StoredEntry[],
): number | null {
  const worked = new Map(clock.map(({ sitting, ms }) => [sitting, ms]));
  const entriesBySitting = Map.groupBy(entries, (entry) => entry.sitting);
  const counted = sittings
    .filter(({ key }) => worked.get(key) !== null)
    .map(({ key, openedAt, openedMs = null }) => ({
      key,
      openedAt: Date.parse(openedAt),
      openedMs,
      moments: (entriesBySitting.get(key) ?? []).map((entry) => ('event' in entry ? entry.event : entry.note)),
    }))
    .sort((a, b) => a.openedAt - b.openedAt);
  for (const [index, ms] of workedPerSitting(counted).entries()) {
    const key = counted[index]?.key ?? '';
    worked.set(key, Math.max(worked.get(key) ?? 0, ms));
  }
  return remainingMs(
    view.timeLimit.sessionMinutes,
    [...worked.values()].flatMap((ms) => ms ?? []),
  );
}
