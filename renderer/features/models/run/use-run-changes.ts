import { useCallback, useEffect, useRef } from 'react';
import type { Change } from '../../../../main/contract/api/changes.ts';
import { useChanges } from '../../../client/context.tsx';

/** Milliseconds between looks at runs that change. */
const lookEvery = 1000;

/** Has something done about a run now and then while it changes. */
export function useRunChanges(ids: readonly number[], look: () => void): void {
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const latest = useRef({ ids, look });
  latest.current = { ids, look };
  const changed = useCallback((changes: readonly Change[]) => {
    const { ids: mine } = latest.current;
    const isMine = changes.some(
      (change) => change.topic === 'runs' && (change.ids === null || change.ids.some((id) => mine.includes(id))),
    );
    if (!isMine) return;
    timer.current ??= setTimeout(() => {
      timer.current = null;
      latest.current.look();
    }, lookEvery);
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
