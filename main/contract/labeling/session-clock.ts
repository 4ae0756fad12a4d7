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
  const began = beganAt(moments);
  if (began === null) return 0;
  const after = moments.filter(({ atMs }) => atMs >= began).sort((a, b) => a.atMs - b.atMs);
  let [worked, since] = [0, began];
  let isBreak = false;
  for (const { kind, atMs } of after) {
    if (!isBreak) worked += atMs - since;
    since = atMs;
    if (kind === 'break-began') isBreak = true;
    if (kind === 'break-ended') isBreak = false;
  }
  return worked;
}

/** When a sitting's first image was shown; null: none was. */
function beganAt(moments: readonly ClockMoment[]): number | null {
  const least = (times: readonly number[]): number | null =>
    times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b));
  const told = moments.filter(({ kind }) => kind === 'work-began').map(({ atMs }) => atMs);
  return least(told) ?? least(moments.flatMap(({ shownMs }) => shownMs ?? []));
}

/** Milliseconds that are left of a limit; null: there is none. @param worked milliseconds of each sitting */
export function leftMs(sessionMinutes: number | null, worked: readonly number[]): number | null {
  if (sessionMinutes === null) return null;
  return Math.max(0, sessionMinutes * 60_000 - worked.reduce((sum, ms) => sum + ms, 0));
}
