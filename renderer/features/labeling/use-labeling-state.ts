import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { LabelingState } from '../../../main/contract/labeling/state.ts';
import { useApi } from '../../client/context.tsx';
import { useThrottledRefetch } from '../../client/refetch.ts';

/** Milliseconds between two updates while people label, because each answer is a change. */
const updateInterval = 700;

/** Whose labels the study has, updated while people label. */
export function useLabelingState(study: string): UseQueryResult<LabelingState> {
  const api = useApi();
  const state = useQuery({ ...api.labeling.state.queryOptions({ input: { study } }), meta: { live: 'self' } });
  useThrottledRefetch(state.refetch, ['labeling', 'stimuli'], updateInterval);
  return state;
}
