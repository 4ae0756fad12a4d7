import { QueryState } from '../ui/parts/states.tsx';
import { Anchor, Button, Group, Popover, ScrollArea, Text, Box, Stack } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import type { Job } from '../../main/contract/api/jobs.ts';
import { useApi } from '../client/context.tsx';
import { jobShownAs } from '../../main/domain/networks/status.ts';
import { studyAddress } from '../navigation/addresses.ts';
import { StateIcon, StateMark } from '../ui/words/badges.tsx';
import { LinkButton } from '../ui/parts/buttons.tsx';
import { isActive, JobBar, jobWords, NamedJob, progressText, removeLabel } from '../ui/parts/job-progress.tsx';
import { showRefusal, showToast } from '../ui/parts/toasts.tsx';
import { stopping, whyPaused } from '../ui/parts/training-words.ts';
import { Ago } from '../ui/words/values.tsx';

/** All jobs: progress, remaining time, stop, and results. */
export function JobsMenu() {
  const api = useApi();
  const [opened, setOpened] = useState(false);
  const jobs = useQuery(api.jobs.list.queryOptions({ input: {} }));
  const running = jobs.data?.filter(isActive) ?? [];
  const paused = running.some((job) => job.paused);
  return (
    <Popover opened={opened} onChange={setOpened} width={400} position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          c="var(--ink)"
          fw={500}
          aria-haspopup="dialog"
          onClick={() => setOpened(!opened)}
          leftSection={
            paused ? (
              <StateIcon state="paused" size={10} />
            ) : (
              <span className="jobs-dot" data-running={running.length > 0 || undefined} aria-hidden="true" />
            )
          }
        >
          Jobs{' '}
          {running.length > 0 && (
            <Box component="span" className="jobs-count" ml={6} fw={650}>
              {running.length}
            </Box>
          )}
          {paused && (
            <Box component="span" ml={6}>
              paused
            </Box>
          )}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label="Jobs">
        <QueryState query={jobs} />
        {!jobs.isError && <JobList jobs={jobs.data ?? []} onLeave={() => setOpened(false)} />}
        <PauseRow />
      </Popover.Dropdown>
    </Popover>
  );
}

function JobList({ jobs, onLeave }: { jobs: readonly Job[]; onLeave: () => void }) {
  if (jobs.length === 0) {
    return (
      <Text p="md" className="soft">
        No jobs. Long tasks appear here.
      </Text>
    );
  }
  return (
    <ScrollArea.Autosize mah={420}>
      <ul className="bare-list">
        {jobs.map((job) => (
          <JobItem key={job.id} job={job} onLeave={onLeave} />
        ))}
      </ul>
    </ScrollArea.Autosize>
  );
}

function JobItem({ job, onLeave }: { job: Job; onLeave: () => void }) {
  const api = useApi();
  const stop = useMutation(api.jobs.stop.mutationOptions({ onError: showRefusal }));
  const dismiss = useMutation(api.jobs.dismiss.mutationOptions({ onError: showRefusal }));
  const { id, title, state, behind, link, messages, endedAt, stoppable } = job;
  return (
    <Stack
      component="li"
      className="jobs-item"
      p="10px 12px"
      gap={2}
      style={{ borderBottom: '1px solid var(--line)' }}
      data-state={state}
    >
      <Group justify="space-between" wrap="nowrap" gap="sm">
        {link === null ? (
          <strong>{title}</strong>
        ) : (
          <Anchor href={`#${link}`} c="inherit" fw={600} underline="hover" onClick={onLeave}>
            {title}
          </Anchor>
        )}
        {endedAt === null && stoppable && (
          <Button
            size="compact-xs"
            disabled={state === 'stopping'}
            title={state === 'waiting' ? undefined : stopping.job.does}
            onClick={() => stop.mutate({ id })}
          >
            {state === 'waiting' ? removeLabel : stopping.job.label}
          </Button>
        )}
        {endedAt !== null && (
          <Button variant="subtle" color="gray" size="compact-xs" onClick={() => dismiss.mutate({ id })}>
            Dismiss
          </Button>
        )}
      </Group>
      {endedAt === null ? (
        <>
          <JobBar job={job} size="sm" my={4} />
          <span className="jobs-note">
            <NamedJob
              text={[jobWords(job), progressText(job)].filter(Boolean).join(' · ')}
              behind={behind}
              onLeave={onLeave}
            />
          </span>
        </>
      ) : (
        <Group component="span" className="jobs-note" gap={4}>
          <StateMark state={jobShownAs(job)} /> <Ago at={endedAt} />
        </Group>
      )}
      {messages.slice(-3).map((message) => (
        <span key={message} className="jobs-note">
          {message}
        </span>
      ))}
      {state === 'failed' && <FixButton job={job} onLeave={onLeave} />}
    </Stack>
  );
}

