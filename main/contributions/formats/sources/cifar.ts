import { closeSync, fstatSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { dataSetSchema } from '../../../contract/studies/index.ts';
import { at, formatInteger, formatNames } from '../../../domain/numbers/index.ts';
import type { SourceOf } from '../../../domain/data/index.ts';
import { onFile } from '../../../files/index.ts';
import type { SourceFiles } from './fingerprint.ts';
import { inspectWhole } from './inspect-whole.ts';
import { cifarFolder } from './kinds.ts';
import {
  dataError,
  type Format,
  type FoundImages,
  type LabeledImages,
  type ReadContext,
  refuseTooMany,
} from './source.ts';

type CifarSource = SourceOf<'cifar'>;

const size = { width: 32, height: 32, channels: 3 } as const;
const planeBytes = 32 * 32;
const imageBytes = 3 * planeBytes;

/** One of the two layouts: files of both parts, the label's place in a record, and the file of names. */
interface Layout {
  train: string[];
  test: string[];
  labelBytes: 1 | 2;
  labelAt: number;
  names: string;
}

/** Reads CIFAR-10's or CIFAR-100's binary version: a label or two, then 1,024 bytes each of red, green and blue. */
async function findInCifar(source: CifarSource, { progress, signal }: ReadContext): Promise<FoundImages> {
  const folder = cifarFolder(source.path) ?? source.path;
  const layout = layoutOf(folder, source.labels);
  const names = source.classes ?? readNames(join(folder, layout.names));
  const classes = source.take ?? names;
  const labels = labelsOf(names, classes);
  const counts = [layout.train, layout.test].map((files) => countRecords(folder, files, layout));
  refuseTooMany(at(counts, 0) + at(counts, 1), size, folder);
  const total = layout.train.length + layout.test.length;
  let done = 0;
  const read = async (files: readonly string[], room: number): Promise<LabeledImages & { places: Uint32Array }> => {
    const all = {
      count: 0,
      images: new Uint8Array(room * imageBytes),
      labels: new Uint8Array(room),
      places: new Uint32Array(room),
    };
    let from = 0;
    for (const file of files) {
      signal.throwIfAborted();
      progress(done++, total, 'files');
      await setImmediate();
      from += readRecords(join(folder, file), layout, labels, all, from);
    }
    const { count, images, ...of } = all;
    return {
      count,
      images: images.subarray(0, count * imageBytes),
      labels: of.labels.subarray(0, count),
      places: of.places,
    };
  };
  const train = await read(layout.train, at(counts, 0));
  const test = await read(layout.test, at(counts, 1));
  const nameOf = (part: 'train' | 'test', index: number): string =>
    `${part} image ${(part === 'train' ? train : test).places[index]}`;
  return { size, classes, train, test, leftOut: [], notes: [], nameOf };
}

/** The new label of each label in the files; null: its class is not taken. @throws UserError `data-set.*` */
function labelsOf(names: readonly string[], taken: readonly string[]): (number | null)[] {
  const missing = taken.find((name) => !names.includes(name));
  if (missing !== undefined) {
    const remedy = `Correct dataSet.take: there are ${formatNames(names, 10)}.`;
    throw dataError('no-such-class', `The files have no class “${missing}”`, 'dataSet.take', remedy);
  }
  const twice = taken.find((name, index) => taken.indexOf(name) !== index);
  if (twice !== undefined) {
    throw dataError('duplicate-class', `The class “${twice}” is named twice`, 'dataSet', 'Keep it once.');
  }
  return names.map((name) => (taken.includes(name) ? taken.indexOf(name) : null));
}

/** Whether an image has a fine and a coarse label. */
function hasCoarseLabels(path: string): boolean {
  const folder = cifarFolder(path);
  return folder !== null && layoutOf(folder, 'fine').labelBytes === 2;
}

/** The binary files, and that of the names. */
function filesOfCifar(source: CifarSource): SourceFiles {
  const folder = cifarFolder(source.path) ?? source.path;
  const { train, test, names } = layoutOf(folder, source.labels);
  return { paths: [...train, ...test, names].map((name) => join(folder, name)), others: [] };
}

function layoutOf(folder: string, labels: CifarSource['labels']): Layout {
  const names = onFile(folder, () => readdirSync(folder).sort());
  const batches = names.filter((name) => /^data_batch_\d+\.bin$/.test(name));
  if (names.includes('test_batch.bin') && batches.length > 0) {
    return { train: batches, test: ['test_batch.bin'], labelBytes: 1, labelAt: 0, names: 'batches.meta.txt' };
  }
  if (names.includes('train.bin') && names.includes('test.bin')) {
    const labelAt = labels === 'coarse' ? 0 : 1;
    return { train: ['train.bin'], test: ['test.bin'], labelBytes: 2, labelAt, names: `${labels}_label_names.txt` };
  }
  throw dataError(
    'no-cifar',
    'The binary files of CIFAR-10 or CIFAR-100 are not in this folder',
    folder,
    'Unpack cifar-10-binary.tar.gz or cifar-100-binary.tar.gz, and choose the folder with data_batch_1.bin or train.bin.',
  );
}

function readNames(path: string): string[] {
  const text = onFile(path, () => {
    const status = statSync(path);
    if (!status.isFile() || status.size > 2 ** 16) throw notNames(path);
    return readFileSync(path, 'utf8');
  });
  const names = text.split(/\r?\n/).flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
  const isFine = names.length >= 2 && names.length <= 256 && names.every((name) => name.length <= 64);
  if (!isFine || new Set(names).size !== names.length) throw notNames(path);
  return names;
}

const notNames = (path: string) =>
  dataError(
    'cifar-names',
    'This is not a list of class names',
    path,
    'Copy the file again, or name the classes in dataSet.classes.',
  );

function countRecords(folder: string, files: readonly string[], { labelBytes }: Layout): number {
  const record = labelBytes + imageBytes;
  return files.reduce((sum, file) => {
    const path = join(folder, file);
    const status = onFile(path, () => statSync(path));
    if (status.isFile() && status.size > 0 && status.size % record === 0) return sum + status.size / record;
    const what = `This file has ${formatInteger(status.size)} bytes, which is no whole number of images of ${formatInteger(record)}`;
    throw dataError('cifar-damaged', what, path, 'Download or copy it again.');
  }, 0);
}

/**
 * Adds the images of a file that are taken to a part. @param labels see `labelsOf` @param from images of the files before
 * @returns number of images of the file
 */
function readRecords(
  path: string,
  layout: Layout,
  labels: readonly (number | null)[],
  part: LabeledImages & { places: Uint32Array },
  from: number,
): number {
  const { labelBytes, labelAt } = layout;
  const record = labelBytes + imageBytes;
  const bytes = readAll(path);
  const count = Math.floor(bytes.length / record);
  if (from + count > part.places.length || bytes.length % record !== 0) {
    throw dataError('cifar-damaged', 'This file changed while it was read', path, 'Start again once it is complete.');
  }
  for (let image = 0; image < count; image++) {
    const start = image * record;
    const stored = bytes[start + labelAt] as number;
    const label = labels[stored];
    if (label === undefined) {
      const what = `Label ${stored} is out of range: with ${labels.length} classes, labels are 0 to ${labels.length - 1}`;
      throw dataError(
        'label-out-of-range',
        what,
        `${path}, image ${image + 1}`,
        'Name all classes, or download the file again.',
      );
    }
    if (label === null) continue;
    part.labels[part.count] = label;
    part.places[part.count] = from + image;
    const to = part.count++ * imageBytes;
    for (let pixel = 0; pixel < planeBytes; pixel++) {
      for (let c = 0; c < 3; c++) {
        part.images[to + 3 * pixel + c] = bytes[start + labelBytes + c * planeBytes + pixel] as number;
      }
    }
  }
  return count;
}

function readAll(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    if (!fstatSync(file).isFile()) throw dataError('cifar-damaged', 'This is not a plain file', path, 'Copy it again.');
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** CIFAR-10's or CIFAR-100's binary files. */
export const cifar: Format<CifarSource> = {
  files: filesOfCifar,
  find: findInCifar,
  inspect: async (place, { classes = null, folders, labels }, context) => {
    const declared = { source: 'cifar', ...place, classes, labels, take: folders ?? undefined };
    const source = dataSetSchema.parse(declared) as CifarSource;
    const found = await inspectWhole(source, () => findInCifar(source, context));
    return { ...found, hasCoarseLabels: hasCoarseLabels(place.path) };
  },
};
