import { Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Fragment } from 'react';
import { useLocation } from 'wouter';
import type { StepAction, StudyStatus } from '../../../main/contract/api/studies.ts';
import type { PipelineStep, Status } from '../../../main/contract/wire/status.ts';
import { formatCost } from '../../../main/domain/numbers/format.ts';
import { useApi } from '../../client/context.tsx';
import { useThrottledRefetch } from '../../client/refetch.ts';
import { RehearsalMark, StateMark } from '../words/badges.tsx';
import { NamedJob } from './job-progress.tsx';
import { StepButton } from './step-actions.tsx';
import { Ago } from '../words/values.tsx';
import { detach } from '../../../main/contract/wire/detach.ts';

/** The states of a study and its steps. Whoever shows them all the time keeps them fresh with `useFreshStatus`. */
function useStatus(study: string) {
  const api = useApi();
  return useQuery(api.overview.status.queryOptions({ input: { study }, meta: { live: 'self' }, retry: false }));
}

/** Topics that affect a state, and the shortest time between refetches in milliseconds. */
const topics = [
  'studies',
  'runs',
  'stimuli',
  'generator',
  'jobs',
  'labeling',
  'predictions',
  'settings',
  'clusters',
] as const;
const refetchInterval = 1500;

export function useFreshStatus(study: string): StudyStatus | undefined {
  const { data, refetch } = useStatus(study);
  useThrottledRefetch(refetch, topics, refetchInterval);
  return data;
}

/** A step as the program describes it; undefined while it is loading. */
export const useStep = (study: string, step: PipelineStep): StudyStatus['steps'][number] | undefined =>
  useStatus(study).data?.steps.find((each) => each.step === step);

export const useStepState = (study: string, step: PipelineStep): Status | undefined => useStep(study, step)?.state;

interface StepStateProps {
  study: string;
  step: PipelineStep;
  /** Actions that the screen has its own button for. */
  isOwn?: (action: StepAction) => boolean;
}

/** States that something is wrong with, or waits for: their step shows what fixes them. */
const fixable: readonly Status[] = ['failed', 'stale', 'missed', 'partial', 'stopped', 'paused'];

export const isFixable = (state: Status): boolean => fixable.includes(state);

/** The state of a step beside the title of its screen; below it, in the same head, why, and the buttons that fix it. */
export function StepState({ study, step, isOwn = () => false }: StepStateProps) {
  const [path] = useLocation();
  const { data, refetch } = useStatus(study);
  const found = data?.steps.find((each) => each.step === step);
  if (!found) return null;
  const { state, reasons, behind, since, simulated, action, more = [] } = found;
  const actions = isFixable(state)
    ? [...(action ? [action] : []), ...more].filter((each) => each.link !== path && !isOwn(each))
    : // What work needs while it goes on, e.g. a cluster that does not answer.
      more;
  return (
    <>
      <span className="step-state" role="status">
        <StateMark state={state} />
        {since !== null && <Since at={since} />}
        {simulated && step === 'labeling' && <RehearsalMark />}
      </span>
      {reasons.length + actions.length > 0 && (
        <div className="step-notice" data-state={state}>
          <span>
            {reasons.map((reason) => (
              <span key={reason}>
                <NamedJob text={reason} behind={behind} />{' '}
              </span>
            ))}
            {actions.map(({ label, does }) => does && <span key={label}>{does} </span>)}
          </span>
          {actions.length > 0 && (
            <Group component="span" display="inline-flex" gap="sm">
              {actions.map((each) => (
                <Fragment key={each.label}>
                  <StepButton study={study} action={each} onChange={() => detach(refetch())} />
                  {each.cost && <span className="soft">{formatCost(each.cost)}</span>}
                </Fragment>
              ))}
            </Group>
          )}
        </div>
      )}
    </>
  );
}

/** When that changed which makes a step stale. */
export const Since = ({ at }: { at: string }) => (
  <span className="soft">
    changed <Ago at={at} />
  </span>
);
