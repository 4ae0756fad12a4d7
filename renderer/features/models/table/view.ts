import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { RunFilter, RunView } from '../../../../main/contract/api/runs.ts';
import { useApi } from '../../../client/context.tsx';
import { defaultColumns } from './columns.tsx';

export const noFilter: RunFilter = {
  text: '',
  states: [],
  kinds: ['classifier'],
  architectures: [],
  targets: [],
  tags: [],
  like: null,
  archived: false,
};

/** The view of a table that was never opened. */
export const defaultView: RunView = {
  name: 'Last',
  filter: noFilter,
  sort: { by: 'name', descending: false },
  group: 'none',
  columns: [...defaultColumns],
};

/** Milliseconds after the last change before the view is saved. */
const rememberAfter = 800;

/** A study's run table view: as it was last left, then as the user changes it. Null while it loads. */
export function useRunView(study: string): readonly [RunView | null, (view: RunView) => void] {
  const api = useApi();
  const known = useQuery(api.runs.views.queryOptions({ input: { study }, meta: { live: 'self' } }));
  const remember = useMutation(api.runs.rememberView.mutationOptions());
  const [changed, setChanged] = useState<{ study: string; view: RunView } | null>(null);
  const keep = useDebouncedCallback((view: RunView) => remember.mutate({ study, view }), rememberAfter);
  const change = (view: RunView): void => {
    setChanged({ study, view });
    keep({ ...view, name: 'Last' });
  };
  if (changed?.study === study) return [changed.view, change];
  if (known.isError) return [defaultView, change];
  // The typed filter is not remembered: it was meant for one search.
  const last = known.data?.last;
  return [known.data ? (last ? { ...last, filter: { ...last.filter, text: '' } } : defaultView) : null, change];
}

export function isFiltered({ text, states, kinds, architectures, targets, tags, like }: RunFilter): boolean {
  const lists = [states, architectures, targets, tags];
  return text.trim() !== '' || like !== null || lists.some(({ length }) => length > 0) || kinds.length > 1;
}
