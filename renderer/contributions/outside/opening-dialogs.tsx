import { Button, Group, Loader, Modal, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { FilesOf } from '../../../main/contributions/outside/contract/outside.ts';
import { formatNames } from '../../../main/domain/numbers/index.ts';
import { ErrorNotice, Failing, HelpNote } from '../../ui/parts/index.ts';
import { FilePick, Segments, submitting } from '../../ui/fields/index.ts';
import { PlainTable } from '../../ui/tables/index.ts';
import { areUnclear, missingParts, type ModelParts } from './model-parts.ts';

/** How far files are looked into. */
export interface Opening {
  isPending: boolean;
  note: string;
  error: unknown;
}

export function OpeningState({ isPending, note, error, onDismiss }: Opening & { onDismiss?: () => void }) {
  if (isPending)
    return (
      <p role="status">
        <Loader size={14} mr={8} aria-hidden />
        {note || 'Reading'} …
      </p>
    );
  return error === null ? null : (
    <ErrorNotice error={error} safe="Nothing was stored." {...(onDismiss && { onDismiss })} />
  );
}

interface PartsDialogProps {
  parts: ModelParts<File>;
  opening: Opening;
  onChange: (parts: ModelParts<File>) => void;
  onOpen: () => void;
  onClose: () => void;
}

const partRows = [
  { part: 'image', title: 'Image encoder', accept: '.onnx' },
  { part: 'text', title: 'Text encoder', accept: '.onnx' },
  { part: 'tokenizer', title: 'Tokenizer', accept: '.json' },
] as const;

/** Shows which file is which part of an image-text model, and takes what is missing. */
export function PartsDialog({ parts, opening, onChange, onOpen, onClose }: PartsDialogProps) {
  const missing = missingParts(parts);
  const { image, text, data } = parts;
  const isOpen = missing.length === 0 && !opening.isPending;
  const how = { size: 'compact-xs', disabled: opening.isPending };
  const dataNames = data.map(({ name }) => name);
  const rows = [
    ...partRows.map(({ part, title, accept }) => ({
      title,
      file: parts[part] ? <bdi>{parts[part].name}</bdi> : <Failing>Missing</Failing>,
      pick: (
        <FilePick
          {...how}
          label={`File of the part ${title}`}
          accept={accept}
          aria-label={`Choose the file of the part ${title}`}
          onFile={(file) => onChange({ ...parts, [part]: file })}
        >
          Choose
        </FilePick>
      ),
    })),
    {
      title: 'External data',
      file: data.length === 0 ? <span className="soft">None</span> : formatNames(dataNames, 4),
      pick: (
        <FilePick
          {...how}
          label="Files of external data"
          aria-label="Add files of external data"
          onFiles={(files) => onChange({ ...parts, data: [...data, ...files] })}
        >
          Add
        </FilePick>
      ),
    },
  ];
  return (
    <Modal opened onClose={onClose} title="Files of an image-text model" size="lg" closeOnClickOutside={false}>
      <Stack gap="md">
        <HelpNote>
          CLIP, SigLIP and the like have an image encoder, a text encoder, and the tokenizer.json that belongs to them.
        </HelpNote>
        <PlainTable
          label="Files by part"
          className="wide-table"
          rows={rows}
          rowKey={({ title }) => title}
          columns={[
            { title: 'Part', cell: ({ title }) => title },
            { title: 'File', cell: ({ file }) => file },
            { title: 'Change', numeric: true, cell: ({ pick }) => pick },
          ]}
        />
        <p role="status">
          {missing.length > 0
            ? `Still to choose: ${formatNames(missing)}.`
            : opening.error !== null
              ? 'If the encoders are the other way around, swap them.'
              : areUnclear(parts) && 'The names do not say which encoder is which: swap them if this is wrong.'}
        </p>
        <OpeningState {...opening} />
        <Group justify="space-between">
          <Button
            disabled={(image ?? text) === null || opening.isPending}
            onClick={() => onChange({ ...parts, image: text, text: image })}
          >
            Swap the encoders
          </Button>
          <Group gap="xs">
            <Button onClick={onClose}>Cancel</Button>
            <Button variant="filled" data-autofocus={isOpen || undefined} disabled={!isOpen} onClick={onOpen}>
              Look into the files
            </Button>
          </Group>
        </Group>
      </Stack>
    </Modal>
  );
}

interface PathDialogProps {
  opening: Opening;
  onPaths: (paths: FilesOf<string>) => void;
  onClose: () => void;
}

/** Asks where a model lies: nothing is copied before it is added, and external data may lie in folders. */
export function PathDialog({ opening, onPaths, onClose }: PathDialogProps) {
  const [kind, setKind] = useState<'onnx' | 'image-text'>('onnx');
  const [typed, setTyped] = useState({ model: '', encoder: '', tokenizer: '' });
  const model = typed.model.trim();
  const text = { encoder: typed.encoder.trim(), tokenizer: typed.tokenizer.trim() };
  const isImageText = kind === 'image-text';
  const isComplete = model !== '' && (!isImageText || (text.encoder !== '' && text.tokenizer !== ''));
  const field = (part: keyof typeof typed) => ({
    maxLength: 4096,
    value: typed[part],
    onChange: ({ currentTarget: { value } }: { currentTarget: { value: string } }) =>
      setTyped({ ...typed, [part]: value }),
  });
  return (
    <Modal opened onClose={onClose} title="Add a model by its path" size="lg">
      <form
        onSubmit={submitting(() => {
          if (isComplete && !opening.isPending) onPaths(isImageText ? { model, text } : { model });
        })}
      >
        <Stack gap="md">
          <Segments
            label="Kind of model"
            value={kind}
            onChange={setKind}
            options={{ onnx: 'Classifier', 'image-text': 'Image-text model' }}
          />
          <TextInput
            data-autofocus
            label={`Path of the ${isImageText ? 'image encoder' : '.onnx file'} on the computer that runs the program`}
            description="Best for large models: nothing is copied first. External data are found where the export wrote them"
            placeholder={
              isImageText ? '/models/clip/vision_model.onnx' : '/models/resnet18.onnx or C:\\models\\resnet18.onnx'
            }
            {...field('model')}
          />
          {isImageText && (
            <>
              <TextInput
                label="Path of the text encoder"
                placeholder="/models/clip/text_model.onnx"
                {...field('encoder')}
              />
              <TextInput
                label="Path of tokenizer.json"
                placeholder="/models/clip/tokenizer.json"
                {...field('tokenizer')}
              />
            </>
          )}
          <OpeningState {...opening} />
          <Group justify="end" gap="xs">
            <Button onClick={onClose}>Cancel</Button>
            <Button variant="filled" type="submit" disabled={!isComplete || opening.isPending}>
              {isImageText ? 'Look into the files' : 'Look into the file'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
