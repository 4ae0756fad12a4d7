import { Button, FileInput, Group, Modal, Radio, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { Preset } from '../../../main/contract/api/studies.ts';
import { studyAddress } from '../../navigation/addresses.ts';
import { useApi } from '../../client/context.tsx';
import { ErrorNotice } from '../../ui/states.tsx';
import { formatCost } from '../../../main/domain/format.ts';

const maxBytes = 4 * 2 ** 20;

/** A new study from a preset or a file. Nothing runs until the user says so. */
export function NewStudy({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="New study" size="lg">
      <NewStudyForm onClose={onClose} />
    </Modal>
  );
}

function NewStudyForm({ onClose }: { onClose: () => void }) {
  const api = useApi();
  const [, navigate] = useLocation();
  const [from, setFrom] = useState('quick');
  const [file, setFile] = useState<File | null>(null);
  const [name, setName] = useState('');
  const [title, setTitle] = useState('');
  const presets = useQuery(api.studies.presets.queryOptions({ input: {} }));
  const create = useMutation(
    api.studies.create.mutationOptions({
      onSuccess: (made) => {
        onClose();
        navigate(studyAddress(made.name));
      },
    }),
  );
  const submit = async (): Promise<void> => {
    const words = { name: name.trim() || null, title: title.trim() || null };
    if (from !== 'file') return create.mutate({ source: { kind: 'preset', preset: from }, ...words });
    if (!file) return;
    const text = file.size > maxBytes ? '' : await file.text();
    create.mutate({ source: { kind: 'text', text, file: file.name }, ...words });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Stack gap="md">
        <Radio.Group value={from} onChange={setFrom} label="Begin with" name="source">
          <Stack gap="sm" mt="xs">
            {(presets.data ?? []).map((preset) => (
              <PresetChoice key={preset.preset} preset={preset} />
            ))}
            <Radio value="file" label="A study file of mine" description="JSON, as docs/data-formats.md describes it" />
          </Stack>
        </Radio.Group>
        {from === 'file' && (
          <FileInput
            label="Study file"
            placeholder="Choose a file"
            accept=".json,application/json"
            value={file}
            onChange={setFile}
            clearable
            clearButtonProps={{ 'aria-label': 'Choose no file' }}
            error={file && file.size > maxBytes ? 'This is too large for a study file (4 MB at most)' : null}
          />
        )}
        <Group grow align="end">
          <TextInput
            label="Name"
            description="In addresses and commands; left empty: the preset’s"
            maxLength={64}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            label="Title"
            description="On its report; left empty: the preset’s"
            maxLength={200}
            value={title}
            onChange={(event) => setTitle(event.currentTarget.value)}
          />
        </Group>
        {create.isError && <ErrorNotice error={create.error} safe="Nothing was made." />}
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            loading={create.isPending}
            disabled={from === 'file' && (!file || file.size > maxBytes)}
          >
            Make the study
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function PresetChoice({ preset }: { preset: Preset }) {
  return (
    <Radio
      value={preset.preset}
      label={preset.title}
      description={`${preset.does} To its report: ${formatCost(preset.cost)} with ${preset.engine}.`}
    />
  );
}
