import { Button, FileButton, Group } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { StimuliState } from '../../../main/contract/api/stimuli.ts';
import { useApi, useClient } from '../../client/context.tsx';
import { saveFrom, upload } from '../../client/files.ts';
import { counted } from '../../ui/format.ts';
import { HelpNote, Refused } from '../../ui/states.tsx';
import { showToast } from '../../ui/toasts.tsx';
import classes from './stimuli.module.css';

/** The frozen set as an archive, and one made elsewhere instead of one's own. */
export function Exchange({ study, state }: { study: string; state: StimuliState }) {
  const api = useApi();
  const client = useClient();
  const out = useMutation({
    ...api.stimuli.exportSet.mutationOptions(),
    onSuccess: ({ address }) => saveFrom(address),
  });
  const take = useMutation({
    mutationFn: async (file: File) => client.stimuli.importSet({ study, upload: await upload(file) }),
    onSuccess: ({ images }) =>
      showToast({ title: `Imported ${counted(images, 'image')}`, message: 'They are being frozen.' }),
  });
  return (
    <section className={classes.card} aria-labelledby="exchange">
      <h2 id="exchange" className={classes.heading}>
        Export and import
      </h2>
      <HelpNote>
        An archive holds PNG images and a manifest with pair, alpha and hash of each. A set made elsewhere, with such a
        manifest, takes the place of the draft.
      </HelpNote>
      <Group gap="xs">
        <Button
          variant="default"
          disabled={!state.frozen}
          loading={out.isPending}
          onClick={() => out.mutate({ study, size: 'original' })}
        >
          Export as people see it
        </Button>
        <Button variant="default" disabled={!state.frozen} onClick={() => out.mutate({ study, size: 'model' })}>
          Export as models see it
        </Button>
        <FileButton accept=".zip,application/zip" onChange={(file) => file && take.mutate(file)}>
          {(props) => (
            <Button variant="default" {...props} disabled={state.locked} loading={take.isPending}>
              Import a set
            </Button>
          )}
        </FileButton>
      </Group>
      {out.isError && <Refused error={out.error} />}
      {take.isError && <Refused error={take.error} safe="Nothing of the study was changed." />}
    </section>
  );
}
