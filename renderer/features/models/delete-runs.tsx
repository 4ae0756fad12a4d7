import { useMutation, useQuery } from '@tanstack/react-query';
import type { RunDeletion } from '../../../main/contract/api/models.ts';
import { formatCount, formatNames } from '../../../main/domain/numbers/format.ts';
import { useApi } from '../../client/context.tsx';
import { Confirm } from '../../ui/parts/confirm.tsx';
import { QueryState } from '../../ui/parts/states.tsx';
import { showToast } from '../../ui/parts/toasts.tsx';

interface DeleteRunsProps {
  study: string;
  ids: readonly number[];
  onClose: () => void;
  onDeleted: () => void;
  onError: (error: unknown) => void;
}

/** Asks before runs are deleted for good, and says what goes with them. */
export function DeleteRuns({ study, ids, onClose, onDeleted, onError }: DeleteRunsProps) {
  const api = useApi();
  const input = { study, ids: [...ids] };
  const plan = useQuery(api.runs.planDeletion.queryOptions({ input, meta: { live: 'self' }, staleTime: 0 }));
  const remove = useMutation(
    api.runs.delete.mutationOptions({
      onError,
      onSuccess: ({ runs }) => {
        showToast({ title: `Deleted ${formatCount(runs, 'run')}` });
        onDeleted();
      },
      onSettled: onClose,
    }),
  );
  return (
    <Confirm
      opened
      danger
      title={`Delete ${formatCount(ids.length, 'run')} permanently?`}
      action="Delete permanently"
      cancel="Keep runs"
      loading={remove.isPending}
      disabled={!plan.data || plan.data.runs === 0}
      onConfirm={() => remove.mutate(input)}
      onClose={onClose}
    >
      <QueryState query={plan} loading="Finding what depends on these runs" />
      {plan.data && (
        <ul className="plain-list">
          {consequences(plan.data).map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
    </Confirm>
  );
}

function consequences({ runs, running, skipped, elsewhere, snapshots, removed, planned }: RunDeletion): string[] {
  const kept: string[] = [];
  if (running > 0) kept.push(`${formatCount(running, 'run')} still running or on a cluster: cancel before deleting.`);
  if (skipped > 0) kept.push(`${formatCount(skipped, 'run')} can\u2019t be deleted here: no training of a model.`);
  if (runs === 0) return kept;
  return [
    `Curves, snapshots and predictions of ${formatCount(runs, 'run')} are deleted. This cannot be undone.`,
    snapshots === 0
      ? 'Results do not change: no snapshot of them is used.'
      : `Results and later reports lose ${formatCount(snapshots, 'snapshot')}. Reports that exist stay as they are.`,
    ...(removed.length > 0 ? [`The study no longer asks for ${formatNames(removed, 5)}.`] : []),
    ...(planned > 0
      ? [`The study still plans ${formatCount(planned, 'model')} of them: its next start trains them again.`]
      : []),
    ...(elsewhere > 0 ? [`${formatCount(elsewhere, 'run')} also in another study: kept there.`] : []),
    ...kept,
    'Files of weights stay on disk until you free them on the Machine screen.',
  ];
}
