import { statSync } from 'node:fs';
import { extname } from 'node:path';
import { sizeOf } from '../../domain/data/index.ts';
import { onFile } from '../../files/index.ts';
import { ZipArchive } from '../../files/zip/index.ts';
import { loadDataSet } from '../../training/data/load/index.ts';
import { idxIn, idxName, type IdxPaths } from '../../training/data/sources/index.ts';
import { readIdxLabels } from '../../training/data/sources/idx/index.ts';
import type { FolderChoice, Inspection } from './contract/inspection.ts';
import { inspectWhole } from './sources/inspect-whole.ts';
import { foundIn, kindOfFile } from './sources/kinds.ts';
import { formatOfZip, readerOf } from './sources/readers.ts';
import { dataError, nameFor, type Place, type ReadContext } from './sources/source.ts';

/**
 * Looks at what lies at a path: which kind of source it is, its classes, and some images as networks will see them.
 * @param path absolute @param name what a person calls the file
 * @throws UserError `data-set.*`, `file.*`, `idx.*`
 */
export async function inspectSource(
  { path, name, choice }: { path: string; name: string; choice: FolderChoice },
  context: ReadContext,
): Promise<Inspection> {
  const called = choice.name ?? nameFor(name);
  const status = onFile(path, () => statSync(path));
  const idx = status.isDirectory() ? idxIn(path) : null;
  if (idx) return inspectIdx({ path, name: called }, idx, choice);
  const found = status.isDirectory() ? foundIn(path) : { path, kind: await formatOfFile(path, status.isFile()) };
  return readerOf(found.kind).inspect({ path: found.path, name: called }, choice, context);
}

function inspectIdx({ name }: Place, paths: IdxPaths, choice: FolderChoice): Promise<Inspection> {
  const most = readIdxLabels(paths.trainLabels).reduce((largest, label) => Math.max(largest, label), 1);
  const classes = choice.classes ?? Array.from({ length: most + 1 }, (_, label) => String(label));
  const source = { source: 'idx' as const, ...paths, name, classes };
  return inspectWhole(source, () => {
    const { classes: names, train, test, ...form } = loadDataSet(source, '/');
    return { size: sizeOf(form), classes: names, train, test, leftOut: [], notes: [] };
  });
}

/** @throws UserError `data-set.not-images`, `data-set.zip-of-files` */
async function formatOfFile(path: string, isFile: boolean): Promise<string> {
  if (!isFile) {
    const remedy = 'Choose a folder of images, or a zip of one.';
    throw dataError('not-images', 'This is neither a folder nor a file', path, remedy);
  }
  const ending = extname(path).toLowerCase();
  const named = ending === '.zip' ? null : kindOfFile(ending);
  if (named) return named.id;
  // Uploaded files have no ending.
  const names = await namesInZip(path);
  const kind = formatOfZip(names);
  if (kind !== null) return kind;
  if (names.some(isBinary)) {
    const remedy = 'Enter the path of the folder with these files; unpack them first if they are in a zip.';
    throw dataError('zip-of-files', 'These are IDX files or CIFAR’s binary files, not images', path, remedy);
  }
  return 'folder';
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
