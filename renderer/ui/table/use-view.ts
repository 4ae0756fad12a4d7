import { useState } from 'react';
import { type DataColumn, firstView, type TableView } from './columns.ts';

/** A table's view, remembered by this browser under the table's id. */
export function useRememberedView<Row>(
  id: string,
  columns: readonly DataColumn<Row>[],
): readonly [TableView, (view: TableView) => void] {
  const [view, setView] = useState(() => remembered(id) ?? firstView(columns));
  const change = (next: TableView): void => {
    setView(next);
    remember(id, next);
  };
  return [view, change];
}

const keyOf = (id: string): string => `table:${id}`;

function remembered(id: string): TableView | null {
  try {
    const view: unknown = JSON.parse(localStorage.getItem(keyOf(id)) ?? 'null');
    // What was typed to find one row is not how one wants to see the table tomorrow.
    return isView(view) ? { ...view, filter: '' } : null;
  } catch {
    return null;
  }
}

function remember(id: string, view: TableView): void {
  try {
    localStorage.setItem(keyOf(id), JSON.stringify(view));
  } catch {
    // A browser that keeps nothing: the view lasts as long as the page.
  }
}

function isView(view: unknown): view is TableView {
  if (typeof view !== 'object' || view === null) return false;
  const { sort, hidden, filter, groupBy } = view as Partial<Record<keyof TableView, unknown>>;
  const isSort = sort === null || (typeof sort === 'object' && sort !== undefined && 'column' in sort);
  return (
    isSort && Array.isArray(hidden) && typeof filter === 'string' && (groupBy === null || typeof groupBy === 'string')
  );
}
