import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Change } from '../../../../main/contract/api/changes.ts';
import type { RunRow, RunTable, RunView } from '../../../../main/contract/api/runs.ts';
import { useApi, useChanges, useClient } from '../../../client/context.tsx';
import type { GridRows } from '../../../ui/table/virtual-grid.tsx';
import { detach } from '../../../../main/contract/wire/detach.ts';

/** Most rows in one call. */
const chunk = 200;
/** Milliseconds for which requested rows are collected into one call. */
const batchWindow = 25;
/** Shortest time between refetches of the order of all runs while they change, in milliseconds. */
const orderInterval = 2000;

export interface RunRows {
  table: RunTable | undefined;
  /** Why the table, or rows of it, could not be loaded now; null: they are up to date. */
  error: unknown;
  store: RowStore;
  /** Sets the visible runs: their rows are fetched now and whenever they change. */
  show: (ids: readonly number[]) => void;
  refetch: () => void;
}

/**
 * A study's run table: the order of all runs and the rows of the visible ones. When runs change, changed visible rows
 * are fetched again at once, the order at most every `orderInterval`.
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
  const [rowsError, setRowsError] = useState<unknown>(null);
  const visible = useRef<readonly number[]>([]);
  const wanted = useRef(new Set<number>());
  const timers = useRef<{ rows?: ReturnType<typeof setTimeout>; order?: ReturnType<typeof setTimeout> }>({});

  // The order comes with its newest rows: they are stored during render, so that new lines have them at once; lines
  // that are already mounted are notified after it.
  const stored = useRef<{ table: RunTable | undefined; changed: number[] }>({ table: undefined, changed: [] });
  if (table && stored.current.table !== table) {
    stored.current = { table, changed: [...stored.current.changed, ...store.put(table.rows)] };
  }
  useLayoutEffect(() => {
    store.notify(stored.current.changed);
    stored.current.changed = [];
  });

  const fetchRows = useCallback(() => {
    timers.current.rows ??= setTimeout(() => {
      delete timers.current.rows;
      const ids = [...wanted.current].slice(-chunk);
      wanted.current.clear();
      if (ids.length === 0) return;
      client.runs.rows({ study, ids }).then(
        (fresh) => {
          store.notify(store.put(fresh));
          setRowsError(null);
        },
        (error: unknown) => {
          for (const id of ids) wanted.current.add(id);
          setRowsError(error);
        },
      );
    }, batchWindow);
  }, [client, store, study]);

  const show = useCallback(
    (ids: readonly number[]) => {
      visible.current = ids;
      const missing = ids.filter((id) => !store.has(id));
      for (const id of missing) wanted.current.add(id);
      if (missing.length > 0) fetchRows();
    },
    [fetchRows, store],
  );

  const changed = useCallback(
    (changes: readonly Change[]) => {
      const mine = changes.filter(({ topic }) => topic === 'runs');
      if (mine.length === 0) return;
      const all = mine.some(({ ids }) => ids === null);
      const ids = new Set(mine.flatMap((change) => change.ids ?? []));
      const shown = new Set(visible.current);
      for (const id of all ? store.ids : ids) {
        if (shown.has(id)) wanted.current.add(id);
        else store.delete(id);
      }
      if (wanted.current.size > 0) fetchRows();
      timers.current.order ??= setTimeout(
        () => {
          delete timers.current.order;
          detach(refetch());
        },
        all ? 0 : orderInterval,
      );
    },
    [fetchRows, refetch, store],
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
    table,
    show,
    store,
    error: query.error ?? rowsError,
    refetch: () => {
      fetchRows();
      detach(refetch());
    },
  };
}

/** Loaded rows by run id. Each line subscribes to its own row, so that a change redraws one line only. */
export class RowStore implements GridRows<number, RunRow> {
  readonly #rows = new Map<number, RunRow>();
  readonly #listeners = new Map<number, Set<() => void>>();

  get ids(): readonly number[] {
    return [...this.#rows.keys()];
  }

  has(id: number): boolean {
    return this.#rows.has(id);
  }

  get(id: number): RunRow | null {
    return this.#rows.get(id) ?? null;
  }

  /** Stores rows; returns the ids of those that changed, for `notify`. */
  put(rows: readonly RunRow[]): number[] {
    return rows.flatMap((row) => {
      const before = this.#rows.get(row.id);
      if (before && JSON.stringify(before) === JSON.stringify(row)) return [];
      this.#rows.set(row.id, row);
      return [row.id];
    });
  }

  notify(ids: readonly number[]): void {
    for (const id of ids) for (const listener of this.#listeners.get(id) ?? []) listener();
  }

  /** Drops an outdated row that is not visible. */
  delete(id: number): void {
    this.#rows.delete(id);
  }

  subscribe(id: number, listener: () => void): () => void {
    const listeners = this.#listeners.get(id) ?? new Set();
    this.#listeners.set(id, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(id);
    };
  }
}
