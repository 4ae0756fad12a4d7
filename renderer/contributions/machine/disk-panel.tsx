import { Button, Popover, Stack, Text, Box } from '@mantine/core';
import { useState } from 'react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type DiskPart, diskParts, type DiskUse } from '../../../main/contributions/machine/contract.ts';
import { formatBytes, formatCount, formatInteger } from '../../../main/domain/numbers/index.ts';
import type { MachineCalls } from '../../../main/contributions/machine/calls.ts';
import { followed } from './followed.ts';
import { useApiOf } from '../../client/index.ts';
import { PartsAt } from '../../ui/places/index.ts';
import {
  Card,
  DangerButton,
  HelpNote,
  JobStatus,
  LoadingLine,
  QueryState,
  showRefusal,
  useJob,
} from '../../ui/parts/index.ts';
import { PlainTable } from '../../ui/tables/index.ts';
import { Ago, Bytes } from '../../ui/words/index.ts';

const parts: Record<DiskPart, { title: string; note: string }> = {
  database: { title: 'Database', note: 'Studies, runs, labels and their history' },
  backups: { title: 'Backups', note: 'The newest seven; one is made each day' },
  'set-aside': { title: 'Damaged databases', note: 'Set aside and never deleted by the program' },
  results: { title: 'Results', note: 'Images, predictions, and weights at each target' },
  checkpoints: { title: 'Checkpoints', note: 'Runs resume from these' },
  unused: { title: 'Unused files', note: 'Not used by any study or run' },
  reports: { title: 'Reports', note: 'The last written report of each study' },
  logs: { title: 'Logs', note: 'Output of workers' },
  leftovers: { title: 'Uploads and downloads', note: 'Files of imports and exports; removable after a day' },
  engines: { title: 'Engines', note: 'TensorFlow, installed for your account' },
  cache: { title: 'Cache', note: 'Compiled code and results of engine checks' },
  other: { title: 'Other files', note: 'Not created by this program; never removed' },
};

const kinds = ['clean-up', 'back-up'] as const;

/** Disk use by kind of file, and clean-up. */
export function DiskPanel() {
  const api = useApiOf<MachineCalls>('machine');
  const disk = useQuery(api.disk.queryOptions({ input: {}, meta: followed }));
  const job = useJob(kinds);
  const backUp = useMutation(api.backUp.mutationOptions({ onError: showRefusal }));
  return (
    <Card
      title="Disk"
      aria-busy={disk.isPending}
      note={
        disk.data
          ? `${formatBytes(disk.data.parts.reduce((sum, { bytes }) => sum + bytes, 0))} used, ${formatBytes(disk.data.freeBytes)} free`
          : !disk.isError && <LoadingLine label="Measuring disk use" width={150} />
      }
      // What comes later is left of what is there: buttons stay in their place.
      tools={
        <>
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
          {disk.data && <CleanUp disk={disk.data} busy={job.active !== undefined} />}
          <Button disabled={job.active !== undefined} onClick={() => backUp.mutate({})}>
            Back up database
          </Button>
        </>
      }
    >
      <JobStatus {...job} />
      <QueryState query={disk} />
      {!disk.isError && <DiskTable disk={disk.data} />}
    </Card>
  );
}

/** Every kind of file has its row before it is measured. */
function DiskTable({ disk }: { disk: DiskUse | undefined }) {
  const measured = disk?.parts ?? [];
  const largest = Math.max(1, ...measured.map(({ bytes }) => bytes));
  return (
    <>
      <PlainTable
        className="wide-table"
        rows={diskParts.map((part) => ({ part, use: measured.find((each) => each.part === part) }))}
        rowKey={({ part }) => part}
        columns={[
          { title: 'Kind', cell: ({ part }) => parts[part].title },
          {
            title: 'Files',
            numeric: true,
            cell: ({ use }) => (use ? formatInteger(use.files) : <LoadingLine width={32} />),
          },
          {
            title: 'Size',
            numeric: true,
            cell: ({ use }) => (use ? <Bytes bytes={use.bytes} /> : <LoadingLine width={56} />),
          },
          {
            title: 'Size as a bar',
            hidden: true,
            cell: ({ use }) =>
              use !== undefined &&
              use.files > 0 && (
                <Box w={200}>
                  <Box
                    component="span"
                    className="machine-bar"
                    display="block"
                    miw={2}
                    h={8}
                    bdrs="xs"
                    bg="var(--line-strong)"
                    style={{ width: `${(use.bytes / largest) * 100}%` }}
                  />
                </Box>
              ),
          },
          { title: 'Contents', cell: ({ part }) => <span className="soft">{parts[part].note}</span> },
          {
            title: (
              <PartsAt
                place="export.menu"
                title="Disk use"
                table={() => ({
                  columns: ['What', 'Files', 'Bytes', 'Removable files', 'Removable bytes'],
                  rows: measured.map(({ part, files, bytes, removable }) => [
                    ...[parts[part].title, files, bytes, removable.files, removable.bytes],
                  ]),
                })}
              />
            ),
            numeric: true,
            cell: ({ use }) =>
              use !== undefined && use.removable.files > 0 && `${formatBytes(use.removable.bytes)} removable`,
          },
        ]}
      />
      <HelpNote>
        {disk ? (
          <>
            Data folder <code>{disk.dataFolder}</code>, cache <code>{disk.cacheFolder}</code>. Measured{' '}
            <Ago at={disk.at} />.
          </>
        ) : (
          <LoadingLine width="90%" />
        )}
      </HelpNote>
    </>
  );
}

/** Lists what will be deleted before deleting it: this cannot be undone. */
function CleanUp({ disk, busy }: { disk: DiskUse; busy: boolean }) {
  const api = useApiOf<MachineCalls>('machine');
  const [open, setOpen] = useState(false);
  const cleanUp = useMutation(api.cleanUp.mutationOptions({ onError: showRefusal }));
  const removals = disk.parts.filter(({ removable }) => removable.files > 0);
  const bytes = removals.reduce((sum, { removable }) => sum + removable.bytes, 0);
  if (removals.length === 0) return <span className="soft">Nothing to clean up</span>;
  return (
    <Popover opened={open} onChange={setOpen} width={340} position="bottom-end" trapFocus>
      <Popover.Target>
        <Button disabled={busy} onClick={() => setOpen(!open)}>
          Free {formatBytes(bytes)} …
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Files to remove">
        <Stack gap="sm">
          <Text fw={600}>These files will be deleted permanently</Text>
          <ul className="bare-list">
            {removals.map(({ part, removable }) => (
              <li key={part}>
                {parts[part].title}: {formatCount(removable.files, 'file')}, {formatBytes(removable.bytes)}
              </li>
            ))}
          </ul>
          <HelpNote>No study, run, label or checkpoint uses them.</HelpNote>
          <DangerButton
            onClick={() => {
              setOpen(false);
              cleanUp.mutate({});
            }}
          >
            Remove{' '}
            {formatCount(
              removals.reduce((sum, { removable }) => sum + removable.files, 0),
              'file',
            )}
          </DangerButton>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
