import { Button, Progress } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Job } from '../../main/contract/api/jobs.ts';
import { formatPercent, formatRemaining } from '../../main/domain/format.ts';
import { useApi } from '../client/context.tsx';
import { showRefusal } from './toasts.tsx';

const activeStates = new Set<Job['state']>(['waiting', 'running', 'stopping']);

/** Whether a job waits, runs or is being stopped. */
export const isActive = ({ state }: Pick<Job, 'state'>): boolean => activeStates.has(state);

/** The active job of some kinds; without one, the newest if it failed. */
export function useJob(kinds: readonly Job['kind'][]): { active: Job | undefined; failed: Job | undefined } {
  const api = useApi();
  const jobs = useQuery(api.jobs.list.queryOptions({ input: {} }));
  const own = jobs.data?.filter(({ kind }) => kinds.includes(kind)) ?? [];
  const active = own.find(isActive);
  return { active, failed: !active && own[0]?.state === 'failed' ? own[0] : undefined };
}

interface JobProgressProps {
  job: Job;
  /** Accessible name. */
  label?: string;
  title?: string;
  /** Note while the job is being stopped. */
  stopping?: string;
  stopLabel?: string;
  /** Stops the job; left out: by the job's id. */
  onStop?: () => void;
}

/** A running job: title, note, progress, remaining time and a button to stop it. */
export function JobProgress(props: JobProgressProps) {
  const { job, title = job.title, label = title, stopping = 'Stopping', stopLabel = 'Stop', onStop } = props;
  const api = useApi();
  const stop = useMutation(api.jobs.stop.mutationOptions({ onError: showRefusal }));
  const { id, share, note, secondsLeft, state, stoppable } = job;
  return (
    <section className="job-progress" aria-label={label}>
      <div className="job-progress-head">
        <strong>{title}</strong>
        <span className="job-progress-note" title={state === 'stopping' ? stopping : note}>
          {state === 'stopping' ? stopping : note}
        </span>
        <span>
          {share !== null && formatPercent(share, 0)} {secondsLeft !== null && formatRemaining(secondsLeft)}
        </span>
        {stoppable && (
          <Button
            variant="default"
            size="compact-xs"
            disabled={state === 'stopping'}
            onClick={onStop ?? (() => stop.mutate({ id }))}
          >
            {stopLabel}
          </Button>
        )}
      </div>
      <Progress value={(share ?? 1) * 100} striped={share === null} aria-label={`${job.title}: progress`} />
    </section>
  );
}

/** The progress of an active job, or why the last one failed. */
export function JobStatus({ active, failed }: ReturnType<typeof useJob>) {
  if (active) return <JobProgress job={active} />;
  if (!failed) return null;
  return (
    <p className="job-failed" role="alert">
      <strong>{failed.title} failed.</strong> {failed.messages.at(-1)}
    </p>
  );
}
