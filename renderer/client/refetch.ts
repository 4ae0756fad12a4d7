import { useCallback, useEffect, useRef } from 'react';
import type { Change, Topic } from '../../main/contract/api/changes.ts';
import { useChanges } from './context.tsx';

/**
 * Refetches when one of the topics changes, at most once every `everyMs`: for expensive answers that every event of a run
 * affects. The query itself has `meta: { live: 'self' }`.
 */
export function useThrottledRefetch(refetch: () => unknown, topics: readonly Topic[], everyMs: number): void {
  const latest = useRef(refetch);
  latest.current = refetch;
  const wanted = useRef(topics);
  wanted.current = topics;
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const last = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  useChanges(
    useCallback(
      (changes: readonly Change[]) => {
        if (timer.current !== undefined || !changes.some(({ topic }) => wanted.current.includes(topic))) return;
        const wait = Math.max(0, last.current + everyMs - Date.now());
        timer.current = setTimeout(() => {
          timer.current = undefined;
          last.current = Date.now();
          latest.current();
        }, wait);
      },
      [everyMs],
    ),
  );
}

/** Shortest time between calls while runs change, in milliseconds: for some runs, and for all. */
const runInterval = { some: 1000, all: 2500 };

/** Calls `refetch` while these runs change, at most once every `runInterval`; null: any run. */
export function useRunChanges(ids: readonly number[] | null, refetch: () => void): void {
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const latest = useRef({ ids, refetch });
  latest.current = { ids, refetch };
  const changed = useCallback((changes: readonly Change[]) => {
    const { ids: mine } = latest.current;
    const isMine = changes.some(
      (change) =>
        change.topic === 'runs' && (mine === null || change.ids === null || change.ids.some((id) => mine.includes(id))),
    );
    if (!isMine) return;
    timer.current ??= setTimeout(
      () => {
        timer.current = null;
        latest.current.refetch();
      },
      mine === null ? runInterval.all : runInterval.some,
    );
  }, []);
  useChanges(changed);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = null;
    },
    [],
  );
}
