import { Button, Drawer, Group, Stack, Textarea } from '@mantine/core';
import { useRef, useState } from 'react';
import { useMutation } from '@tanstack/react-query';
import { maxProfileText, readProfileText } from '../../../main/contributions/slurm/profile/cluster-profile.ts';
import type { SlurmCalls } from '../../../main/contributions/slurm/calls.ts';
import { formatCount } from '../../../main/domain/numbers/index.ts';
import { useApiOf } from '../../client/index.ts';
import { ErrorNotice, HelpNote, showToast, TextButton } from '../../ui/parts/index.ts';
import { FilePick, submitting } from '../../ui/fields/index.ts';
import { detach } from '../../../main/contract/wire/index.ts';

/** `replaces`: the cluster whose profile it is; null: a new one. */
export interface EditedProfile {
  text: string;
  replaces: string | null;
}

/** The profile of a cluster as text, checked line by line while it is written. */
export function ClusterForm({ edited, onClose }: { edited: EditedProfile | null; onClose: () => void }) {
  const title = edited?.replaces === null ? 'Add cluster' : `Edit ${edited?.replaces ?? 'cluster'}`;
  return (
    <Drawer opened={edited !== null} onClose={onClose} title={title} size={720}>
      {edited && <ProfileFields key={edited.replaces} edited={edited} onDone={onClose} />}
    </Drawer>
  );
}

function ProfileFields({ edited, onDone }: { edited: EditedProfile; onDone: () => void }) {
  const slurm = useApiOf<SlurmCalls>('slurm');
  const [text, setText] = useState(edited.text);
  const field = useRef<HTMLTextAreaElement>(null);
  const { problems } = readProfileText(text);
  const save = useMutation(
    slurm.save.mutationOptions({
      onSuccess: ({ name }) => {
        showToast({
          title: edited.replaces === null ? `Added ${name}` : `Saved ${name}`,
          message:
            edited.replaces === null
              ? 'Choose it on the Models screen, as the place where trainings run.'
              : 'Jobs that are submitted from now on use it. A running study uses a changed shared folder or engine from its next start.',
        });
        onDone();
      },
    }),
  );
  const open = async (file: File): Promise<void> => {
    save.reset();
    setText(file.size > 4 * maxProfileText ? ' '.repeat(maxProfileText + 1) : await file.text());
  };
  const show = (line: number): void => {
    const lines = text.split('\n');
    const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    field.current?.focus();
    field.current?.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  };
  return (
    <form
      onSubmit={submitting(() => {
        if (problems.length === 0) save.mutate({ text, replaces: edited.replaces });
      })}
    >
      <Stack gap="md">
        <HelpNote>
          {edited.replaces === null
            ? 'Change the example to what your cluster has, or open a profile that somebody gave you. '
            : 'Each line is one setting. '}
          main/contributions/slurm/README.md explains each line. A profile names commands that run in your name, here
          and on the cluster: add only one that you trust. It holds no password.
        </HelpNote>
        <Textarea
          ref={field}
          label="Profile (JSON)"
          autosize
          minRows={18}
          maxRows={28}
          spellCheck={false}
          classNames={{ input: 'profile-text' }}
          value={text}
          error={problems.length > 0 && `${formatCount(problems.length, 'line')} to correct`}
          onChange={(event) => {
            save.reset();
            setText(event.currentTarget.value);
          }}
        />
        {problems.length > 0 && (
          <ul className="plain-list" aria-label="Lines to correct">
            {problems.map(({ line, what }) => (
              <li key={what}>
                <TextButton onClick={() => show(line)}>Line {line}</TextButton>: {what}
              </li>
            ))}
          </ul>
        )}
        {save.isError && <ErrorNotice error={save.error} safe="No profile was changed." />}
        <Group justify="space-between">
          <FilePick label="Profile" accept=".json,application/json" onFile={(file) => detach(open(file))}>
            Open a profile …
          </FilePick>
          <Group gap="xs">
            <Button onClick={onDone}>Cancel</Button>
            <Button variant="filled" type="submit" loading={save.isPending} disabled={problems.length > 0}>
              {edited.replaces === null ? 'Add cluster' : 'Save cluster'}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}
