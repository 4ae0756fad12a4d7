import { useQuery } from '@tanstack/react-query';
import type { StudyStatus } from '../../main/contract/api/studies.ts';
import type { PipelineStep, Status } from '../../main/contract/status.ts';
import { useApi } from '../client/context.tsx';
import { useThrottledRefetch } from '../client/refetch.ts';
import { StateMark } from './badges.tsx';

/** The states of a study and its steps. Whoever shows them all the time keeps them fresh with `useFreshStatus`. */
function useStatus(study: string) {
  const api = useApi();
  return useQuery(api.overview.status.queryOptions({ input: { study }, meta: { live: 'self' }, retry: false }));
}

/** Topics that affect a state, and the shortest time between refetches in milliseconds. */
const topics = ['studies', 'runs', 'stimuli', 'generator', 'jobs', 'labeling', 'predictions', 'settings'] as const;
const refetchInterval = 1500;

export function useFreshStatus(study: string): StudyStatus | undefined {
  const { data, refetch } = useStatus(study);
  useThrottledRefetch(refetch, topics, refetchInterval);
  return data;
}

/** The state of a step; undefined while it is loading. */
export const useStepState = (study: string, step: PipelineStep): Status | undefined =>
  useStatus(study).data?.steps.find((each) => each.step === step)?.state;

/** The state of a step beside the title of its screen, with the first reason for it. */
export function StepState({ study, step }: { study: string; step: PipelineStep }) {
  const found = useStatus(study).data?.steps.find((each) => each.step === step);
  if (!found) return null;
  const { state, reasons } = found;
  return (
    <span className="step-state" role="status">
      <StateMark state={state} />
      {reasons.length > 0 && (
        <span className="soft" title={reasons.join('\n')}>
          {reasons[0]}
        </span>
      )}
    </span>
  );
}
