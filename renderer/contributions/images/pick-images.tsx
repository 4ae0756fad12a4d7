import { Button, Loader, Group } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { Inspection } from '../../../main/contributions/formats/contract/inspection.ts';
import { formatBytes, formatInteger } from '../../../main/domain/numbers/index.ts';
import type { ImagesCalls } from '../../../main/contributions/images/calls.ts';
import { upload, useCallsOf } from '../../client/index.ts';
import { Card, ErrorNotice, HelpNote, useWindowDrop } from '../../ui/parts/index.ts';
import { FilePick, submitting, TextField } from '../../ui/fields/index.ts';
import { chosen, type Taken, taken, toOneFile } from './dropped-files.ts';

/** An attribute that React's types lack: the dialog chooses a folder with all its files. */
const wholeFolders = { webkitdirectory: '' };

type Place = { kind: 'path'; path: string } | { kind: 'upload'; upload: string };

/** Takes images: a folder or zip that is dropped or chosen, or a path on the computer that runs the program. */
export function PickImages({ onFound }: { onFound: (found: Inspection) => void }) {
  const calls = useCallsOf<ImagesCalls>('images');
  const [path, setPath] = useState('');
  const [note, setNote] = useState('');
  const folder = useRef<HTMLInputElement>(null);
  const look = useMutation({
    mutationFn: async (from: Taken): Promise<Inspection> => {
      const inspect = async (place: Place): Promise<Inspection> => {
        for await (const part of await calls.inspect({ from: place })) {
          if (part.type === 'found') return part.found;
          setNote(part.note);
        }
        throw new Error('the program gave no answer');
      };
      if ('path' in from) return inspect({ kind: 'path', path: from.path });
      setNote('Listing the files');
      const files = await from.files();
      setNote(`Packing ${formatInteger(files.length)} files`);
      const file = await toOneFile(files);
      setNote(`Copying ${file.name}, ${formatBytes(file.size)}`);
      return inspect({ kind: 'upload', upload: await upload(file) });
    },
    onSuccess: onFound,
    onSettled: () => {
      setNote('');
      if (folder.current) folder.current.value = '';
    },
  });
  const take = (files: Iterable<File>): void => {
    const images = chosen(files);
    if (images) look.mutate(images);
  };
  const busy = look.isPending;
  const over = useDrop((images) => busy || look.mutate(images));
  return (
    <Card title="Images">
      <div className="new-study-drop" data-over={over || undefined}>
        {busy ? (
          <p role="status">
            <Loader size={14} mr={8} aria-hidden />
            {note || 'Looking at the images'} …
          </p>
        ) : (
          <p>
            <strong>Drop a folder or a zip file of images here</strong>
            <span className="soft">
              One folder for each class: <code>cat/…</code> and <code>dog/…</code>, or <code>train/cat/…</code> and{' '}
              <code>test/cat/…</code>. Or a NumPy archive (.npz), or a folder of model-vs-human with answers of people
              and models.
            </span>
          </p>
        )}
        <Group gap="sm" align="stretch">
          <input
            ref={folder}
            type="file"
            hidden
            {...wholeFolders}
            aria-label="Folder of images"
            onChange={({ currentTarget: { files } }) => take(files ?? [])}
          />
          <Button variant="filled" onClick={() => folder.current?.click()} disabled={busy}>
            Choose a folder
          </Button>
          <FilePick
            label="Zip file of images"
            accept=".zip,.npz,application/zip"
            onFile={(file) => take([file])}
            disabled={busy}
          >
            Choose a zip file
          </FilePick>
        </Group>
      </div>
      <Group
        component="form"
        className="new-study-path"
        gap="sm"
        align="flex-end"
        onSubmit={submitting(() => look.mutate({ path: path.trim() }))}
      >
        <TextField
          label="Or a path on the computer that runs the program"
          description="Best for large data sets: nothing is copied first. Also reads folders of IDX files and CIFAR’s binary files"
          placeholder="/data/animals or C:\data\animals.zip"
          maxLength={4096}
          value={path}
          onChange={setPath}
        />
        <Button type="submit" disabled={busy || path.trim() === ''}>
          Look at these images
        </Button>
      </Group>
      {look.isError && <ErrorNotice error={look.error} safe="No study was created." />}
      <HelpNote>The images stay on the computer that runs the program.</HelpNote>
    </Card>
  );
}

/** Takes images that are dropped anywhere on the window. Gives whether something is over it. */
export const useDrop = (onDrop: (images: Taken) => void): boolean =>
  useWindowDrop((transfer) => onDrop(taken(transfer)));
