import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { OutsideCalls } from '../../../main/contributions/outside/calls.ts';
import { maxModelUploads, type ModelFiles } from '../../../main/contributions/outside/schemas.ts';
import { UserError } from '../../../main/contract/wire/index.ts';
import type { FilesOf } from '../../../main/contributions/outside/contract/outside.ts';
import { formatBytes } from '../../../main/domain/numbers/index.ts';
import { mapFiles } from '../../../main/contributions/outside/contract/files.ts';
import { pathOnDisk, upload, useCallsOf } from '../../client/index.ts';
import type { OpenAnswers } from './answers-dialog.tsx';
import type { OpenModel } from './model-dialog.tsx';
import { type ModelParts, sortFiles } from './model-parts.ts';

/** What is to be looked into: files that were chosen together, all files of an image-text model, or paths. */
type Choice =
  | { from: 'files'; files: readonly File[] }
  | { from: 'parts'; parts: ModelParts<File> }
  | { from: 'paths'; paths: FilesOf<string> };

/** Looks into chosen files or paths, and keeps what was found until it is closed. */
export function useOpenFiles(study: string) {
  const calls = useCallsOf<OutsideCalls>('outside');
  const [note, setNote] = useState('');
  const [table, setTable] = useState<OpenAnswers | null>(null);
  const [model, setModel] = useState<OpenModel | null>(null);
  const [parts, setParts] = useState<ModelParts<File> | null>(null);
  /** Ids of files that were handed over: where another part is missing, they are not handed over again. */
  const handedOver = useRef(new Map<File, string>());
  const leave = useRef(new AbortController());

  const inspect = async (files: FilesOf<ModelFiles>, name: string): Promise<void> => {
    const { signal } = leave.current;
    for await (const part of await calls.inspect({ study, files }, { signal })) {
      if (signal.aborted) return;
      if (part.type === 'progress') setNote(part.note);
      else {
        setParts(null);
        setModel({ files, name, found: part.found });
      }
    }
  };
  const handOver = async (file: File): Promise<string> => {
    const known = handedOver.current.get(file);
    if (known !== undefined) return known;
    setNote(`Copying ${file.name}, ${formatBytes(file.size)}`);
    const id = await upload(file, leave.current.signal);
    handedOver.current.set(file, id);
    return id;
  };
  const source = async (file: File, data: readonly File[] = []): Promise<ModelFiles> => {
    const path = pathOnDisk(file);
    if (path !== null) return { kind: 'path', path };
    if (data.length >= maxModelUploads) throw tooMany(data.length + 1);
    const uploads: string[] = [];
    for (const each of [file, ...data]) uploads.push(await handOver(each));
    return { kind: 'uploads', uploads };
  };
  const openFiles = async ([first, ...others]: readonly File[]): Promise<void> => {
    if (!first) return;
    const sorted = sortFiles([first, ...others]);
    if (sorted.kind === 'onnx') return inspect({ model: await source(sorted.model, sorted.data) }, sorted.model.name);
    if (sorted.kind === 'image-text') return setParts(sorted.parts);
    const id = await handOver(sorted.table);
    setTable({ upload: id, preview: await calls.previewAnswers({ study, upload: id, wanted: {} }) });
  };
  const openParts = async ({ image, text, tokenizer, data }: ModelParts<File>): Promise<void> => {
    if (!image || !text || !tokenizer) return;
    // External data may be of either encoder, or of both.
    const [model, encoder, tokens] = [await source(image, data), await source(text, data), await source(tokenizer)];
    return inspect({ model, text: { encoder, tokenizer: tokens } }, image.name);
  };
  const open = useMutation({
    mutationFn: (choice: Choice): Promise<void> => {
      setNote('');
      if (choice.from === 'files') return openFiles(choice.files);
      if (choice.from === 'parts') return openParts(choice.parts);
      const { paths } = choice;
      return inspect(
        mapFiles(paths, (path) => ({ kind: 'path', path })),
        paths.model.split(/[\\/]/).at(-1) ?? '',
      );
    },
  });
  /** Ends what is under way, too. */
  const close = (): void => {
    leave.current.abort();
    leave.current = new AbortController();
    handedOver.current.clear();
    open.reset();
    setTable(null);
    setModel(null);
    setParts(null);
  };
  return { open, note, table, model, parts, setParts, close };
}

const tooMany = (count: number): UserError =>
  new UserError(
    'outside.files',
    `These are ${count} files, and a model can have at most ${maxModelUploads} here`,
    'the chosen files',
    'Enter the path of the .onnx file instead; its external data are read where they lie.',
  );
