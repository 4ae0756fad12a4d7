import type { Late, TrialEvent } from '../../contract/labeling/volunteer.ts';

/**
 * The time that a session's limit counts. It is worked out from what was stored, on each sitting's own clock that never
 * jumps: so a crash, a pause between two sittings or a clock that is set changes nothing of it.
 */

/** A stored entry of a sitting's log, as far as it says when somebody was at work. Milliseconds on the sitting's clock. */
export interface ClockMoment {
  /** As the log has it: `work-began`, `break-began` and `break-ended` mean something here. */
  kind: string;
  atMs: number;
  /** When the image of an event was shown. */
  shownMs?: number;
}

/** Milliseconds between two signs of work that a page stores, so that a crash forgets no more of the time. */
export const workSignInterval = 20_000;

/**
 * Milliseconds that one sitting counts: from its first image to its last entry, without breaks.
 * @param moments in any order, but for entries of the very same moment: those as they were stored
 */
export function workedMs(moments: readonly ClockMoment[]): number {
  return lengthOf(workPeriods(moments));
}

/** The moment of a sitting at which so many milliseconds were worked in it; null: its log does not go so far. */
export function momentAfterWork(moments: readonly ClockMoment[], budgetMs: number): number | null {
  let left = budgetMs;
  for (const { from, to } of workPeriods(moments)) {
    if (to - from > left) return from + Math.max(0, left);
    left -= to - from;
  }
  return null;
}

/** A time without a break, in milliseconds. */
export interface Period {
  from: number;
  to: number;
}

/** A sitting as it lies beside others. */
export interface ClockSitting {
  /** Milliseconds since 1970, and on the sitting's own clock at that moment; null: not told. */
  openedAt: number;
  openedMs: number | null;
  moments: readonly ClockMoment[];
}

/**
 * Milliseconds that each sitting counts, in their order: what an earlier one counts already, in another window at the same
 * time, counts once.
 */
export function workedPerSitting(sittings: readonly ClockSitting[]): number[] {
  return withoutOverlap(sittings.map((sitting) => ({ ...sitting, workPeriods: workPeriods(sitting.moments) })));
}

/** The same of any times. Only windows that knew of each other were open at once: a clock that was set proves nothing. */
export function withoutOverlap(sittings: readonly (ClockSitting & { workPeriods: readonly Period[] })[]): number[] {
  let all: Period[] = [];
  let shared: Period[] = [];
  return sittings.map(({ openedAt, openedMs, moments, workPeriods: own }) => {
    if (openedMs === null) return lengthOf(own);
    const isShared = hadSecondWindow(moments);
    const there = own.map(({ from, to }) => ({ from: openedAt - openedMs + from, to: openedAt - openedMs + to }));
    const counted = isShared ? all : shared;
    const added = lengthOf(union([...counted, ...there])) - lengthOf(counted);
    all = union([...all, ...there]);
    if (isShared) shared = union([...shared, ...there]);
    return added;
  });
}

const lengthOf = (times: readonly Period[]): number => times.reduce((sum, { from, to }) => sum + to - from, 0);

/** The same times, in order and apart. */
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

/** When a sitting's first image was shown; null: none was. */
function workStart(moments: readonly ClockMoment[]): number | null {
  const least = (times: readonly number[]): number | null =>
    times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b));
  const told = moments.filter(({ kind }) => kind === 'work-began').map(({ atMs }) => atMs);
  return least(told) ?? least(moments.flatMap(({ shownMs }) => shownMs ?? []));
}

/** Whether another window had the session open as well, as a sitting's log says. */
export const hadSecondWindow = (moments: readonly ClockMoment[]): boolean =>
  moments.some(({ kind }) => kind === 'second-window');

/**
 * Milliseconds that the page of a sitting can have known to be spent in others: not in those that went on after it was
 * opened, in another window or browser, be it that a clock which was set only makes it seem so.
 */
export function workedInOtherSittings(
  { openedAt }: Pick<ClockSitting, 'openedAt'>,
  others: readonly ClockSitting[],
): number {
  const before = others.filter((other) => !hadSecondWindow(other.moments) && !continuedAfter(other, openedAt));
  return before.reduce((sum, { moments }) => sum + workedMs(moments), 0);
}

/** Whether a sitting was worked in after a moment; false where it did not tell how its clock stood. */
function continuedAfter({ openedAt, openedMs, moments }: ClockSitting, at: number): boolean {
  return openedMs !== null && workPeriods(moments).some(({ to }) => openedAt - openedMs + to > at);
}

/** Milliseconds that are left of a limit; null: there is none. @param worked milliseconds of each sitting */
export function remainingMs(sessionMinutes: number | null, worked: readonly number[]): number | null {
  if (sessionMinutes === null) return null;
  return Math.max(0, sessionMinutes * 60_000 - worked.reduce((sum, ms) => sum + ms, 0));
}

/**
 * Milliseconds by which a page's own reckoning may be off: it reads its clock some moments apart from what it stores, and
 * a busy computer tells it late that a time is up.
 */
export const clockTolerance = 1000;

/** What is known of a trial before an event comes. */
export interface TrialState {
  /** Its answer; null: none. */
  choice: number | null;
  /** Whether its time ran out before: by a timeout that counted, or as its own sitting knows, where something was late. */
  ranOut: boolean;
  /** When the event before came, on the clock of the same sitting; null: there was none in it. */
  lastMs: number | null;
}

/**
 * Whether an event came after its image's time. Only an image without an answer has a time: who answered in time may
 * change the answer whenever they like, and a timeout over it, of a window that does not know of the answer, is no word.
 * What is told of an image is when it came into focus last, so its time is at least
 * what lies between; where it was in focus before is the page's to count.
 * @param imageSeconds the plan's limit; null: none
 */
export function isImageLate(event: TrialEvent, before: TrialState, imageSeconds: number | null): boolean {
  if (imageSeconds === null) return false;
  if (event.kind === 'timeout') return before.choice !== null;
  if (before.ranOut) return true;
  if (before.choice !== null || event.kind === 'undo') return false;
  return event.atMs - Math.max(event.shownMs, before.lastMs ?? 0) > imageSeconds * 1000 + clockTolerance;
}

/**
 * The last word on each trial. What came late is none, and neither is a timeout over an answer: result files of two kits
 * may come in any order.
 * @param events in the order in which they count
 */
export function currentEvents<
  E extends Pick<TrialEvent, 'trial' | 'kind' | 'choice'> & { late?: Late | null | undefined },
>(events: Iterable<E>): Map<number, E> {
  const last = new Map<number, E>();
  for (const event of events) {
    if ((event.late ?? null) !== null) continue;
    if (event.kind === 'timeout' && (last.get(event.trial)?.choice ?? null) !== null) continue;
    last.set(event.trial, event);
  }
  return last;
}
