import { Button, FileInput, Group, Modal, Radio, Stack } from '@mantine/core';
import { useState } from 'react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import type { Preset } from '../../../main/contract/api/studies.ts';
import { formatCost } from '../../../main/domain/numbers/format.ts';
import { useApi } from '../../client/context.tsx';
import { studyAddress } from '../../navigation/addresses.ts';
import { DialogButtons } from '../../ui/parts/confirm.tsx';
import { ErrorNotice } from '../../ui/parts/states.tsx';
import { engineTitles } from '../../../main/contract/runs/run.ts';
import { TextField, CheckField, submitting } from '../../ui/fields/fields.tsx';
import { detach } from '../../../main/contract/wire/detach.ts';

const maxBytes = 4 * 2 ** 20;

/** Creates a study from a preset or a file, without starting it. */
export function NewStudy({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Create study" size="lg">
      <NewStudyForm onClose={onClose} />
    </Modal>
  );
}

function NewStudyForm({ onClose }: { onClose: () => void }) {
  const api = useApi();
  const [, navigate] = useLocation();
  const presets = useQuery(api.studies.presets.queryOptions({ input: {} }));
  const [from, setFrom] = useState('quick');
  const [file, setFile] = useState<File | null>(null);
  const [name, setName] = useState('');
  const [title, setTitle] = useState('');
  const [peopleOnly, setPeopleOnly] = useState(false);
  const [images, setImages] = useState('');
  const [fresh, setFresh] = useState<boolean | null>(null);
  const chosen = presets.data?.find(({ preset }) => preset === from);
  const isFresh = fresh ?? chosen?.paper === false;
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
    if (from !== 'file') {
      return create.mutate({
        source: { kind: 'preset', preset: from },
        ...words,
        ...(isFresh && { freshAnchors: true }),
        ...(peopleOnly && { peopleOnly }),
        ...(chosen?.dataSet && images.trim() !== '' && { dataSetPath: images.trim() }),
      });
    }
    if (!file) return;
    const text = file.size > maxBytes ? '' : await file.text();
    create.mutate({ source: { kind: 'text', text, file: file.name }, ...words });
  };
  return (
    <form onSubmit={submitting(() => detach(submit()))}>
      <Stack gap="md">
        <Radio.Group value={from} onChange={setFrom} label="Start from" name="source">
          <Stack gap="sm" mt="xs">
            {(presets.data ?? []).map((preset) => (
              <PresetChoice key={preset.preset} preset={preset} />
            ))}
            <Radio
              value="file"
              label="My own study file"
              description="JSON; docs/data-formats.md describes the format"
            />
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
            clearButtonProps={{ 'aria-label': 'Clear the file' }}
            error={file && file.size > maxBytes ? 'This file is too large: a study file has at most 4 MB' : null}
          />
        )}
        {chosen?.dataSet && (
          <TextField
            label="Images"
            description={`Folder of ${chosen.dataSet.name} on the computer that runs the program.${chosen.dataSet.found ? ' Default: its usual place, where it was found' : ''}`}
            required={!chosen.dataSet.found}
            maxLength={4096}
            value={images}
            onChange={setImages}
          />
        )}
        {from !== 'file' && (
          <CheckField
            label="Fresh anchors for every pair"
            description="Pairs are then independent, and intervals narrower. Off: as in the preset. The paper has one anchor a class."
            checked={isFresh}
            onChange={setFresh}
          />
        )}
        {from !== 'file' && (
          <CheckField
            label="People only"
            description="No models are trained and no labels simulated. You can add models later."
            checked={peopleOnly}
            onChange={setPeopleOnly}
          />
        )}
        <Group grow align="end">
          <TextField
            label="Name"
            description="For links and commands. Default: the preset’s name"
            maxLength={64}
            value={name}
            onChange={setName}
          />
          <TextField
            label="Title"
            description="For screens and reports. Default: the preset’s title"
            maxLength={200}
            value={title}
            onChange={setTitle}
          />
        </Group>
        {create.isError && <ErrorNotice error={create.error} safe="No study was created." />}
        <DialogButtons onCancel={onClose}>
          <Button
            variant="filled"
            type="submit"
            loading={create.isPending}
            disabled={from === 'file' && (!file || file.size > maxBytes)}
          >
            Create study
          </Button>
        </DialogButtons>
      </Stack>
    </form>
  );
}

function PresetChoice({ preset }: { preset: Preset }) {
  return (
    <Radio
      value={preset.preset}
      label={preset.title}
      description={`${preset.does} Full run: ${formatCost(preset.cost)} with ${engineTitles[preset.engine]}.`}
    />
  );
}
