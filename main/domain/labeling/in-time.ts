import type { Late, TrialEvent } from '../../contract/labeling/volunteer.ts';

/**
 * Milliseconds by which a page's own reckoning may be off: it reads its clock some moments apart from what it stores, and
 * a busy computer tells it late that a time is up.
 */
export const clockTolerance = 1000;

/** What is known of a trial before an event comes. */
export interface TrialBefore {
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
export function isImageLate(event: TrialEvent, before: TrialBefore, imageSeconds: number | null): boolean {
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
export function lastWordOf<
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
