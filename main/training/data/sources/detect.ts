import { readdirSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { DataSetSource } from '../../../contract/study.ts';
import { fileError } from '../../../files/file-errors.ts';
import { ZipArchive } from '../../../files/zip/reader.ts';
import { cifarFolder } from './cifar.ts';
import { readIdxLabels } from './idx.ts';
import { dataError } from './source.ts';

/** A path of which the kind of source is known. */
export type Detected =
  | { kind: 'folder'; path: string }
  | { kind: 'npz'; path: string }
  | { kind: 'cifar'; path: string }
  | { kind: 'idx'; source: Extract<DataSetSource, { source: 'idx' }> };

const idxNames = {
  trainImages: /^train-images[.-]idx3-ubyte(\.gz)?$/,
  trainLabels: /^train-labels[.-]idx1-ubyte(\.gz)?$/,
  testImages: /^t10k-images[.-]idx3-ubyte(\.gz)?$/,
  testLabels: /^t10k-labels[.-]idx1-ubyte(\.gz)?$/,
};

/** @param path absolute @throws UserError `file.*`, `data-set.not-images`, `idx.*` */
export async function detectSource(path: string): Promise<Detected> {
  const status = statOf(path);
  if (status.isDirectory()) {
    const cifar = cifarFolder(path);
    if (cifar !== null) return { kind: 'cifar', path: cifar };
    const idx = idxSource(path);
    return idx ? { kind: 'idx', source: idx } : { kind: 'folder', path };
  }
  if (!status.isFile()) {
    const remedy = 'Choose a folder of images, or a zip of one.';
    throw dataError('not-images', 'This is neither a folder nor a file', path, remedy);
  }
  return { kind: extname(path).toLowerCase() === '.npz' || (await isNpz(path)) ? 'npz' : 'folder', path };
}

function statOf(path: string) {
  try {
    return statSync(path);
  } catch (error) {
    throw fileError(error, path);
  }
}

/** Uploaded files have no ending. */
async function isNpz(path: string): Promise<boolean> {
  const archive = await ZipArchive.open(path, 1000).catch(() => null);
  try {
    return archive?.entries.some(({ name }) => name === 'train_images.npy') ?? false;
  } finally {
    archive?.close();
  }
}

/** The four files of MNIST's layout, under their usual names; null: they are not there. Classes are numbered. */
function idxSource(folder: string): Extract<DataSetSource, { source: 'idx' }> | null {
  const names = readdirSync(folder);
  const found = Object.entries(idxNames).map(([key, pattern]) => {
    const name = names.find((each) => pattern.test(each));
    return [key, name === undefined ? null : join(folder, name)] as const;
  });
  if (found.some(([, path]) => path === null)) return null;
  const files = Object.fromEntries(found) as Record<keyof typeof idxNames, string>;
  const most = readIdxLabels(files.trainLabels).reduce((largest, label) => Math.max(largest, label), 1);
  const classes = Array.from({ length: most + 1 }, (_, label) => String(label));
  return { source: 'idx', name: nameFor(folder), classes, ...files };
}

/** A name that a study file may have, like that of the file. */
export function nameFor(path: string): string {
  const name = basename(path, extname(path));
  const plain = name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9 ._-]+/g, ' ')
    .trim();
  const begins = plain
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 64)
    .trim();
  // An upload is called by its id.
  return begins === '' || /^[0-9a-f]{8}-[0-9a-f]{4}-/.test(begins) ? 'My images' : begins;
}
