import { useMutation } from '@tanstack/react-query';
import type { RunAction } from '../../../main/contract/api/runs.ts';
import { formatCount } from '../../../main/domain/numbers/format.ts';
import { useApi, useClient } from '../../client/context.tsx';
import { showRefusal, showToast, showUndoToast } from '../../ui/parts/toasts.tsx';
import { detach } from '../../../main/contract/wire/detach.ts';

const outcomes: Record<RunAction, string> = {
  start: 'started',
  hold: 'paused',
  release: 'resumed',
  cancel: 'cancelled',
  retry: 'queued again',
  first: 'moved to the front of the queue',
  last: 'moved to the end of the queue',
};

/** The action that undoes another. */
const inverse: Partial<Record<RunAction, RunAction>> = { hold: 'release', release: 'hold', cancel: 'retry' };

const maxCloned = 200;

/** Actions on runs of a study. Each reports what it did and offers undo; errors go to `onError`. */
export function useRunActions(study: string, onError: (error: unknown) => void) {
  const api = useApi();
  const client = useClient();
  const act = useMutation(
    api.runs.act.mutationOptions({
      onError,
      onSuccess: ({ changed, why }, { ids, action }) => {
        const message = `${formatCount(changed, 'run')} ${outcomes[action]}${why === '' ? '' : `. Unchanged: ${why}`}`;
        const back = inverse[action];
        if (back !== undefined && changed > 0) {
          showUndoToast({ message, undo: () => act.mutate({ study, ids, action: back }) });
        } else showToast({ title: message });
      },
    }),
  );
  const remove = useMutation(
    api.runs.removeModels.mutationOptions({
      onError,
      onSuccess: ({ removed, runs }) => {
        const names = removed.map(({ name }) => name).slice(0, 5);
        const more = removed.length > names.length ? ' and others' : '';
        showUndoToast({
          message: `Removed ${names.join(', ')}${more} from the study (${formatCount(runs, 'run')}); trained weights are kept`,
          undo: () => detach(client.runs.addModels({ study, entries: removed }).catch(showRefusal)),
        });
      },
    }),
  );
  const clone = useMutation(
    api.runs.addModels.mutationOptions({
      onError,
      onSuccess: ({ names }) =>
        showToast({ title: `Added ${names.slice(0, 5).join(', ')}`, message: 'They are queued but not started.' }),
    }),
  );
  const archive = useMutation(
    api.runs.archive.mutationOptions({
      onError,
      onSuccess: (_, { ids, archived }) =>
        showUndoToast({
          message: archived
            ? `Archived ${formatCount(ids.length, 'run')}: hidden here, but results and reports still use them`
            : `${formatCount(ids.length, 'run')} no longer archived`,
          undo: () => archive.mutate({ ids, archived: !archived }),
        }),
    }),
  );
  return {
    /** Hides runs from the table, or shows them again. */
    archive: (ids: readonly number[], archived: boolean) => archive.mutate({ ids: [...ids], archived }),
    /** Adds their recipes again, each with the next free seed. */
    clone: (ids: readonly number[]) => clone.mutate({ study, clones: [...ids].slice(0, maxCloned) }),
    act: (ids: readonly number[], action: RunAction) => act.mutate({ study, ids: [...ids], action }),
    remove: (ids: readonly number[]) => remove.mutate({ study, ids: [...ids] }),
  };
}
