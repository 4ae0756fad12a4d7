import { useCallback, useEffect, useRef } from 'react';
import type { Change } from '../../../../main/contract/api/changes.ts';
import { useChanges } from '../../../client/context.tsx';

/** Milliseconds between looks at runs that change: at some of them, and at all. */
const lookEvery = { some: 1000, all: 2500 };

/** Has something done now and then while these runs change; null: any run. */
export function useRunChanges(ids: readonly number[] | null, look: () => void): void {
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const latest = useRef({ ids, look });
  latest.current = { ids, look };
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
        latest.current.look();
      },
      mine === null ? lookEvery.all : lookEvery.some,
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
