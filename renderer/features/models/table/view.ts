import { useDebouncedCallback } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { RunFilter, RunView } from '../../../../main/contract/api/runs.ts';
import { useApi } from '../../../client/context.tsx';
import { firstColumns } from './columns.tsx';

export const noFilter: RunFilter = {
  ...{ text: '', states: [], kinds: ['classifier'], architectures: [], targets: [], tags: [], like: null },
};

/** How a table is looked at that nobody has looked at before. */
export const firstView: RunView = {
  name: 'Last',
  filter: noFilter,
  sort: { by: 'name', descending: false },
  group: 'none',
  columns: [...firstColumns],
};

/** Milliseconds after the last change that a view is kept. */
const rememberAfter = 800;

/**
 * How the table of a study is looked at: as it was left, from then on as the user sets it. Null until that is known.
 */
export function useRunView(study: string): readonly [RunView | null, (view: RunView) => void] {
  const api = useApi();
  const known = useQuery(api.runs.views.queryOptions({ input: { study }, meta: { live: 'self' } }));
  const remember = useMutation(api.runs.rememberView.mutationOptions());
  const [own, setOwn] = useState<{ study: string; view: RunView } | null>(null);
  const keep = useDebouncedCallback((view: RunView) => remember.mutate({ study, view }), rememberAfter);
  const change = (view: RunView): void => {
    setOwn({ study, view });
    keep({ ...view, name: 'Last' });
  };
  if (own?.study === study) return [own.view, change];
  if (known.isError) return [firstView, change];
  // What was typed to find one run is not how one wants to see the table tomorrow.
  const last = known.data?.last;
  return [known.data ? (last ? { ...last, filter: { ...last.filter, text: '' } } : firstView) : null, change];
}

/** Whether a view hides any run. */
export function isFiltered({ text, states, kinds, architectures, targets, tags, like }: RunFilter): boolean {
  const lists = [states, architectures, targets, tags];
  return text.trim() !== '' || like !== null || lists.some(({ length }) => length > 0) || kinds.length > 1;
}
