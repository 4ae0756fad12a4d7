import { useCallback, useEffect, useRef } from 'react';
import type { Change, Topic } from '../../main/contract/api/changes.ts';
import { useChanges } from './context.tsx';

/** Returns a function that runs `action` after `wait` milliseconds, unless a run is pending already. */
function useDelayed(action: () => unknown): (wait: number) => void {
  const latest = useRef(action);
  latest.current = action;
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const cancel = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = undefined;
  }, []);
  useEffect(() => cancel, [cancel]);
  return useCallback((wait) => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      latest.current();
    }, wait);
  }, []);
}

/**
 * Refetches when one of the topics changes, at most once every `everyMs`: for expensive answers that every event of a run
 * affects. The query itself has `meta: { live: 'self' }`.
 */
export function useThrottledRefetch(refetch: () => unknown, topics: readonly Topic[], everyMs: number): void {
  const wanted = useRef(topics);
  wanted.current = topics;
  const last = useRef(0);
  const later = useDelayed(() => {
    last.current = Date.now();
    refetch();
  });
  useChanges(
    useCallback(
      (changes: readonly Change[]) => {
        if (changes.some(({ topic }) => wanted.current.includes(topic)))
          later(Math.max(0, last.current + everyMs - Date.now()));
      },
      [later, everyMs],
    ),
  );
}

/** Shortest time between calls while runs change, in milliseconds: for some runs, and for all. */
const runInterval = { some: 1000, all: 2500 };

/** Calls `refetch` while these runs change, at most once every `runInterval`; null: any run. */
export function useRunChanges(ids: readonly number[] | null, refetch: () => unknown): void {
  const mine = useRef(ids);
  mine.current = ids;
  const later = useDelayed(refetch);
  const changed = useCallback(
    (changes: readonly Change[]) => {
      const own = mine.current;
      const isMine = changes.some(
        ({ topic, ids: touched }) =>
          topic === 'runs' && (own === null || touched === null || touched.some((id) => own.includes(id))),
      );
      if (isMine) later(own === null ? runInterval.all : runInterval.some);
    },
    [later],
  );
  useChanges(changed);
}
