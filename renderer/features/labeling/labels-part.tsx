import type { LabelingState } from '../../../main/contract/labeling/state.ts';
import { Group, Box, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconLock, IconLockOpen } from '@tabler/icons-react';
import { useApi } from '../../client/context.tsx';
import { formatCount, formatInteger } from '../../../main/domain/numbers/format.ts';
import { HelpNote, ErrorNotice, Fact, Card } from '../../ui/parts/states.tsx';
import { showUndoToast } from '../../ui/parts/toasts.tsx';
import { Ago } from '../../ui/words/values.tsx';
import { CallButton } from '../../ui/parts/buttons.tsx';
import { PartsAt } from '../../ui/places/place.tsx';
import { OtherLabelers } from './other-labelers.tsx';

/** How people gave their labels, the lock, export, import and other labelers. */
export function LabelsPart({ study, state }: { study: string; state: LabelingState }) {
  const { people, simulated, named } = state.otherLabelers;
  return (
    <Stack gap="lg" miw={0}>
      <PartsAt place="labeling.labels" study={study} />
      <div className="card-columns">
        <LockPanel study={study} state={state} />
        <PartsAt place="labeling.files" study={study} names={state.stimuli?.classes ?? []} named={named} />
        {people + simulated > 0 && <OtherLabelers study={study} title={othersTitle(people, simulated)} />}
      </div>
    </Stack>
  );
}

function othersTitle(people: number, simulated: number): string {
  if (simulated === 0) return 'Imported labelers';
  return people === 0 ? 'Simulated labelers' : 'Imported and simulated labelers';
}

function LockPanel({ study, state }: { study: string; state: LabelingState }) {
  const api = useApi();
  const set = useMutation(api.labeling.lock.set.mutationOptions());
  const open = useMutation(
    api.labeling.lock.open.mutationOptions({
      onSuccess: () =>
        showUndoToast({ message: 'The labels are unlocked', undo: () => set.mutate({ study }), undoLabel: 'Lock' }),
    }),
  );
  const { lock, people } = state;
  return (
    <Card title={lock ? 'The labels are locked' : 'Lock the labels'}>
      {lock ? (
        <dl className="facts">
          <Fact name="Hash">
            <Box component="code" className="breaks-words" fz="xs">
              {lock.hash}
            </Box>
          </Fact>
          <Fact name="Labels">
            {formatCount(lock.labels, 'label')} of {peopleText(people)}
          </Fact>
          <Fact name="Locked">
            <Ago at={lock.lockedAt} />
            {lock.reason === 'withdrawal' && ', again after a withdrawal'}
          </Fact>
        </dl>
      ) : (
        <HelpNote>
          Locking freezes the labels of {peopleText(people)}. Reports then show their hash. People can still withdraw.
        </HelpNote>
      )}
      <Group>
        {lock ? (
          <CallButton leftSection={<IconLockOpen size={16} aria-hidden />} call={open} input={{ study }}>
            Unlock the labels
          </CallButton>
        ) : (
          <CallButton variant="filled" leftSection={<IconLock size={16} aria-hidden />} call={set} input={{ study }}>
            Lock the labels
          </CallButton>
        )}
      </Group>
      {set.isError && <ErrorNotice error={set.error} />}
      {open.isError && <ErrorNotice error={open.error} />}
    </Card>
  );
}

const peopleText = (people: number): string => (people === 1 ? '1 person' : `${formatInteger(people)} people`);
