import { Button, Popover, Stack, Table, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DiskPart, DiskUse } from '../../../main/contract/api/machine.ts';
import { useApi } from '../../client/context.tsx';
import { ExportMenu } from '../../ui/export/export-menu.tsx';
import { formatBytes, formatCount, formatInteger } from '../../../main/domain/format.ts';
import { HelpNote, Loading, ErrorNotice } from '../../ui/states.tsx';
import { Ago, Bytes } from '../../ui/values.tsx';
import { showRefusal } from '../../ui/toasts.tsx';
import { FailedLine, JobLine, useFailedJob, useJob } from './job-line.tsx';

const words: Record<DiskPart, { title: string; note: string }> = {
  database: { title: 'Database', note: 'Studies, runs, labels and their history' },
  backups: { title: 'Backups', note: 'The newest seven; one is made each day' },
  'set-aside': { title: 'Damaged databases', note: 'Set aside and never deleted by the program' },
  results: { title: 'Results', note: 'Images, predictions, and weights at each target' },
  checkpoints: { title: 'Checkpoints', note: 'From which runs go on' },
  unused: { title: 'Unused files', note: 'No study and no run names them any more' },
  reports: { title: 'Reports', note: 'As they were written last' },
  logs: { title: 'Logs', note: 'What workers wrote' },
  leftovers: { title: 'Handed-over files', note: 'Of imports and exports; what is older than a day can go' },
  engines: { title: 'Engines', note: 'TensorFlow, as installed for you' },
  cache: { title: 'Cache', note: 'Compiled code, and how the engines did' },
  other: { title: 'Other files', note: 'Not of this program; left alone' },
};

const kinds = ['clean-up', 'back-up'] as const;

/** What lies on disk, and what of it can go. */
export function DiskPanel() {
  const api = useApi();
  const disk = useQuery(api.machine.disk.queryOptions({ input: {} }));
  const job = useJob(kinds);
  const failed = useFailedJob(kinds);
  const backUp = useMutation(api.machine.backUp.mutationOptions({ onError: showRefusal }));
  return (
    <section className="machine-panel" aria-labelledby="machine-disk">
      <div className="screen-head">
        <h2 id="machine-disk">Disk</h2>
        {disk.data && (
          <span className="soft">
            {formatBytes(disk.data.parts.reduce((sum, { bytes }) => sum + bytes, 0))} used,{' '}
            {formatBytes(disk.data.freeBytes)} free
          </span>
        )}
        <span className="screen-tools">
          {disk.data && (
            <span className="soft">
              {disk.data.newestBackupAt === null ? (
                'No backup yet'
              ) : (
                <>
                  Last backup <Ago at={disk.data.newestBackupAt} />
                </>
              )}
            </span>
          )}
          <Button variant="default" disabled={job !== undefined} onClick={() => backUp.mutate({})}>
            Back up now
          </Button>
          {disk.data && <CleanUp disk={disk.data} busy={job !== undefined} />}
        </span>
      </div>
      {job && <JobLine job={job} />}
      {!job && failed && <FailedLine job={failed} />}
      {disk.isError ? (
        <ErrorNotice error={disk.error} onRetry={() => void disk.refetch()} />
      ) : disk.data ? (
        <DiskTable disk={disk.data} />
      ) : (
        <Loading label="Looking through the folders" lines={6} />
      )}
    </section>
  );
}

function DiskTable({ disk }: { disk: DiskUse }) {
  const largest = Math.max(1, ...disk.parts.map(({ bytes }) => bytes));
  const shown = disk.parts.filter(({ files }) => files > 0);
  return (
    <>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>What</Table.Th>
            <Table.Th ta="right">Files</Table.Th>
            <Table.Th ta="right">Size</Table.Th>
            <Table.Th w={200}>
              <span className="sr">Size as a bar</span>
            </Table.Th>
            <Table.Th>Why it is there</Table.Th>
            <Table.Th ta="right">
              <ExportMenu
                title="Disk use"
                table={() => ({
                  columns: ['What', 'Files', 'Bytes', 'Removable files', 'Removable bytes'],
                  rows: shown.map(({ part, files, bytes, removable }) => [
                    ...[words[part].title, files, bytes, removable.files, removable.bytes],
                  ]),
                })}
              />
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {shown.map(({ part, files, bytes, removable }) => (
            <Table.Tr key={part}>
              <Table.Th scope="row">{words[part].title}</Table.Th>
              <Table.Td ta="right">{formatInteger(files)}</Table.Td>
              <Table.Td ta="right">
                <Bytes bytes={bytes} />
              </Table.Td>
              <Table.Td>
                <span className="machine-bar" style={{ width: `${(bytes / largest) * 100}%` }} />
              </Table.Td>
              <Table.Td className="soft">{words[part].note}</Table.Td>
              <Table.Td ta="right">{removable.files > 0 && `${formatBytes(removable.bytes)} can go`}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <HelpNote>
        Data folder <code>{disk.dataFolder}</code>, cache <code>{disk.cacheFolder}</code>. Looked at{' '}
        <Ago at={disk.at} />.
      </HelpNote>
    </>
  );
}

/** Says what would go before it goes: this is one of the few things that can't be undone. */
function CleanUp({ disk, busy }: { disk: DiskUse; busy: boolean }) {
  const api = useApi();
  const [open, setOpen] = useState(false);
  const cleanUp = useMutation(api.machine.cleanUp.mutationOptions({ onError: showRefusal }));
  const going = disk.parts.filter(({ removable }) => removable.files > 0);
  const bytes = going.reduce((sum, { removable }) => sum + removable.bytes, 0);
  if (going.length === 0) return <span className="soft">Nothing to clean up</span>;
  return (
    <Popover opened={open} onChange={setOpen} width={340} position="bottom-end" trapFocus>
      <Popover.Target>
        <Button disabled={busy} onClick={() => setOpen(!open)}>
          Free {formatBytes(bytes)} …
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="What would be removed">
        <Stack gap="sm">
          <Text fw={600}>This would be removed for good</Text>
          <ul className="machine-going">
            {going.map(({ part, removable }) => (
              <li key={part}>
                {words[part].title}: {formatCount(removable.files, 'file')}, {formatBytes(removable.bytes)}
              </li>
            ))}
          </ul>
          <HelpNote>No study, run, label or checkpoint needs any of it.</HelpNote>
          <Button
            onClick={() => {
              setOpen(false);
              cleanUp.mutate({});
            }}
          >
            Remove{' '}
            {formatCount(
              going.reduce((sum, { removable }) => sum + removable.files, 0),
              'file',
            )}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
