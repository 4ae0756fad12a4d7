import { useCallback, useEffect, useRef, useState } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { RunRow, RunTable, RunView } from '../../../../main/contract/api/run-table.ts';
import type { Change } from '../../../../main/contract/api/changes.ts';
import { useApi, useChanges, useClient } from '../../../client/context.tsx';

/** Rows asked for at a time: the most that the call takes. */
const chunk = 200;
/** Milliseconds for which wanted rows are gathered. */
const gatherFor = 25;
/** Milliseconds between looks at the order of all runs while they change. */
const orderEvery = 2000;

export interface RunRows {
  table: RunTable | undefined;
  error: unknown;
  isStale: boolean;
  /** The row, if it is here. */
  row: (id: number) => RunRow | undefined;
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
  const [, draw] = useState(0);
  const rows = useRef(new Map<number, RunRow>());
  const inSight = useRef<readonly number[]>([]);
  const wanted = useRef(new Set<number>());
  const timers = useRef<{ rows?: ReturnType<typeof setTimeout>; order?: ReturnType<typeof setTimeout> }>({});

  const keep = useCallback((fresh: readonly RunRow[]) => {
    for (const row of fresh) rows.current.set(row.id, row);
    draw((count) => count + 1);
  }, []);

  // The rows that came with the order are the newest there are.
  const seen = useRef<RunTable | undefined>(undefined);
  if (table && seen.current !== table) {
    seen.current = table;
    for (const row of table.rows) rows.current.set(row.id, row);
  }

  const ask = useCallback(() => {
    timers.current.rows ??= setTimeout(() => {
      delete timers.current.rows;
      const ids = [...wanted.current].slice(-chunk);
      wanted.current.clear();
      if (ids.length === 0) return;
      // A row that does not come stays a placeholder until the table is looked at again.
      client.runs.rows({ study, ids }).then(keep, () => undefined);
    }, gatherFor);
  }, [client, keep, study]);

  const show = useCallback(
    (ids: readonly number[]) => {
      inSight.current = ids;
      const missing = ids.filter((id) => !rows.current.has(id));
      for (const id of missing) wanted.current.add(id);
      if (missing.length > 0) ask();
    },
    [ask],
  );

  const changed = useCallback(
    (changes: readonly Change[]) => {
      const mine = changes.filter(({ topic }) => topic === 'runs');
      if (mine.length === 0) return;
      const all = mine.some(({ ids }) => ids === null);
      const ids = new Set(mine.flatMap((change) => change.ids ?? []));
      const visible = new Set(inSight.current);
      for (const id of all ? [...rows.current.keys()] : ids) {
        if (visible.has(id)) wanted.current.add(id);
        else rows.current.delete(id);
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
    [ask, refetch],
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
    ...{ table, show, error: query.error, isStale: query.isPlaceholderData },
    row: useCallback((id: number) => rows.current.get(id), []),
    again: () => void refetch(),
  };
}
