import type { TrialEvent } from '../../sessions/contract/volunteer.ts';

/**
 * The working time of a session, which its time limit counts. It is computed from stored events and notes, on each
 * sitting's own monotonic clock, so crashes, pauses between sittings and changes of the system clock do not affect it.
 */

/** A stored event or note that shows when a person worked. Milliseconds on the sitting's clock. */
export interface ClockMoment {
  /** The kind in the log; only `work-began`, `break-began`, `break-ended` and `second-window` matter here. */
  kind: string;
  atMs: number;
  shownMs?: number;
}

/** A sitting with the start of its clock, for comparison with other sittings. */
export interface ClockSitting {
  /** Milliseconds since 1970, and the sitting's own clock at that moment; null: unknown. */
  openedAt: number;
  openedMs: number | null;
  moments: readonly ClockMoment[];
}

export interface TrialState {
  choice: number | null;
  /** Whether it timed out before: by a counted timeout, or a late event in the same sitting. */
  ranOut: boolean;
  /** Time of the previous event on the clock of the same sitting; null: none. */
  lastMs: number | null;
}

/** Milliseconds between two notes that a page stores while somebody works: a crash loses at most this much time. */
export const workSignInterval = 20_000;

/**
 * Milliseconds worked in one sitting: from its first image to its last entry, without breaks.
 * @param moments in any order, except that entries of the same millisecond are in stored order
 */
export function workedMs(moments: readonly ClockMoment[]): number {
  return totalMs(workPeriods(moments));
}

/** The moment of a sitting at which `budgetMs` were worked; null: its log is shorter. */
export function momentAfterWork(moments: readonly ClockMoment[], budgetMs: number): number | null {
  let remaining = budgetMs;
  for (const { from, to } of workPeriods(moments)) {
    if (to - from > remaining) return from + Math.max(0, remaining);
    remaining -= to - from;
  }
  return null;
}

export interface Period {
  from: number;
  to: number;
}

/**
 * Milliseconds worked in each sitting, in order. Time that an earlier sitting in another window already covers does not
 * count again.
 */
export function workedPerSitting(sittings: readonly ClockSitting[]): number[] {
  return withoutOverlap(sittings.map((sitting) => ({ ...sitting, workPeriods: workPeriods(sitting.moments) })));
}

/**
 * `workedPerSitting` for given periods of work. Only sittings that noted another window count as simultaneous, because the
 * system clock may have been changed.
 */
export function withoutOverlap(sittings: readonly (ClockSitting & { workPeriods: readonly Period[] })[]): number[] {
  let all: Period[] = [];
  let shared: Period[] = [];
  return sittings.map(({ openedAt, openedMs, moments, workPeriods: own }) => {
    if (openedMs === null) return totalMs(own);
    const isShared = hadSecondWindow(moments);
    const there = own.map(({ from, to }) => ({ from: openedAt - openedMs + from, to: openedAt - openedMs + to }));
    const counted = isShared ? all : shared;
    const added = totalMs(union([...counted, ...there])) - totalMs(counted);
    all = union([...all, ...there]);
    if (isShared) shared = union([...shared, ...there]);
    return added;
  });
}

const totalMs = (times: readonly Period[]): number => times.reduce((sum, { from, to }) => sum + to - from, 0);

/** Merges periods: sorted, and none overlaps another. */
function union(times: readonly Period[]): Period[] {
  const apart: Period[] = [];
  for (const { from, to } of times.toSorted((a, b) => a.from - b.from)) {
    const last = apart.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else apart.push({ from, to });
  }
  return apart;
}

function workPeriods(moments: readonly ClockMoment[]): Period[] {
  const began = workStart(moments);
  if (began === null) return [];
  const found: Period[] = [];
  let [since, isBreak] = [began, false];
  for (const { kind, atMs } of moments.filter((one) => one.atMs >= began).sort((a, b) => a.atMs - b.atMs)) {
    const last = found.at(-1);
    if (!isBreak && last?.to === since) last.to = atMs;
    else if (!isBreak) found.push({ from: since, to: atMs });
    since = atMs;
    if (kind === 'break-began') isBreak = true;
    if (kind === 'break-ended') isBreak = false;
  }
  return found;
}

/** When a sitting's first image was shown; null: never. */
function workStart(moments: readonly ClockMoment[]): number | null {
  const least = (times: readonly number[]): number | null =>
    times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b));
  const noted = moments.filter(({ kind }) => kind === 'work-began').map(({ atMs }) => atMs);
  return least(noted) ?? least(moments.flatMap(({ shownMs }) => shownMs ?? []));
}

/** Whether the sitting noted another window with the same session. */
export const hadSecondWindow = (moments: readonly ClockMoment[]): boolean =>
  moments.some(({ kind }) => kind === 'second-window');

/**
 * Milliseconds worked in other sittings that the page of a sitting could know: not those that continued after it was
 * opened in another window or browser, or seem to because the system clock was changed.
 */
export function workedInOtherSittings(
  { openedAt }: Pick<ClockSitting, 'openedAt'>,
  others: readonly ClockSitting[],
): number {
  const before = others.filter((other) => !hadSecondWindow(other.moments) && !continuedAfter(other, openedAt));
  return before.reduce((sum, { moments }) => sum + workedMs(moments), 0);
}

/** Whether somebody worked in a sitting after a moment; false if its clock is unknown. */
function continuedAfter({ openedAt, openedMs, moments }: ClockSitting, at: number): boolean {
  return openedMs !== null && workPeriods(moments).some(({ to }) => openedAt - openedMs + to > at);
}

/** Remaining milliseconds of a limit; null: no limit. @param worked milliseconds of each sitting */
export function remainingMs(sessionMinutes: number | null, worked: readonly number[]): number | null {
  if (sessionMinutes === null) return null;
  return Math.max(0, sessionMinutes * 60_000 - worked.reduce((sum, ms) => sum + ms, 0));
}

/**
 * Milliseconds by which a page may measure a limit differently: it reads its clock at other moments than it stores, and a
 * busy computer reports the end late.
 */
export const clockTolerance = 1000;

/**
 * Whether an event came after the time limit of its image. The limit only applies to images without an answer: a person
 * who answered in time may change the answer later, and a timeout after an answer (from a window that does not know the
 * answer) does not count. Events record when the image last came into focus, so the elapsed time is a lower bound; the
 * page adds earlier visits.
 * @param imageSeconds the plan's limit; null: none
 */
export function isImageLate(event: TrialEvent, before: TrialState, imageSeconds: number | null): boolean {
  if (imageSeconds === null) return false;
  if (event.kind === 'timeout') return before.choice !== null;
  if (before.ranOut) return true;
  if (before.choice !== null || event.kind === 'undo') return false;
  return event.atMs - Math.max(event.shownMs, before.lastMs ?? 0) > imageSeconds * 1000 + clockTolerance;
}
