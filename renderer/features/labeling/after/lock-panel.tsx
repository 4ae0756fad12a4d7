import { Button, Group } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconLock, IconLockOpen } from '@tabler/icons-react';
import type { Board } from '../../../../main/contract/labeling/board.ts';
import { useApi } from '../../../client/context.tsx';
import { counted, whole } from '../../../ui/format.ts';
import { HelpNote, Refused } from '../../../ui/states.tsx';
import { showUndoToast } from '../../../ui/toasts.tsx';
import { Ago } from '../../../ui/values.tsx';

/** Freezes the labels, under a hash that every report names. */
export function LockPanel({ study, board }: { study: string; board: Board }) {
  const api = useApi();
  const set = useMutation(api.labeling.lock.set.mutationOptions());
  const open = useMutation(
    api.labeling.lock.open.mutationOptions({
      onSuccess: () =>
        showUndoToast({ message: 'The labels are open again', undo: () => set.mutate({ study }), undoLabel: 'Lock' }),
    }),
  );
  const { lock, people } = board;
  return (
    <section className="labeling-card" aria-labelledby="lock">
      <h2 id="lock">{lock ? 'The labels are locked' : 'Lock the labels'}</h2>
      {lock ? (
        <dl className="labeling-facts">
          <dt>Hash</dt>
          <dd>
            <code className="labeling-hash">{lock.hash}</code>
          </dd>
          <dt>Of</dt>
          <dd>
            {counted(lock.labels, 'label')} of {peopleText(people)}
          </dd>
          <dt>Locked</dt>
          <dd>
            <Ago at={lock.lockedAt} />
            {lock.reason === 'withdrawal' && ', anew after a withdrawal'}
          </dd>
        </dl>
      ) : (
        <HelpNote>
          Nothing of the labels changes from then on, and every report names their hash. The labels of{' '}
          {peopleText(people)} would be locked. Withdrawing stays possible.
        </HelpNote>
      )}
      <Group>
        {lock ? (
          <Button
            variant="default"
            leftSection={<IconLockOpen size={16} aria-hidden />}
            loading={open.isPending}
            onClick={() => open.mutate({ study })}
          >
            Open the lock
          </Button>
        ) : (
          <Button
            leftSection={<IconLock size={16} aria-hidden />}
            loading={set.isPending}
            onClick={() => set.mutate({ study })}
          >
            Lock the labels
          </Button>
        )}
      </Group>
      {set.isError && <Refused error={set.error} />}
      {open.isError && <Refused error={open.error} />}
    </section>
  );
}

const peopleText = (people: number): string => (people === 1 ? '1 person' : `${whole(people)} people`);
