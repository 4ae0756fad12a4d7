import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { RunTable, RunView } from '../../../../main/contract/api/runs.ts';
import type { Change } from '../../../../main/contract/api/changes.ts';
import { useApi, useChanges, useClient } from '../../../client/context.tsx';
import { RowStore } from './row-store.ts';

/** Rows asked for at a time: the most that the call takes. */
const chunk = 200;
/** Milliseconds for which wanted rows are gathered. */
const gatherFor = 25;
/** Milliseconds between looks at the order of all runs while they change. */
const orderEvery = 2000;

export interface RunRows {
  table: RunTable | undefined;
  error: unknown;
  store: RowStore;
  /** Says which runs are in sight: their rows are asked for, and again when they change. */
  show: (ids: readonly number[]) => void;
  again: () => void;
}

/**
 * A study's run table: the order of all runs, and the rows that are in sight. When runs change, the rows in sight that
 * did are asked for again, and the order now and then.
 */
export function useRunRows(
  study: string,
  { filter, sort, group }: Pick<RunView, 'filter' | 'sort' | 'group'>,
): RunRows {
  const api = useApi();
  const client = useClient();
  const query = useQuery(
    api.runs.table.queryOptions({
      input: { study, filter, sort, group },
      meta: { live: 'self' },
      placeholderData: keepPreviousData,
    }),
  );
  const { data: table, refetch } = query;
  const [store] = useState(() => new RowStore());
  const inSight = useRef<readonly number[]>([]);
  const wanted = useRef(new Set<number>());
  const timers = useRef<{ rows?: ReturnType<typeof setTimeout>; order?: ReturnType<typeof setTimeout> }>({});

  // The rows that came with the order are the newest there are: lines that are drawn with it have them at once, and
  // lines that stay hear of them.
  const seen = useRef<{ table: RunTable | undefined; untold: number[] }>({ table: undefined, untold: [] });
  if (table && seen.current.table !== table) {
    seen.current = { table, untold: [...seen.current.untold, ...store.put(table.rows)] };
  }
  useLayoutEffect(() => {
    store.tell(seen.current.untold);
    seen.current.untold = [];
  });

  const ask = useCallback(() => {
    timers.current.rows ??= setTimeout(() => {
      delete timers.current.rows;
      const ids = [...wanted.current].slice(-chunk);
      wanted.current.clear();
      if (ids.length === 0) return;
      // A row that does not come stays a placeholder until the table is looked at again.
      client.runs.rows({ study, ids }).then(
        (fresh) => store.tell(store.put(fresh)),
        () => undefined,
      );
    }, gatherFor);
  }, [client, store, study]);

  const show = useCallback(
    (ids: readonly number[]) => {
      inSight.current = ids;
      const missing = ids.filter((id) => !store.has(id));
      for (const id of missing) wanted.current.add(id);
      if (missing.length > 0) ask();
    },
    [ask, store],
  );

  const changed = useCallback(
    (changes: readonly Change[]) => {
      const mine = changes.filter(({ topic }) => topic === 'runs');
      if (mine.length === 0) return;
      const all = mine.some(({ ids }) => ids === null);
      const ids = new Set(mine.flatMap((change) => change.ids ?? []));
      const visible = new Set(inSight.current);
      for (const id of all ? store.ids : ids) {
        if (visible.has(id)) wanted.current.add(id);
        else store.forget(id);
      }
      if (wanted.current.size > 0) ask();
      timers.current.order ??= setTimeout(
        () => {
          delete timers.current.order;
          void refetch();
        },
        all ? 0 : orderEvery,
      );
    },
    [ask, refetch, store],
  );
  useChanges(changed);
  useEffect(
    () => () => {
      clearTimeout(timers.current.rows);
      clearTimeout(timers.current.order);
      timers.current = {};
    },
    [],
  );
  return {
    ...{ table, show, store, error: query.error },
    again: () => void refetch(),
  };
}
