import { useCallback, useSyncExternalStore } from 'react';
import type { RunRow } from '../../../../main/contract/api/runs.ts';

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
