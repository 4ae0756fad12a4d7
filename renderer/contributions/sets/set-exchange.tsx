import { Button, Group, Text, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { FrozenSet, StimuliState } from '../../../main/contract/api/index.ts';
import type { SetsCalls } from '../../../main/contributions/sets/calls.ts';
import type { EarlierSet } from '../../../main/contributions/sets/contract.ts';
import { formatCount } from '../../../main/domain/numbers/index.ts';
import { download, upload, useApiOf, useCallsOf } from '../../client/index.ts';
import { Ago, RehearsalMark, SetName, Term } from '../../ui/words/index.ts';
import {
  CallButton,
  Card,
  Confirm,
  ErrorNotice,
  HelpNote,
  QueryState,
  showToast,
  useStudyJob,
} from '../../ui/parts/index.ts';
import { PlainTable } from '../../ui/tables/index.ts';
import { FilePick } from '../../ui/fields/index.ts';

interface SetProps {
  study: string;
  state: StimuliState;
}

/** What a study can do with complete sets. */
export function SetCards({ study, state }: SetProps) {
  return (
    <>
      <EarlierSets study={study} state={state} />
      <Exchange study={study} state={state} />
    </>
  );
}

/** Where a set that another replaces stays. */
export const ReplacedSet = () =>
  ' You can use the old set again under “Earlier sets”, with its predictions and labels.';

function useSets(study: string) {
  const api = useApiOf<SetsCalls>('sets');
  return useQuery(api.list.queryOptions({ input: { study }, meta: { follows: ['stimuli'] } }));
}

/** Saves the frozen set as files, and takes one made elsewhere after asking. */
function Exchange({ study, state }: SetProps) {
  const api = useApiOf<SetsCalls>('sets');
  const client = useCallsOf<SetsCalls>('sets');
  const [chosen, choose] = useState<File | null>(null);
  const out = useMutation({
    ...api.export.mutationOptions(),
    onSuccess: ({ address }) => download(address),
  });
  const take = useMutation({
    mutationFn: async (file: File) => client.import({ study, upload: await upload(file) }),
    onSuccess: ({ images }) =>
      showToast({ title: `Imported ${formatCount(images, 'image')}`, message: 'They are being frozen.' }),
  });
  return (
    <Card className="card-start" title="Export and import">
      <HelpNote>
        An archive contains PNG images and a manifest with the hash of each image, and its pair and alpha if it lies
        between two classes. An imported set replaces the draft and the frozen set.
      </HelpNote>
      <Group gap="xs">
        <CallButton disabled={!state.frozen} call={out} input={{ study, size: 'original' }}>
          Export as people see it
        </CallButton>
        <Button disabled={!state.frozen} onClick={() => out.mutate({ study, size: 'model' })}>
          Export as models see it
        </Button>
        <FilePick
          label="Archive of a set"
          accept=".zip,application/zip"
          onFile={choose}
          disabled={state.locked}
          loading={take.isPending}
        >
          Import a set …
        </FilePick>
      </Group>
      {out.isError && <ErrorNotice error={out.error} />}
      {take.isError && <ErrorNotice error={take.error} safe="The study is unchanged." />}
      <Confirm
        opened={chosen !== null}
        title={`Use ${chosen?.name ?? 'this set'} in this study?`}
        action="Import the set"
        onClose={() => choose(null)}
        onConfirm={() => chosen && take.mutate(chosen)}
      >
        <Replaced study={study} state={state} byImported />
      </Confirm>
    </Card>
  );
}

/** What happens to draft, predictions, labels and sessions when another set becomes the study's. */
function Replaced({ study, state: { frozen, draft }, byImported }: SetProps & { byImported: boolean }) {
  const sets = useSets(study);
  const sessions = sets.data?.sessions ?? 0;
  return (
    <>
      {frozen ? <Text>This replaces the frozen images:</Text> : null}
      <Stack component="ul" pl={20} gap="xs">
        {frozen && <ReplacedParts frozen={frozen} sessions={sessions} />}
        {draft && !frozen?.current && <li>The draft is not frozen: its anchors, pairs and alphas are lost.</li>}
        {draft && byImported && <li>Anchors and pairs can no longer be changed here.</li>}
        {!draft && !frozen && <li>The study has no images yet.</li>}
      </Stack>
      {frozen && (
        <HelpNote>
          You can use set <SetName hash={frozen.hash} /> again under “Earlier sets”, with its draft, predictions and
          labels.
        </HelpNote>
      )}
    </>
  );
}

function ReplacedParts({ frozen, sessions }: { frozen: FrozenSet; sessions: number }) {
  const { predicted, labelers, simulated } = frozen;
  const who = formatCount(labelers, simulated ? 'simulated labeler' : 'labeler');
  return (
    <>
      <li>
        Predictions:{' '}
        {predicted === 0
          ? 'there are none.'
          : `those of ${formatCount(predicted, 'snapshot')} stay with that set. Models predict the other images when the study runs.`}
      </li>
      <li>Labels: {labelers === 0 ? 'there are none.' : `those of ${who} stay with that set and no longer count.`}</li>
      {sessions > 0 && (
        <li>
          Sessions: {formatCount(sessions, 'session')} {sessions === 1 ? 'shows' : 'show'} the images of that set.
          Create new ones.
        </li>
      )}
    </>
  );
}

/** Sets that the study used before; each can be used again with its labels. */
function EarlierSets({ study, state }: SetProps) {
  const api = useApiOf<SetsCalls>('sets');
  const job = useStudyJob(study, ['stimuli', 'report']);
  const sets = useSets(study);
  const [asked, ask] = useState<EarlierSet | null>(null);
  const use = useMutation({
    ...api.useAgain.mutationOptions(),
    onSuccess: (_, { set }) => showToast({ title: `The study uses set ${set.slice(0, 8)} again` }),
  });
  if (sets.isError) return <QueryState query={sets} />;
  const earlier = sets.data?.earlier ?? [];
  if (earlier.length === 0) return null;
  return (
    <Card className="card-start" title="Earlier sets">
      <PlainTable
        label="List of earlier sets"
        rows={earlier}
        rowKey={({ hash }) => hash}
        columns={[
          {
            title: 'Set',
            cell: ({ hash, source }) => (
              <>
                <SetName hash={hash} />, {source}
              </>
            ),
          },
          {
            title: 'Images',
            cell: ({ images, pairs }) =>
              formatCount(images, 'image') + (pairs > 0 ? `, ${formatCount(pairs, 'pair')}` : ''),
          },
          {
            title: 'Labels',
            cell: ({ labelers, simulated }) => (
              <>
                {labelers === 0 ? 'none' : formatCount(labelers, 'labeler')} {simulated && <RehearsalMark />}
              </>
            ),
          },
          {
            title: 'Predictions',
            cell: ({ predicted, snapshots }) => (
              <>
                {predicted} of {snapshots} <Term of="snapshot">{snapshots === 1 ? 'snapshot' : 'snapshots'}</Term>
              </>
            ),
          },
          { title: 'Used until', cell: ({ until }) => <Ago at={until} /> },
          {
            title: 'Actions',
            hidden: true,
            cell: (set) => (
              <Button
                size="compact-xs"
                aria-label={`Use set ${set.hash.slice(0, 8)} again`}
                disabled={job !== null}
                onClick={() => ask(set)}
              >
                Use again
              </Button>
            ),
          },
        ]}
      />
      {use.isError && <ErrorNotice error={use.error} safe="The study is unchanged." />}
      <Confirm
        opened={asked !== null}
        title={`Use set ${asked?.hash.slice(0, 8) ?? ''} again?`}
        action="Use this set"
        onClose={() => ask(null)}
        onConfirm={() => asked && use.mutate({ study, set: asked.hash })}
      >
        {asked && <Text>{returning(asked)}</Text>}
        <Replaced study={study} state={state} byImported={asked?.source === 'imported'} />
      </Confirm>
    </Card>
  );
}

/** What comes back with an earlier set. */
function returning({ labelers, simulated, predicted }: EarlierSet): string {
  const labels =
    labelers === 0
      ? 'no labels'
      : `the labels of ${formatCount(labelers, simulated ? 'simulated labeler' : 'labeler')}`;
  const predictions = predicted === 0 ? 'no predictions' : `the predictions of ${formatCount(predicted, 'snapshot')}`;
  return `The study gets back the draft that made this set, ${labels} and ${predictions}.`;
}
