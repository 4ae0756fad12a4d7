import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { Job } from '../../../main/contract/api/jobs.ts';
import { useApi } from '../../client/context.tsx';
import { showToast } from '../../ui/toasts.tsx';
import { isUnderWay } from './jobs-menu.tsx';

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
