import { Menu } from '@mantine/core';
import { IconPackageExport } from '@tabler/icons-react';
import type { ArchiveCalls } from '../../../main/contributions/archives/calls.ts';
import { detach } from '../../../main/contract/wire/index.ts';
import { download, useCallsOf, useClient } from '../../client/index.ts';
import { showRefusal } from '../../ui/parts/index.ts';

const size = 14;

/** Milliseconds between checks of an export. */
const pollInterval = 300;

/** Export of a study, in its menu. */
export function ExportItems({ study }: { study: string }) {
  const client = useClient();
  const archives = useCallsOf<ArchiveCalls>('archives');

  /** Exports the study and saves the archive. */
  async function pack(weights: boolean): Promise<void> {
    const { job } = await archives.startExport({ study, weights });
    for (;;) {
      const { address } = await archives.exported({ job });
      if (address !== null) return download(address);
      const state = (await client.jobs.list({})).find(({ id }) => id === job)?.state;
      if (state === undefined || state === 'stopped' || state === 'failed') return;
      await new Promise((resolve) => setTimeout(resolve, pollInterval));
    }
  }

  const item = (label: string, weights: boolean) => (
    <Menu.Item leftSection={<IconPackageExport size={size} />} onClick={() => detach(pack(weights).catch(showRefusal))}>
      {label}
    </Menu.Item>
  );
  return (
    <>
      {item('Export with weights', true)}
      {item('Export without weights', false)}
    </>
  );
}
