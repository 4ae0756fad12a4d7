import { statSync } from 'node:fs';
import { basename, extname } from 'node:path';
import type { DataSetSource } from '../../../contract/study.ts';
import { onFile } from '../../../files/file-errors.ts';
import { ZipArchive } from '../../../files/zip/reader.ts';
import { idxName, inFolder } from './files-at.ts';
import { readIdxLabels } from './idx.ts';
import { dataError } from './source.ts';

/** A path of which the kind of source is known. */
export type Detected =
  | { kind: 'folder'; path: string }
  | { kind: 'npz'; path: string }
  | { kind: 'cifar'; path: string }
  | { kind: 'idx'; source: Extract<DataSetSource, { source: 'idx' }> };

/** @param path absolute @throws UserError `file.*`, `data-set.not-images`, `idx.*` */
export async function detectSource(path: string): Promise<Detected> {
  const status = onFile(path, () => statSync(path));
  if (status.isDirectory()) {
    const found = inFolder(path);
    if (found.source !== 'idx') return { kind: found.source, path: found.path };
    const most = readIdxLabels(found.trainLabels).reduce((largest, label) => Math.max(largest, label), 1);
    const classes = Array.from({ length: most + 1 }, (_, label) => String(label));
    return { kind: 'idx', source: { ...found, name: nameFor(path), classes } };
  }
  if (!status.isFile()) {
    const remedy = 'Choose a folder of images, or a zip of one.';
    throw dataError('not-images', 'This is neither a folder nor a file', path, remedy);
  }
  if (extname(path).toLowerCase() === '.npz') return { kind: 'npz', path };
  const names = await namesInZip(path);
  // Uploaded files have no ending. Which arrays an archive lacks is said when it is read.
  const areArrays = names.length > 0 && names.every((name) => name.endsWith('.npy'));
  if (areArrays || names.includes('train_images.npy')) return { kind: 'npz', path };
  if (names.some(isBinary)) {
    const remedy = 'Enter the path of the folder with these files; unpack them first if they are in a zip.';
    throw dataError('zip-of-files', 'These are IDX files or CIFAR’s binary files, not images', path, remedy);
  }
  return { kind: 'folder', path };
}

/** Whether a file of a zip belongs to a data set that is read from a folder only. */
const isBinary = (path: string): boolean => {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return idxName.test(name) || /^(test_batch|train)\.bin$/i.test(name);
};

/** Names of the files in a zip. Empty: it has many files, or is no zip. */
async function namesInZip(path: string): Promise<string[]> {
  const archive = await ZipArchive.open(path, 1000).catch(() => null);
  try {
    return archive?.entries.map(({ name }) => name) ?? [];
  } finally {
    archive?.close();
  }
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
