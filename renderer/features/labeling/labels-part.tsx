import type { Board } from '../../../main/contract/labeling/board.ts';
import { ImportTable } from './import-table.tsx';
import { QualityPanel } from './quality-panel.tsx';
import { Button, Group, Modal, Table } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { IconLock, IconLockOpen } from '@tabler/icons-react';
import { useApi } from '../../client/context.tsx';
import { formatCount, formatInteger } from '../../../main/domain/format.ts';
import { HelpNote, ErrorNotice, Loading } from '../../ui/states.tsx';
import { showUndoToast } from '../../ui/toasts.tsx';
import { Ago } from '../../ui/values.tsx';
import { type ExportFormat, exportFormats } from '../../../main/contract/labeling/tables.ts';
import { download } from '../../client/files.ts';
import { useState } from 'react';
import { RehearsalMark } from '../../ui/badges.tsx';
import { ScrollBox } from '../../ui/plain-table.tsx';
import { WithdrawSteps } from './session-actions.tsx';

/** What became of it: how people did, what is left out, the lock, and labels out and in. */
export function AfterPart({ study, board }: { study: string; board: Board }) {
  const { people, simulated } = board.otherLabelers;
  return (
    <div className="labeling-column">
      <QualityPanel study={study} board={board} />
      <div className="labeling-pair">
        <LockPanel study={study} board={board} />
        <ExportLabels study={study} />
        <ImportTable study={study} names={board.stimuli?.classes ?? []} />
        {people + simulated > 0 && <OtherLabelers study={study} />}
      </div>
    </div>
  );
}

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
            {formatCount(lock.labels, 'label')} of {peopleText(people)}
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
      {set.isError && <ErrorNotice error={set.error} />}
      {open.isError && <ErrorNotice error={open.error} />}
    </section>
  );
}

const peopleText = (people: number): string => (people === 1 ? '1 person' : `${formatInteger(people)} people`);

const words: Record<ExportFormat, { title: string; note: string }> = {
  humans: { title: 'Labels (CSV)', note: 'One row an image and person' },
  events: { title: 'Every event (CSV)', note: 'First answers, changes, times' },
  json: { title: 'Everything (JSON)', note: 'Sessions with their events, and a schema' },
  'model-vs-human': { title: 'model-vs-human (CSV)', note: 'The columns of that toolbox' },
  counts: { title: 'Label counts (CSV)', note: 'Per image and class, as CIFAR-10H has them' },
};

/** Labels as files, each with a data dictionary beside it. */
export function ExportLabels({ study }: { study: string }) {
  const api = useApi();
  const out = useMutation(
    api.labeling.tables.export.mutationOptions({
      onSuccess: async ({ files }) => {
        for (const { address } of files) {
          download(address);
          // Browsers drop a download that begins together with another one.
          await new Promise((resolve) => setTimeout(resolve, 300));
        }
      },
    }),
  );
  return (
    <section className="labeling-card" aria-labelledby="export">
      <h2 id="export">Export</h2>
      <HelpNote>Under made-up names. Each file comes with a data dictionary.</HelpNote>
      <ul className="labeling-exports">
        {exportFormats.map((format) => (
          <li key={format}>
            <Button
              variant="default"
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
    </section>
  );
}

interface Labeler {
  labeler: number;
  pseudonym: string;
}

/** Labelers that came with a file, an archive or a rehearsal. */
export function OtherLabelers({ study }: { study: string }) {
  const api = useApi();
  const list = useQuery(api.labeling.others.list.queryOptions({ input: { study } }));
  const [asked, ask] = useState<Labeler | null>(null);
  return (
    <section className="labeling-card" aria-labelledby="others">
      <h2 id="others">Labelers from elsewhere</h2>
      {list.isError && <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Loading label="Reading the labelers" />}
      {list.data && (
        <ScrollBox className="labeling-scroll" label="List of labelers">
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Person</Table.Th>
                <Table.Th>From</Table.Th>
                <Table.Th>
                  <span className="sr">What can be done</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {list.data.map(({ labeler, pseudonym, simulated, source }) => (
                <Table.Tr key={labeler}>
                  <Table.Td>
                    {pseudonym} {simulated && <RehearsalMark />}
                  </Table.Td>
                  <Table.Td>{source.replace(/^(csv):(.{8}).*$/, 'table $2')}</Table.Td>
                  <Table.Td>
                    <Button
                      size="compact-xs"
                      variant="default"
                      aria-label={`Withdraw ${pseudonym}`}
                      onClick={() => ask({ labeler, pseudonym })}
                    >
                      Withdraw
                    </Button>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollBox>
      )}
      <Modal opened={asked !== null} onClose={() => ask(null)} title={`Withdraw ${asked?.pseudonym ?? ''}`}>
        {asked && <Withdraw study={study} labeler={asked.labeler} onClose={() => ask(null)} />}
      </Modal>
    </section>
  );
}

function Withdraw({ study, labeler, onClose }: { study: string; labeler: number; onClose: () => void }) {
  const api = useApi();
  const withdraw = useMutation(api.labeling.others.withdraw.mutationOptions());
  return (
    <WithdrawSteps
      isPending={withdraw.isPending}
      error={withdraw.error}
      remains={withdraw.data?.remains ?? null}
      onWithdraw={() => withdraw.mutate({ study, labeler })}
      onClose={onClose}
    />
  );
}
