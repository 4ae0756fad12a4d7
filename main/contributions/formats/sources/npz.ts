import { formatBytes, formatCount, formatNames } from '../../../domain/numbers/index.ts';
import { dataSetSchema } from '../../../contract/studies/index.ts';
import type { ImageSize, SourceOf } from '../../../domain/data/index.ts';
import { fileError } from '../../../files/index.ts';
import { ZipArchive, type ZipEntry } from '../../../files/zip/index.ts';
import { inspectWhole } from './inspect-whole.ts';
import { type NpyArray, npyShape, readNpy } from './npy.ts';
import {
  dataError,
  type Format,
  type FoundImages,
  type LabeledImages,
  LeftOut,
  maxImages,
  maxPixelBytes,
  reasonOf,
  type ReadContext,
  refuseTooMany,
} from './source.ts';

type NpzSource = SourceOf<'npz'>;

const arrays = ['train_images', 'train_labels', 'test_images', 'test_labels'] as const;
/** Room for header and padding of an array. */
const headerBytes = 2 ** 16;

/** Reads a NumPy archive in MedMNIST's layout (docs/data-formats.md). Validation images are not used. */
async function findInNpz(source: NpzSource, { progress, signal }: ReadContext): Promise<FoundImages> {
  const { path, classes } = source;
  const archive = await openArchive(path);
  try {
    const byName = new Map(archive.entries.map((entry) => [entry.name, entry]));
    refuseLarge(byName, path);
    const read = async (name: (typeof arrays)[number], done: number): Promise<NpyArray> => {
      signal.throwIfAborted();
      progress(done, arrays.length, 'arrays');
      const bytes = await readEntry(archive, byName.get(`${name}.npy`), name, path);
      return readNpy(bytes, name.endsWith('images') ? 'pixels' : 'labels', `${path}, ${name}`);
    };
    const train = toPart(await read('train_images', 0), await read('train_labels', 1), source, 'train');
    const test = toPart(await read('test_images', 2), await read('test_labels', 3), source, 'test');
    if (train.shape !== test.shape) {
      const what = `Training images have the size ${train.shape}, test images ${test.shape} (height × width × channels)`;
      throw dataError('size-mismatch', what, path, 'Bring all images to one size.');
    }
    refuseTooMany(train.part.count + test.part.count, train.size, path);
    const leftOut = new LeftOut();
    if (byName.has('val_images.npy')) {
      const reason = 'they are validation images, and only training and test images are used';
      leftOut.add(reason, 'val_images', await countOf(archive, byName.get('val_labels.npy'), path));
    }
    const nameOf = (part: string, index: number): string => `${part}_images[${index}]`;
    return {
      size: train.size,
      classes,
      train: train.part,
      test: test.part,
      leftOut: leftOut.list(),
      notes: [],
      nameOf,
    };
  } finally {
    archive.close();
  }
}

/** Number of validation labels, which are not used, whatever they are; 1: unknown. */
async function countOf(archive: ZipArchive, labels: ZipEntry | undefined, path: string): Promise<number> {
  try {
    const [count = 1] = npyShape(await readEntry(archive, labels, 'val_labels', path), 'val_labels');
    return Math.max(1, count);
  } catch {
    return 1;
  }
}

/** Before they are read: two arrays of the largest size would take twice the memory. @throws UserError `data-set.too-large` */
function refuseLarge(entries: ReadonlyMap<string, ZipEntry>, path: string): void {
  const sizes = ['train', 'test'].map((part) => entries.get(`${part}_images.npy`)?.bytes ?? 0);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  // An array that alone is too large is named when it is read.
  if (bytes <= maxPixelBytes + 2 * headerBytes || Math.max(...sizes) > maxPixelBytes + headerBytes) return;
  const what = `The arrays of images have ${formatBytes(bytes)}, and at most ${formatBytes(maxPixelBytes)} fit into memory`;
  throw dataError('too-large', what, path, 'Save smaller or fewer images.');
}

async function openArchive(path: string): Promise<ZipArchive> {
  try {
    return await ZipArchive.open(path);
  } catch (error) {
    const known = fileError(error, path);
    if (known !== error) throw known;
    const detail = reasonOf(error);
    const remedy = 'Copy it again, or save it again with np.savez_compressed.';
    throw dataError('npz-damaged', `This is not a NumPy archive (.npz): ${detail}`, path, remedy, error);
  }
}

