import { useMutation } from '@tanstack/react-query';
import type { RunAction } from '../../../main/contract/api/runs.ts';
import { toRefusal, useApi, useClient } from '../../client/context.tsx';
import { formatCount } from '../../../main/domain/format.ts';
import { showToast, showUndoToast } from '../../ui/toasts.tsx';

const done: Record<RunAction, string> = {
  start: 'set to work',
  hold: 'put on hold',
  release: 'released',
  cancel: 'cancelled',
  retry: 'queued again',
  first: 'moved to the front',
  last: 'moved to the end',
};

/** Actions that another one takes back. */
const inverse: Partial<Record<RunAction, RunAction>> = { hold: 'release', release: 'hold', cancel: 'retry' };

/** Runs that are cloned at a time. */
const maxCloned = 200;

/** What happened to a call that was refused. */
export function tellRefusal(error: unknown): void {
  const { what, remedy } = toRefusal(error);
  showToast({ title: what, message: remedy });
}

export interface RunActions {
  act: (ids: readonly number[], action: RunAction) => void;
  remove: (ids: readonly number[]) => void;
  /** Trains their recipes once more, each with the next free seed. */
  clone: (ids: readonly number[]) => void;
  isPending: boolean;
}

/** Does things to runs of a study, says what was done, and offers the way back. */
export function useRunActions(study: string): RunActions {
  const api = useApi();
  const client = useClient();
  const act = useMutation(
    api.runs.act.mutationOptions({
      onError: tellRefusal,
      onSuccess: ({ changed, why }, { ids, action }) => {
        const message = `${formatCount(changed, 'run')} ${done[action]}${why === '' ? '' : `. Left as they are: ${why}`}`;
        const back = inverse[action];
        if (back !== undefined && changed > 0) {
          showUndoToast({ message, undo: () => act.mutate({ study, ids, action: back }) });
        } else showToast({ title: message });
      },
    }),
  );
  const remove = useMutation(
    api.runs.removeModels.mutationOptions({
      onError: tellRefusal,
      onSuccess: ({ removed, runs }) => {
        const names = removed.map(({ name }) => name).slice(0, 5);
        const more = removed.length > names.length ? ' and others' : '';
        showUndoToast({
          message: `Removed ${names.join(', ')}${more} from the study (${formatCount(runs, 'run')}); what was trained is kept`,
          undo: () => void client.runs.addModels({ study, entries: removed }).catch(tellRefusal),
        });
      },
    }),
  );
  const clone = useMutation(
    api.runs.addModels.mutationOptions({
      onError: tellRefusal,
      onSuccess: ({ names }) =>
        showToast({ title: `Added ${names.slice(0, 5).join(', ')}`, message: 'Queued, not started.' }),
    }),
  );
  return {
    clone: (ids) => clone.mutate({ study, clones: [...ids].slice(0, maxCloned) }),
    act: (ids, action) => act.mutate({ study, ids: [...ids], action }),
    remove: (ids) => remove.mutate({ study, ids: [...ids] }),
    isPending: act.isPending || remove.isPending,
  };
}
