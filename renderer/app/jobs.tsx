import { Anchor, Button, Group, Popover, Progress, ScrollArea, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Job } from '../../main/contract/api/jobs.ts';
import { showRefusal, showToast } from '../ui/toasts.tsx';
import { useApi } from '../client/context.tsx';
import { formatRemaining, formatPercent } from '../../main/domain/format.ts';
import { ErrorNotice } from '../ui/states.tsx';
import { Ago } from '../ui/values.tsx';

const underWay = new Set<Job['state']>(['waiting', 'running', 'stopping']);
export const isUnderWay = ({ state }: Pick<Job, 'state'>): boolean => underWay.has(state);

/** Long work in one place: how far it is, how long it takes, how to stop it, and what came of it. */
export function JobsMenu() {
  const api = useApi();
  const [opened, setOpened] = useState(false);
  const jobs = useQuery(api.jobs.list.queryOptions({ input: {} }));
  const running = jobs.data?.filter(isUnderWay) ?? [];
  return (
    <Popover opened={opened} onChange={setOpened} width={400} position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          className="header-tool"
          aria-haspopup="dialog"
          onClick={() => setOpened(!opened)}
          leftSection={<span className="jobs-dot" data-running={running.length > 0 || undefined} aria-hidden="true" />}
        >
          Jobs {running.length > 0 && <span className="jobs-count">{running.length}</span>}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label="Jobs">
        {jobs.isError ? (
          <ErrorNotice error={jobs.error} onRetry={() => void jobs.refetch()} />
        ) : (
          <JobList jobs={jobs.data ?? []} onLeave={() => setOpened(false)} />
        )}
        <PauseRow />
      </Popover.Dropdown>
    </Popover>
  );
}

function JobList({ jobs, onLeave }: { jobs: readonly Job[]; onLeave: () => void }) {
  if (jobs.length === 0) {
    return (
      <Text p="md" className="soft">
        Nothing is at work. What takes long shows here.
      </Text>
    );
  }
  return (
    <ScrollArea.Autosize mah={420}>
      <ul className="jobs-list">
        {jobs.map((job) => (
          <JobItem key={job.id} job={job} onLeave={onLeave} />
        ))}
      </ul>
    </ScrollArea.Autosize>
  );
}

const endings: Partial<Record<Job['state'], string>> = {
  waiting: 'Waits in line',
  stopping: 'Stopping',
  done: 'Done',
  failed: 'Failed',
  stopped: 'Stopped',
};

function JobItem({ job, onLeave }: { job: Job; onLeave: () => void }) {
  const api = useApi();
  const stop = useMutation(api.jobs.stop.mutationOptions({ onError: showRefusal }));
  const dismiss = useMutation(api.jobs.dismiss.mutationOptions({ onError: showRefusal }));
  const { id, title, state, share, note, secondsLeft, link, messages, endedAt, stoppable } = job;
  return (
    <li className="jobs-item" data-state={state}>
      <Group justify="space-between" wrap="nowrap" gap="sm">
        {link === null ? (
          <strong>{title}</strong>
        ) : (
          <Anchor href={`#${link}`} c="inherit" fw={600} underline="hover" onClick={onLeave}>
            {title}
          </Anchor>
        )}
        {endedAt === null
          ? stoppable && (
              <Button
                variant="default"
                size="compact-xs"
                disabled={state === 'stopping'}
                onClick={() => stop.mutate({ id })}
              >
                Stop
              </Button>
            )
          : null}
        {endedAt !== null && (
          <Button variant="subtle" color="gray" size="compact-xs" onClick={() => dismiss.mutate({ id })}>
            Dismiss
          </Button>
        )}
      </Group>
      {endedAt === null ? (
        <>
          <Progress
            value={(share ?? 1) * 100}
            striped={share === null}
            size="sm"
            aria-label={`${title}: progress`}
            my={4}
          />
          <span className="jobs-note">
            {[endings[state] ?? note, share === null ? '' : formatPercent(share, 0), leftOf(secondsLeft)]
              .filter(Boolean)
              .join(' · ')}
          </span>
        </>
      ) : (
        <span className="jobs-note">
          {endings[state]} <Ago at={endedAt} />
        </span>
      )}
      {messages.slice(-3).map((message) => (
        <span key={message} className="jobs-note">
          {message}
        </span>
      ))}
    </li>
  );
}

const leftOf = (seconds: number | null): string => (seconds === null ? '' : formatRemaining(seconds));

/** All of the training at once. */
function PauseRow() {
  const api = useApi();
  const settings = useQuery(api.machine.settings.queryOptions({ input: {} }));
  const pause = useMutation(api.work.pauseAll.mutationOptions({ onError: showRefusal }));
  const resume = useMutation(api.work.resumeAll.mutationOptions({ onError: showRefusal }));
  const paused = settings.data?.options.paused ?? false;
  const closed = settings.data?.openNow === false;
  return (
    <Group justify="space-between" className="jobs-foot" wrap="nowrap">
      <span className="jobs-note">
        {paused ? 'All training is paused.' : closed ? 'Training waits for the night.' : 'Training may run.'}
      </span>
      <Button variant="default" size="compact-xs" onClick={() => (paused ? resume : pause).mutate({})}>
        {paused ? 'Go on' : 'Pause all'}
      </Button>
    </Group>
  );
}

/** Says when a job ends, and leads to what it made. What had ended before the page opened is old news. */
export function JobToasts() {
  const api = useApi();
  const { data } = useQuery(api.jobs.list.queryOptions({ input: {} }));
  const ended = useRef<ReadonlySet<string> | null>(null);
  useEffect(() => {
    if (!data) return;
    const now = data.filter((job) => !isUnderWay(job));
    // A job may come and go between two looks, so it need not have been seen at work.
    for (const job of now) if (ended.current?.has(job.id) === false) tell(job);
    ended.current = new Set(now.map(({ id }) => id));
  }, [data]);
  return null;
}

/** Of what the user stopped, the user knows. */
function tell({ title, state, link, messages }: Job): void {
  if (state === 'stopped') return;
  const failed = state === 'failed';
  const said = messages.at(-1);
  showToast({
    title: `${title}: ${failed ? 'failed' : 'done'}`,
    ...(said !== undefined && { message: said }),
    link: link === null ? undefined : { to: link, label: failed ? 'See what happened' : 'Show it' },
    sticky: failed,
  });
}
