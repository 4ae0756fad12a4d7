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
export const workSignEvery = 20_000;

/**
 * Milliseconds that one sitting counts: from its first image to its last entry, without breaks.
 * @param moments in any order, but for entries of the very same moment: those as they were stored
 */
export function workedMs(moments: readonly ClockMoment[]): number {
  return lengthOf(stretches(moments));
}

/** The moment of a sitting at which so many milliseconds were worked in it; null: its log does not go so far. */
export function spentAt(moments: readonly ClockMoment[], budgetMs: number): number | null {
  let left = budgetMs;
  for (const { from, to } of stretches(moments)) {
    if (to - from > left) return from + Math.max(0, left);
    left -= to - from;
  }
  return null;
}

/** A time without a break, in milliseconds. */
export interface Stretch {
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
export function workedIn(sittings: readonly ClockSitting[]): number[] {
  return countedOnce(sittings.map((sitting) => ({ ...sitting, stretches: stretches(sitting.moments) })));
}

/** The same of any times. Only windows that knew of each other were open at once: a clock that was set proves nothing. */
export function countedOnce(sittings: readonly (ClockSitting & { stretches: readonly Stretch[] })[]): number[] {
  let all: Stretch[] = [];
  let shared: Stretch[] = [];
  return sittings.map(({ openedAt, openedMs, moments, stretches: own }) => {
    if (openedMs === null) return lengthOf(own);
    const isShared = wasShared(moments);
    const there = own.map(({ from, to }) => ({ from: openedAt - openedMs + from, to: openedAt - openedMs + to }));
    const counted = isShared ? all : shared;
    const added = lengthOf(union([...counted, ...there])) - lengthOf(counted);
    all = union([...all, ...there]);
    if (isShared) shared = union([...shared, ...there]);
    return added;
  });
}

const lengthOf = (times: readonly Stretch[]): number => times.reduce((sum, { from, to }) => sum + to - from, 0);

/** The same times, in order and apart. */
function union(times: readonly Stretch[]): Stretch[] {
  const apart: Stretch[] = [];
  for (const { from, to } of times.toSorted((a, b) => a.from - b.from)) {
    const last = apart.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else apart.push({ from, to });
  }
  return apart;
}

function stretches(moments: readonly ClockMoment[]): Stretch[] {
  const began = beganAt(moments);
  if (began === null) return [];
  const found: Stretch[] = [];
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
function beganAt(moments: readonly ClockMoment[]): number | null {
  const least = (times: readonly number[]): number | null =>
    times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b));
  const told = moments.filter(({ kind }) => kind === 'work-began').map(({ atMs }) => atMs);
  return least(told) ?? least(moments.flatMap(({ shownMs }) => shownMs ?? []));
}

/** Whether another window had the session open as well, as a sitting's log says. */
export const wasShared = (moments: readonly ClockMoment[]): boolean =>
  moments.some(({ kind }) => kind === 'second-window');

/**
 * Milliseconds that the page of a sitting can have known to be spent in others: not in those that went on after it was
 * opened, in another window or browser, be it that a clock which was set only makes it seem so.
 */
export function spentElsewhere({ openedAt }: Pick<ClockSitting, 'openedAt'>, others: readonly ClockSitting[]): number {
  const before = others.filter((other) => !wasShared(other.moments) && !wentOn(other, openedAt));
  return before.reduce((sum, { moments }) => sum + workedMs(moments), 0);
}

/** Whether a sitting was worked in after a moment; false where it did not tell how its clock stood. */
function wentOn({ openedAt, openedMs, moments }: ClockSitting, at: number): boolean {
  return openedMs !== null && stretches(moments).some(({ to }) => openedAt - openedMs + to > at);
}

/** Milliseconds that are left of a limit; null: there is none. @param worked milliseconds of each sitting */
export function leftMs(sessionMinutes: number | null, worked: readonly number[]): number | null {
  if (sessionMinutes === null) return null;
  return Math.max(0, sessionMinutes * 60_000 - worked.reduce((sum, ms) => sum + ms, 0));
}
