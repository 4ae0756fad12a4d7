import type { LabelingState } from '../../../main/contract/labeling/state.ts';
import { ImportTable } from './import-table.tsx';
import { Button, Group, Box, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconLock, IconLockOpen } from '@tabler/icons-react';
import { useApi } from '../../client/context.tsx';
import { formatCount, formatInteger } from '../../../main/domain/format.ts';
import { HelpNote, ErrorNotice, Fact, Card } from '../../ui/states.tsx';
import { showUndoToast } from '../../ui/toasts.tsx';
import { Ago } from '../../ui/values.tsx';
import { CallButton } from '../../ui/buttons.tsx';
import { exportFormats, type ExportFormat } from '../../../main/contract/labeling/tables.ts';
import { download } from '../../client/files.ts';
import { PartsAt } from '../../ui/place.tsx';
import { OtherLabelers } from './other-labelers.tsx';
import { PanelsCard } from './panels-card.tsx';

/** How people gave their labels, the lock, export, import and other labelers. */
export function LabelsPart({ study, state }: { study: string; state: LabelingState }) {
  const { people, simulated, named } = state.otherLabelers;
  return (
    <Stack gap="lg" miw={0}>
      <PartsAt place="labeling.labels" study={study} />
      <div className="card-columns">
        <LockPanel study={study} state={state} />
        <ExportLabels study={study} named={named} />
        <PanelsCard study={study} />
        <ImportTable study={study} names={state.stimuli?.classes ?? []} />
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

const words: Record<ExportFormat, { title: string; note: string }> = {
  humans: { title: 'Labels (CSV)', note: 'One row per image and person' },
  events: { title: 'Every event (CSV)', note: 'All answers, changes and times' },
  json: { title: 'Everything (JSON)', note: 'All sessions with their events, and a JSON schema' },
  'model-vs-human': { title: 'model-vs-human (CSV)', note: 'For the model-vs-human toolbox' },
  counts: { title: 'Label counts (CSV)', note: 'Labels per image and class, as in CIFAR-10H' },
};

/** Saves labels as files, each with a data dictionary. */
function ExportLabels({ study, named }: { study: string; named: number }) {
  const api = useApi();
  const out = useMutation(
    api.labeling.tables.export.mutationOptions({
      onSuccess: async ({ files }) => {
        for (const { address } of files) {
          download(address);
          // Browsers drop a download that starts together with another one.
          await new Promise((resolve) => setTimeout(resolve, 300));
        }
      },
    }),
  );
  return (
    <Card title="Export">
      <HelpNote>
        {named === 0
          ? 'People appear under pseudonyms.'
          : `People appear under pseudonyms, except ${formatInteger(named)} with the ${named === 1 ? 'name' : 'names'} of an imported table.`}{' '}
        Each file comes with a data dictionary.
      </HelpNote>
      <ul className="labeling-exports">
        {exportFormats.map((format) => (
          <li key={format}>
            <Button
              loading={out.isPending && out.variables.format === format}
              onClick={() => out.mutate({ study, format })}
            >
              {words[format].title}
            </Button>
            <span className="soft">{words[format].note}</span>
          </li>
        ))}
      </ul>
      {out.isError && <ErrorNotice error={out.error} />}
    </Card>
  );
}
