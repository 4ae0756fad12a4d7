import type { TrialEvent } from '../../contract/labeling/volunteer.ts';

/**
 * Milliseconds by which a page's own reckoning may be off: it reads its clock some moments apart from what it stores, and
 * a busy computer tells it late that a time is up.
 */
export const clockTolerance = 1000;

/** What is known of a trial before an event comes. */
export interface TrialBefore {
  /** Its answer; null: none. */
  choice: number | null;
  /** Whether its time ran out before: a timeout, or an answer that was late itself. */
  ranOut: boolean;
  /** When the event before came, on the clock of the same sitting; null: there was none in it. */
  lastMs: number | null;
}

/**
 * Whether an event came after its image's time. Only an image without an answer has a time: who answered in time may
 * change the answer whenever they like. What is told of an image is when it came into focus last, so its time is at least
 * what lies between; where it was in focus before is the page's to count.
 * @param imageSeconds the plan's limit; null: none
 */
export function isImageLate(event: TrialEvent, before: TrialBefore, imageSeconds: number | null): boolean {
  if (imageSeconds === null || event.kind === 'timeout') return false;
  if (before.ranOut) return true;
  if (before.choice !== null || event.kind === 'undo') return false;
  return event.atMs - Math.max(event.shownMs, before.lastMs ?? 0) > imageSeconds * 1000 + clockTolerance;
}
