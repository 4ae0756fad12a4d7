import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { Job } from '../../../main/contract/api/jobs.ts';
import { useApi } from '../../client/context.tsx';
import { showToast } from '../../ui/toasts.tsx';
import { isUnderWay } from './jobs-menu.tsx';

/** Says when a job ends that was seen at work, and leads to what it made. Those that the user stopped, the user knows. */
export function JobToasts() {
  const api = useApi();
  const { data } = useQuery(api.jobs.list.queryOptions({ input: {} }));
  const atWork = useRef<ReadonlySet<string>>(new Set());
  useEffect(() => {
    if (!data) return;
    for (const job of data) if (atWork.current.has(job.id) && !isUnderWay(job)) tell(job);
    atWork.current = new Set(data.filter(isUnderWay).map(({ id }) => id));
  }, [data]);
  return null;
}

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
