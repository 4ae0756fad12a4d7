import { useCallback, useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { RunRow, RunTable, RunView } from '../../../../main/contract/api/runs.ts';
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

/** A line of the table: the heading of a group, or a run by its place among the runs. */
export type Line =
  | { kind: 'group'; key: string; title: string; count: number }
  | { kind: 'run'; id: number; index: number };

/** Lines of a table in their order, and for each run the line that it is on. */
export interface Lines {
  lines: readonly Line[];
  ofRun: readonly number[];
}

/** Runs under the headings of their groups. */
export function linesOf({ ids, groups }: Pick<RunTable, 'ids' | 'groups'>): Lines {
  const lines: Line[] = [];
  const ofRun: number[] = [];
  let next = 0;
  const take = (count: number): void => {
    for (const id of ids.slice(next, next + count)) {
      ofRun.push(lines.length);
      lines.push({ kind: 'run', id, index: next });
      next += 1;
    }
  };
  for (const { key, title, count } of groups) {
    lines.push({ kind: 'group', key, title, count });
    take(count);
  }
  take(ids.length - next);
  return { lines, ofRun };
}

/** Rows that are here, by run. Each line of the table hears of its own row alone, so that nothing else is drawn again. */
export class RowStore {
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

  /** Keeps rows; gives the ids of those that are others than before. Whoever calls it tells of them (`tell`). */
  put(rows: readonly RunRow[]): number[] {
    return rows.flatMap((row) => {
      const before = this.#rows.get(row.id);
      if (before && JSON.stringify(before) === JSON.stringify(row)) return [];
      this.#rows.set(row.id, row);
      return [row.id];
    });
  }

  tell(ids: readonly number[]): void {
    for (const id of ids) for (const listener of this.#listeners.get(id) ?? []) listener();
  }

  /** For rows out of sight that are no longer what they were. */
  forget(id: number): void {
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

/** One row as it is now; null: it is on its way. */
export function useRow(store: RowStore, id: number): RunRow | null {
  const subscribe = useCallback((listener: () => void) => store.subscribe(id, listener), [store, id]);
  return useSyncExternalStore(subscribe, () => store.get(id));
}
