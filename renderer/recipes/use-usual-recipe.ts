import { useQuery } from '@tanstack/react-query';
import { useApi } from '../client/context.tsx';

/** What forms of recipes begin with in a study. */
export function useUsualRecipe(study: string, enabled = true) {
  const api = useApi();
  return useQuery(api.runs.usualRecipe.queryOptions({ input: { study }, enabled, meta: { live: 'self' } }));
}
