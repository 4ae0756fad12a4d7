import { Button, Progress } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Job } from '../../../main/contract/api/jobs.ts';
import { useApi } from '../../client/context.tsx';
import { formatPercent } from '../../../main/domain/format.ts';
import { showRefusal } from '../../ui/toasts.tsx';

const underWay = new Set<Job['state']>(['waiting', 'running', 'stopping']);

/** The job of a kind that is under way, or undefined. */
export function useJob(kinds: readonly Job['kind'][]): Job | undefined {
  const api = useApi();
  const jobs = useQuery(api.jobs.list.queryOptions({ input: {} }));
  return jobs.data?.find((job) => kinds.includes(job.kind) && underWay.has(job.state));
}

/** The newest of a kind that failed, while nothing of the kind came after it. */
export function useFailedJob(kinds: readonly Job['kind'][]): Job | undefined {
  const api = useApi();
  const jobs = useQuery(api.jobs.list.queryOptions({ input: {} }));
  const newest = jobs.data?.find((job) => kinds.includes(job.kind));
  return newest?.state === 'failed' ? newest : undefined;
}

/** A job where it was started: how far it is, and the way to stop it. */
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

/** Why the last try failed. */
export function FailedLine({ job }: { job: Job }) {
  return (
    <p className="machine-failed" role="alert">
      <strong>{job.title} failed.</strong> {job.messages.at(-1)}
    </p>
  );
}