async function readEntry(
  archive: ZipArchive,
  entry: ZipEntry | undefined,
  name: string,
  path: string,
): Promise<Buffer> {
  if (!entry || entry.encrypted || !entry.regular) {
    const there = archive.entries.map((each) => each.name.replace(/\.npy$/, ''));
    const shown = there.length === 0 ? 'nothing' : formatNames(there, 8);
    const lacking = arrays.filter((each) => each === name || !there.includes(each));
    const what = `The archive lacks the ${lacking.length === 1 ? 'array' : 'arrays'} ${formatNames(lacking)}; it has ${shown}`;
    const remedy = 'Save four arrays: train_images, train_labels, test_images, test_labels.';
    throw dataError('npz-missing', what, path, remedy);
  }
  // Labels have 8 bytes at most.
  const most = (name.endsWith('images') ? maxPixelBytes : 8 * maxImages) + headerBytes;
  if (entry.bytes > most) {
    const remedy = 'Save smaller or fewer images.';
    throw dataError('too-large', `The array ${name} has more than ${formatBytes(most)}`, path, remedy);
  }
  return archive.read(entry).catch((error: unknown) => {
    const detail = reasonOf(error);
    throw dataError(
      'npz-damaged',
      `The array ${name} is damaged: ${detail}`,
      path,
      'Copy or save the file again.',
      error,
    );
  });
}

interface Part {
  part: LabeledImages;
  size: ImageSize;
  shape: string;
}

function toPart(images: NpyArray, labels: NpyArray, { path, classes }: NpzSource, name: 'train' | 'test'): Part {
  const [count = 0, height = 0, width = 0, channels = 1] = images.shape;
  const isImages = [3, 4].includes(images.shape.length) && count > 0;
  const inRange = [height, width].every((side) => side >= 4 && side <= 1024);
  if (!isImages || !inRange || (channels !== 1 && channels !== 3)) {
    const what = `${name}_images has the shape (${images.shape.join(', ')}), not (images, height, width) or (images, height, width, 3)`;
    throw dataError(
      'npz-shape',
      what,
      path,
      'Save images of 4 to 1024 pixels a side, with one or three channels last.',
    );
  }
  const [labelCount = 0, perImage = 1] = labels.shape;
  if (labels.shape.length > 2 || labels.shape.length < 1 || perImage !== 1) {
    const what = `${name}_labels has the shape (${labels.shape.join(', ')}), not one label an image`;
    throw dataError('npz-shape', what, path, 'Choose one label an image; several labels an image are not possible.');
  }
  if (labelCount !== count) {
    const what = `There are ${formatCount(count, 'image')} but ${formatCount(labelCount, 'label')} in the ${name} arrays`;
    throw dataError('count-mismatch', what, path, 'Save a label for each image.');
  }
  const index = labels.values.findIndex((label) => label >= classes.length);
  if (index >= 0) {
    const what = `Label ${labels.values[index]} is out of range: with ${classes.length} classes, labels are 0 to ${classes.length - 1}`;
    const remedy = 'Name all classes in dataSet.classes, or correct the labels; they count from 0.';
    throw dataError('label-out-of-range', what, `${path}, ${name}_labels[${index}]`, remedy);
  }
  const size = { width, height, channels } as const;
  return {
    part: { count, images: images.values, labels: labels.values },
    size,
    shape: `${height} × ${width} × ${channels}`,
  };
}

/** Numbers as names of as many classes as there are training labels. @throws UserError `data-set.*`, `file.*` */
async function npzClasses(path: string): Promise<string[]> {
  const archive = await openArchive(path);
  try {
    const entry = archive.entries.find(({ name }) => name === 'train_labels.npy');
    const where = `${path}, train_labels`;
    const { values } = readNpy(await readEntry(archive, entry, 'train_labels', path), 'labels', where);
    const most = values.reduce((largest, label) => Math.max(largest, label), 1);
    return Array.from({ length: most + 1 }, (_, label) => String(label));
  } finally {
    archive.close();
  }
}

/** A NumPy archive in MedMNIST's layout. */
export const npz: Format<NpzSource> = {
  // Which arrays an archive lacks is said when it is read.
  isZip: (names) =>
    (names.length > 0 && names.every((name) => name.endsWith('.npy'))) || names.includes('train_images.npy'),
  files: ({ path }) => ({ paths: [path], others: [] }),
  find: findInNpz,
  inspect: async (place, { classes }, context) => {
    const declared = { source: 'npz', ...place, classes: classes ?? (await npzClasses(place.path)) };
    const source = dataSetSchema.parse(declared) as NpzSource;
    return inspectWhole(source, () => findInNpz(source, context));
  },
};
