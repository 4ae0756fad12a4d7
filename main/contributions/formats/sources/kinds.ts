import { existsSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { UserError } from '../../../contract/wire/index.ts';
import type { DataSetSource } from '../../../contract/studies/index.ts';
import { directTitles, isPrepared, type PreparedSource } from '../../../domain/data/index.ts';
import { formatNames } from '../../../domain/numbers/index.ts';
import { dataError } from '../../../training/data/index.ts';
import { idxIn, type IdxPaths } from '../../../training/data/sources/index.ts';
import type { FolderChoice } from '../contract/inspection.ts';

/** What a host knows of a format; what reads it is in `readers.ts`, which only the process that reads files loads. */
export interface Kind {
  /** Its `format` in a study file; of those that have a `source` of their own, this. */
  readonly id: string;
  /** What a person calls data sets of this kind, and their path. */
  readonly title: string;
  readonly path: { readonly label: string; readonly is: 'file' | 'folder' | 'any' };
  /** Its files by their ending, in small letters, and what a person calls one. */
  readonly file?: { readonly ending: string; readonly called: string };
  /** Where in a folder such a data set lies, by the names of files alone; null: there is none. */
  readonly inFolder?: (folder: string) => string | null;
  /** What a person may choose of how it is read. */
  readonly choices: readonly (keyof FolderChoice)[];
}

const namesOnly = ['name', 'classes'] as const;

/** The formats, a line each in `readers.ts` too. A folder is of the first that finds something in it. */
export const kinds: readonly Kind[] = [
  {
    id: 'cifar',
    title: 'CIFAR binary files',
    path: { label: 'Folder', is: 'folder' },
    inFolder: cifarFolder,
    choices: [...namesOnly, 'folders', 'labels'],
  },
  {
    id: 'npz',
    title: 'NumPy archive',
    path: { label: 'File (.npz)', is: 'file' },
    file: { ending: '.npz', called: 'a NumPy archive (.npz)' },
    choices: namesOnly,
  },
  {
    id: 'folder',
    title: 'Image folder',
    path: { label: 'Folder or zip file', is: 'any' },
    file: { ending: '.zip', called: 'a zip of images' },
    inFolder: (folder) => folder,
    choices: [...namesOnly, 'folders', 'channels', 'width', 'height', 'resize', 'background', 'split'],
  },
];

/** The id of the format that reads a source. */
export const formatOf = (source: PreparedSource): string => (source.source === 'file' ? source.format : source.source);

/** @throws UserError `data-set.no-format` */
export function kindOf(source: PreparedSource): Kind {
  const id = formatOf(source);
  const kind = kinds.find((each) => each.id === id);
  if (kind) return kind;
  throw dataError(
    'no-format',
    `Nothing here reads data sets of the format “${id}”`,
    source.path,
    `Correct dataSet.format: there are ${formatNames(kinds.map((each) => each.id))}.`,
  );
}

/** What a person calls data sets of a source's kind. */
export const titleOf = (source: DataSetSource): string =>
  isPrepared(source) ? kindOf(source).title : directTitles[source.source];

/** A path of which the kind is known by the names of files alone. */
export interface Found {
  readonly kind: Kind['id'];
  readonly title: string;
  readonly path: string;
}

/** The folder itself, or the one that the published archive unpacks to; null: there are no such files. */
export function cifarFolder(path: string): string | null {
  const folders = [path, ...['cifar-10-batches-bin', 'cifar-100-binary'].map((name) => join(path, name))];
  const isOne = (folder: string): boolean =>
    existsSync(join(folder, 'test_batch.bin')) ||
    ['train.bin', 'test.bin'].every((name) => existsSync(join(folder, name)));
  return folders.find(isOne) ?? null;
}

/** The kind of files of an ending, in small letters. */
export const kindOfFile = (ending: string): Kind | undefined => kinds.find(({ file }) => file?.ending === ending);

/** What a folder holds. */
export function foundIn(folder: string): Found {
  for (const { id, title, inFolder } of kinds) {
    const path = inFolder?.(folder) ?? null;
    if (path !== null) return { kind: id, title, path };
  }
  throw new Error('an image folder is any folder');
}

/**
 * What lies at a path, by the names of files alone. @param path absolute
 * @throws UserError `data-set.no-file`, `data-set.files-missing`, `data-set.unknown-files`
 */
export function filesAt(path: string): Found | { readonly idx: IdxPaths } {
  const idx = idxIn(path);
  if (idx) return { idx };
  if (statSync(path).isDirectory()) return foundIn(path);
  const kind = kindOfFile(extname(path).toLowerCase());
  if (kind) return { kind: kind.id, title: kind.title, path };
  throw unknownFiles(path);
}

function unknownFiles(path: string): UserError {
  const called = kinds.flatMap(({ file }) => file?.called ?? []).toReversed();
  return new UserError(
    'data-set.unknown-files',
    `This file is neither ${called.join(' nor ')}`,
    path,
    'Choose such a file, or the folder of image folders, IDX files or CIFAR’s binary files.',
  );
}
