import type { Late, TrialEvent } from '../../contract/labeling/volunteer.ts';

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

/**
 * The current event of each trial: the last one that is neither late nor a timeout after an answer. So result files of two
 * kits may be imported in any order.
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
