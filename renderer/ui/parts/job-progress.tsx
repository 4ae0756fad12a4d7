import { Button, Progress, Group, Box, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Behind, Job } from '../../../main/contract/api/jobs.ts';
import { formatPercent, formatRemaining } from '../../../main/domain/numbers/format.ts';
import { useApi } from '../../client/context.tsx';
import { jobShownAs, stateWord } from '../../../main/domain/networks/status.ts';
import { showRefusal } from './toasts.tsx';
import { stopping } from './training-words.ts';

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
  isStopping?: string;
  /** Name of the button, and what it does. Default: stops this job alone. */
  stops?: { label: string; does: string };
  /** Stops the job; left out: by the job's id. */
  onStop?: () => void;
}

/** A running job: title, note, progress, remaining time and a button to stop it. */
export function JobProgress(props: JobProgressProps) {
  const { job, title = job.title, label = title, isStopping = 'Stopping', stops = stopping.job, onStop } = props;
  const api = useApi();
  const stop = useMutation(api.jobs.stop.mutationOptions({ onError: showRefusal }));
  const { id, note, state, stoppable, behind } = job;
  const words =
    state === 'stopping' ? isStopping : state === 'waiting' ? `Queued ${note}` : job.paused ? 'Paused' : note;
  return (
    <Stack component="section" className="panel" p="10px 16px" gap={6} aria-label={label}>
      <Group className="on-one-line" wrap="nowrap">
        <strong>{title}</strong>
        <span className="job-progress-note" title={words}>
          <NamedJob text={words} behind={behind} />
        </span>
        <span>{progressText(job)}</span>
        {stoppable && (
          <Button
            size="compact-xs"
            disabled={state === 'stopping'}
            title={state === 'waiting' ? undefined : stops.does}
            onClick={onStop ?? (() => stop.mutate({ id }))}
          >
            {state === 'waiting' ? removeLabel : stops.label}
          </Button>
        )}
      </Group>
      <JobBar job={job} />
    </Stack>
  );
}

/** A job that waits has nothing to stop yet. */
export const removeLabel = 'Remove from queue';

/** The job of a study that works towards one of these goals, if there is one. */
export function useStudyJob(study: string, goals: readonly Job['goal'][]): Job | null {
  const api = useApi();
  const { data } = useQuery(api.jobs.list.queryOptions({ input: {} }));
  return data?.find((job) => job.study === study && job.endedAt === null && goals.includes(job.goal)) ?? null;
}

/** `12 % · about 2 min left`; of a job that waits, nothing. */
export const progressText = ({ state, share, secondsLeft }: Job): string =>
  state === 'waiting'
    ? ''
    : [
        ...(share === null ? [] : [formatPercent(share, 0)]),
        ...(secondsLeft === null ? [] : [formatRemaining(secondsLeft)]),
      ].join(' · ');

/** The state of an active job in words: its note names what is done. */
export const jobWords = (job: Job): string =>
  [stateWord(jobShownAs(job)), job.note].filter(Boolean).join(job.state === 'waiting' ? ' ' : ' · ');

interface WorkProgressProps {
  /** What is done: `Probe`. */
  of: string;
  note: string;
  /** 0 to 1; null: not known. */
  share: number | null;
  /** What ends it. */
  children?: ReactNode;
}

/** How far work is that is no job. */
export function WorkProgress({ of, note, share, children }: WorkProgressProps) {
  return (
    <Stack gap={6} align="flex-start" role="status">
      <span>{note}</span>
      <Progress w="100%" value={100 * (share ?? 1)} animated={share === null} aria-label={`${of}: progress`} />
      {children}
    </Stack>
  );
}

/** What a job has done: striped while that is unknown, and empty as long as it waits. */
export function JobBar({ job: { title, state, share, paused }, ...bar }: { job: Job; size?: string; my?: number }) {
  const isUnknown = share === null && state !== 'waiting' && !paused;
  return (
    <Progress
      {...bar}
      value={(share ?? (isUnknown ? 1 : 0)) * 100}
      striped={isUnknown}
      {...(paused && { color: 'gray' })}
      aria-label={`${title}: progress`}
    />
  );
}

interface NamedJobProps {
  text: string;
  behind: Behind | null | undefined;
  onLeave?: () => void;
}

/** A text with the title of the job that is waited for as a link to it. */
export function NamedJob({ text, behind, onLeave }: NamedJobProps) {
  const [before = '', after] = behind ? text.split(`“${behind.title}”`) : [];
  if (!behind || after === undefined) return text;
  return (
    <>
      {before}
      <Link href={behind.link} className="behind-link" onClick={onLeave}>
        “{behind.title}”
      </Link>
      {after}
    </>
  );
}

/** The progress of an active job, or why the last one failed. */
export function JobStatus({ active, failed }: ReturnType<typeof useJob>) {
  if (active) return <JobProgress job={active} />;
  if (!failed) return null;
  return (
    <Box
      component="p"
      className="breaks-words"
      p="8px 12px"
      bd="1px solid var(--line)"
      bdrs="sm"
      style={{ borderLeft: '4px solid var(--failed)' }}
      role="alert"
    >
      <strong>{failed.title} failed.</strong> {failed.messages.at(-1)}
    </Box>
  );
}
