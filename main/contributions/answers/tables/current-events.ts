import type { Late, TrialEvent } from '../../sessions/contract/volunteer.ts';

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
