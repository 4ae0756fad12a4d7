import { Button, CloseButton, Group, Loader } from '@mantine/core';
import { useState } from 'react';
import { IconPackageImport } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import type { StudyCard } from '../../../main/contract/api/index.ts';
import type { ArchiveCalls } from '../../../main/contributions/archives/calls.ts';
import { sampleName } from '../../../main/contributions/archives/sample.ts';
import { upload, useApi, useCallsOf, useClient } from '../../client/index.ts';
import { studyAddress } from '../../navigation/index.ts';
import { JobProgress, showRefusal, showToast } from '../../ui/parts/index.ts';
import { FilePick } from '../../ui/fields/index.ts';
import { detach } from '../../../main/contract/wire/index.ts';

/** Uploads an archive and imports it. */
export function ImportButton() {
  const archives = useCallsOf<ArchiveCalls>('archives');
  const take = useMutation({
    mutationFn: async (file: File) => archives.startImport({ upload: await upload(file) }),
    onError: showRefusal,
  });
  return (
    <FilePick
      label="Archive of a study"
      accept=".zip,application/zip"
      onFile={take.mutate}
      loading={take.isPending}
      leftSection={<IconPackageImport size={14} aria-hidden />}
    >
      Import archive
    </FilePick>
  );
}

/** Running imports, and failed ones until they are dismissed. */
export function ImportJobs() {
  const api = useApi();
  const jobs = useQuery(api.jobs.list.queryOptions({ input: {} }));
  const dismiss = useMutation(api.jobs.dismiss.mutationOptions({ onError: showRefusal }));
  const shown = (jobs.data ?? []).filter(
    ({ kind, state }) => kind === 'import' && state !== 'done' && state !== 'stopped',
  );
  return shown.map((job) =>
    job.state === 'failed' ? (
      <section key={job.id} className="error-notice" role="alert">
        <Group className="import-failed" wrap="nowrap">
          <strong>{job.title}: nothing was imported</strong>
          <CloseButton aria-label="Dismiss" onClick={() => dismiss.mutate({ id: job.id })} />
        </Group>
        <p>{job.messages.at(-1)}</p>
      </section>
    ) : (
      <JobProgress
        key={job.id}
        job={job}
        stops={{ label: 'Stop import', does: 'Ends the import. Nothing of it is kept.' }}
      />
    ),
  );
}

/** Milliseconds between checks of the import. */
const pollInterval = 250;

/** Opens the sample study, importing it first if it is missing. */
function useOpenSample(): { open: () => void; busy: boolean } {
  const client = useClient();
  const archives = useCallsOf<ArchiveCalls>('archives');
  const [, navigate] = useLocation();
  const [busy, setBusy] = useState(false);
  async function openSample(): Promise<void> {
    const { name, job } = await archives.openSample({});
    for (;;) {
      const found = job === null ? undefined : (await client.jobs.list({})).find(({ id }) => id === job);
      if (found === undefined || found.state === 'done') return navigate(found?.link ?? studyAddress(name));
      if (found.endedAt !== null) {
        return showToast({ title: 'The sample study could not be opened', message: found.messages.at(-1) ?? '' });
      }
      await new Promise((resolve) => setTimeout(resolve, pollInterval));
    }
  }
  return {
    busy,
    open: () => {
      setBusy(true);
      detach(
        openSample()
          .catch(showRefusal)
          .finally(() => setBusy(false)),
      );
    },
  };
}

/** Imports an archive; opens the sample study where it is not there. */
export function ImportActions({ studies }: { studies: readonly StudyCard[] }) {
  const sample = useOpenSample();
  return (
    <>
      {!studies.some(({ name }) => name === sampleName) && (
        <Button onClick={sample.open} loading={sample.busy}>
          Open sample study
        </Button>
      )}
      <ImportButton />
    </>
  );
}

export function SampleCard() {
  const sample = useOpenSample();
  return (
    <li className="card card-start welcome-choice">
      <h2>Open the sample study</h2>
      <p>A finished study of nine small networks, so that every screen has data.</p>
      <p className="soft">Takes a few seconds and 12 MB. Its labels are simulated and marked as a rehearsal.</p>
      <Button onClick={sample.open} disabled={sample.busy} size="sm">
        {sample.busy ? 'Opening …' : 'Open sample study'}
        {sample.busy && <Loader size={12} ml={8} aria-hidden />}
      </Button>
    </li>
  );
}
