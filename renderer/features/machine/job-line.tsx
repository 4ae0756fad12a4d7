import { Button, Progress } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Job } from '../../../main/contract/api/jobs.ts';
import { formatPercent } from '../../../main/domain/format.ts';
import { useApi } from '../../client/context.tsx';
import { showRefusal } from '../../ui/toasts.tsx';

const activeStates = new Set<Job['state']>(['waiting', 'running', 'stopping']);

/** The active job of these kinds, or undefined. */
export function useJob(kinds: readonly Job['kind'][]): Job | undefined {
  const api = useApi();
  const jobs = useQuery(api.jobs.list.queryOptions({ input: {} }));
  return jobs.data?.find((job) => kinds.includes(job.kind) && activeStates.has(job.state));
}

/** The newest job of these kinds, if it failed. */
export function useFailedJob(kinds: readonly Job['kind'][]): Job | undefined {
  const api = useApi();
  const jobs = useQuery(api.jobs.list.queryOptions({ input: {} }));
  const newest = jobs.data?.find((job) => kinds.includes(job.kind));
  return newest?.state === 'failed' ? newest : undefined;
}

/** A job's progress beside its button, with a button to stop it. */
export function JobLine({ job }: { job: Job }) {
  const api = useApi();
  const stop = useMutation(api.jobs.stop.mutationOptions({ onError: showRefusal }));
  return (
    <div className="machine-job" role="status">
      <span>
        <strong>{job.title}</strong> <span className="soft">{job.state === 'stopping' ? 'Stopping' : job.note}</span>
      </span>
      <span>{job.share !== null && formatPercent(job.share, 0)}</span>
      {job.stoppable && (
        <Button
          variant="default"
          size="compact-xs"
          disabled={job.state === 'stopping'}
          onClick={() => stop.mutate({ id: job.id })}
        >
          Stop
        </Button>
      )}
      <Progress
        value={(job.share ?? 1) * 100}
        striped={job.share === null}
        animated={job.share === null}
        aria-label={`${job.title}: progress`}
      />
    </div>
  );
}

/** Why the last job failed. */
export function FailedLine({ job }: { job: Job }) {
  return (
    <p className="machine-failed" role="alert">
      <strong>{job.title} failed.</strong> {job.messages.at(-1)}
    </p>
  );
}