/** Leads to what fixes a failed job: as the failed step of its study says, else to its screen. */
function FixButton({ job: { study, goal, link }, onLeave }: { job: Job; onLeave: () => void }) {
  const api = useApi();
  const isWork = study !== null && goal !== null;
  const status = useQuery({
    ...api.overview.status.queryOptions({ input: { study: study ?? '' }, meta: { live: 'self' }, retry: false }),
    enabled: isWork,
  });
  const action = status.data?.steps.find(({ state }) => state === 'failed')?.action;
  const to = action?.link ?? (isWork ? studyAddress(study) : link);
  if (to === null) return null;
  return (
    <LinkButton to={to} size="compact-xs" mt={4} onClick={onLeave}>
      {action?.link ? action.label : 'Show how to fix it'}
    </LinkButton>
  );
}

function PauseRow() {
  const api = useApi();
  const work = useQuery(api.work.state.queryOptions({ input: {} }));
  const pause = useMutation(api.work.pauseAll.mutationOptions({ onError: showRefusal }));
  const resume = useMutation(api.work.resumeAll.mutationOptions({ onError: showRefusal }));
  // Until an hour, they are not paused by the user.
  const paused = work.data?.paused === true && work.data.opensAt === null;
  const why = work.data ? whyPaused(work.data) : null;
  return (
    <Group justify="space-between" className="jobs-foot" p="8px 12px" wrap="nowrap">
      <span className="jobs-note">
        {why ?? 'Pausing keeps jobs in the queue. Stopping takes a job off it; what is done stays.'}
      </span>
      <Button size="compact-xs" onClick={() => (paused ? resume : pause).mutate({})}>
        {paused ? 'Resume all' : 'Pause all'}
      </Button>
    </Group>
  );
}

/** Shows a toast with a link to the result when a job ends; not for jobs that ended before the page opened. */
export function JobToasts() {
  const api = useApi();
  const { data } = useQuery(api.jobs.list.queryOptions({ input: {} }));
  const [address] = useLocation();
  const ended = useRef<ReadonlySet<string> | null>(null);
  useEffect(() => {
    if (!data) return;
    const now = data.filter((job) => !isActive(job));
    // A job may start and end between two updates, so it need not have been seen running.
    for (const job of now) if (ended.current?.has(job.id) === false && !isShown(job, address)) showJobToast(job);
    ended.current = new Set(now.map(({ id }) => id));
  }, [data, address]);
  return null;
}

/** Whether the screen at this address says itself that the job failed. */
const isShown = ({ study, state }: Job, address: string): boolean =>
  state === 'failed' && study !== null && address === decodeURIComponent(studyAddress(study));

/** No toast for a job that the user stopped. */
function showJobToast({ title, state, link, messages }: Job): void {
  if (state === 'stopped') return;
  const failed = state === 'failed';
  const message = messages.at(-1);
  // The list of jobs keeps it, and a failed step of a study says why, so that the toast need not stay.
  showToast({
    title: `${title}: ${failed ? 'failed' : 'done'}`,
    ...(message !== undefined && { message }),
    link: link === null ? undefined : { to: link, label: failed ? 'Show details' : 'Show result' },
    failed,
  });
}
