import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { UserError } from '../../../contract/wire/index.ts';
import { at, formatCount, formatNames } from '../../../domain/numbers/index.ts';
import { hasColor, imageLength, sizeOf, type SourceOf } from '../../../domain/data/index.ts';
import { decodeImage, toSize, UnusableImage } from './decode-image.ts';
import { sha256 } from '../../../files/index.ts';
import type { SourceFiles } from './fingerprint.ts';
import { type ImageFiles, listImageFiles } from './image-files.ts';
import { inspectFolder } from './inspect-folder.ts';
import { colorOf, layOut } from './lay-out.ts';
import type { FolderLayout, PlacedFile } from './layout.ts';
import { pixelBudget } from './pixel-budget.ts';
import {
  dataError,
  type Format,
  type FoundImages,
  type LabeledImages,
  type ReadContext,
  refuseTooMany,
} from './source.ts';

type FolderSource = SourceOf<'folder'>;

/** Reads an image folder, or a zip of one (docs/data-formats.md). */
async function findInFolder(source: FolderSource, context: ReadContext): Promise<FoundImages> {
  const listed = await listImageFiles(source.path);
  try {
    const layout = layOut(listed, source);
    refuseTooMany(layout.files.length, source, source.path);
    const images = await readAll(layout, source, listed, context);
    const classes = source.classes ?? layout.folders;
    return { ...images, size: sizeOf(source), classes, leftOut: listed.leftOut.list() };
  } finally {
    listed.close();
  }
}

/** The files of an image folder, or the zip itself. */
async function filesOfFolder({ path }: FolderSource): Promise<SourceFiles> {
  // A zip of 60,000 images takes seconds to list.
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) return { paths: [path], others: [] };
  const listed = await listImageFiles(path);
  listed.close();
  return { paths: listed.paths, others: [...listed.folders.toSorted(), listed.leftOut.count + listed.tables.length] };
}

/** What became of an image: its place in the split, or not taken. */
interface Taken {
  file: PlacedFile;
  /** SHA-256 of the file's bytes; empty where no split is made. */
  content: string;
}

type Read = Omit<FoundImages, 'size' | 'classes' | 'leftOut'>;

async function readAll(
  layout: FolderLayout,
  source: FolderSource,
  { leftOut }: ImageFiles,
  { progress, signal }: ReadContext,
): Promise<Read> {
  const { files, isSplit } = layout;
  const size = sizeOf(source);
  const length = imageLength(size);
  const pixels = new Uint8Array(files.length * length);
  const taken: (Taken | null)[] = new Array<Taken | null>(files.length).fill(null);
  const failed: string[] = [];
  const sizes = new Set<string>();
  const spend = pixelBudget(files, source.path);
  let [next, done, transparent, colored] = [0, 0, 0, 0];
  const reader = async (): Promise<void> => {
    for (let index = next++; index < files.length; index = next++) {
      signal.throwIfAborted();
      const file = at(files, index);
      try {
        const bytes = await file.read();
        const image = await decodeImage(bytes, colorOf(source), spend);
        pixels.set(toSize(image, size, source.resize, colorOf(source)), index * length);
        if (image.isTransparent) transparent++;
        if (size.channels === 1 && hasColor(image.pixels)) colored++;
        if (sizes.size < 1000) sizes.add(`${image.width} × ${image.height}`);
        taken[index] = { file, content: isSplit ? sha256(bytes) : '' };
      } catch (error) {
        const reason = whyUnusable(error);
        // Who reads on would store a smaller set, as if it were all.
        if (reason === null) next = files.length;
        if (error instanceof UserError) throw error;
        if (reason === null) throw unreadable(error, file.path, source.path);
        failed[index] = reason;
      }
      progress(++done, files.length, 'images');
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, reader));
  files.forEach(({ path }, index) => {
    const reason = failed[index];
    if (reason !== undefined) leftOut.add(reason, path);
  });
  const kept = taken.flatMap((each, index) => (each ? [{ ...each, index }] : []));
  checkCounts(kept, layout, source);
  const pictureOf = ({ index }: { index: number }): string =>
    sha256(pixels.subarray(index * length, (index + 1) * length));
  const inTest = isSplit
    ? splitOf(kept, layout, source, pictureOf)
    : new Set(kept.filter(({ file }) => file.part === 'test'));
  // Test images first, as the training images are then moved together in place.
  const test = gather(
    kept.filter((each) => inTest.has(each)),
    pixels,
    length,
    new Uint8Array(inTest.size * length),
  );
  const train = gather(
    kept.filter((each) => !inTest.has(each)),
    pixels,
    length,
    pixels,
  );
  const names = { train: train.names, test: test.names };
  const notes = [...layout.notes];
  if (sizes.size > 1) {
    const shown = formatNames([...sizes].sort(), 3);
    notes.push(`The images had ${sizes.size < 1000 ? sizes.size : 'many'} sizes (${shown}); all were scaled.`);
  }
  if (transparent > 0) {
    const have = transparent === 1 ? 'has' : 'have';
    notes.push(`${formatCount(transparent, 'image')} ${have} transparent pixels, which show ${source.background}.`);
  }
  if (colored > 0) {
    const have = colored === 1 ? 'has color and is' : 'have color and are';
    notes.push(`${formatCount(colored, 'image')} ${have} read in gray; to keep it, read the images in color.`);
  }
  if (isSplit) {
    const share = Math.round(source.split.testShare * 100);
    notes.push(`There are no folders train and test: ${share} % of each class were drawn as test images.`);
  }
  return { train, test, notes, nameOf: (part, index) => at(names[part], index), testFiles: test.files };
}

/** @param to gets the images one after another; it may be `pixels` itself, as images only move to the front */
function gather(
  kept: readonly (Taken & { index: number })[],
  pixels: Uint8Array,
  length: number,
  to: Uint8Array,
): LabeledImages & { names: string[]; files: string[] } {
  kept.forEach(({ index }, place) => {
    to.set(pixels.subarray(index * length, (index + 1) * length), place * length);
  });
  return {
    count: kept.length,
    images: to.subarray(0, kept.length * length),
    labels: Uint8Array.from(kept, ({ file }) => file.label),
    names: kept.map(({ file }) => file.path),
    files: kept.map(({ file }) => file.name),
  };
}

/** Why a file is left out; null: the folder or drive itself cannot be read, or all of it is refused. */
function whyUnusable(error: unknown): string | null {
  if (error instanceof UserError) return null;
  if (error instanceof UnusableImage) return error.message;
  const { code, message, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined) return message;
  return syscall === undefined || ofOneFile.includes(code) ? `it cannot be opened (${code})` : null;
}

/** Errors of the file system that are a single file's, now and later. */
const ofOneFile = ['EACCES', 'EPERM', 'ELOOP', 'EISDIR', 'ENXIO', 'ENAMETOOLONG'];

function unreadable(error: unknown, file: string, where: string) {
  const { code } = error as NodeJS.ErrnoException;
  const remedy = 'Nothing was stored. Read the images again once all of the folder can be read, and does not change.';
  return dataError('unreadable', `“${file}” cannot be read (${code})`, where, remedy, error);
}

/** @throws UserError `data-set.empty-class`, `data-set.one-image`, `data-set.no-test-images` */
function checkCounts(
  kept: readonly Taken[],
  { folders, isSplit }: FolderLayout,
  { path, classes, layout }: FolderSource,
): void {
  if (layout !== undefined && kept.length > 0) return;
  const counts = folders.map(() => 0);
  for (const { file } of kept) if (file.part !== 'test') counts[file.label] = at(counts, file.label) + 1;
  const named = (label: number): string => `“${classes?.[label] ?? at(folders, label)}”`;
  const with_ = (count: number): string[] => counts.flatMap((each, label) => (each === count ? [named(label)] : []));
  const empty = with_(0);
  if (empty.length > 0) {
    const what = `No image of the class ${formatNames(empty, 5)} can be used for training`;
    throw dataError('empty-class', what, path, 'Add images, save damaged ones again, or remove the folder.');
  }
  const single = with_(1);
  if (isSplit && single.length > 0) {
    const what = `There is one image of the class ${formatNames(single, 5)}: it cannot be both for training and for the test`;
    throw dataError('one-image', what, path, 'Add images, or remove the folder.');
  }
  if (isSplit || kept.some(({ file }) => file.part === 'test')) return;
  throw dataError(
    'no-test-images',
    'None of the test images can be used',
    path,
    'Add images, or remove the folder test.',
  );
}

/**
 * The test images: of each class, those with the smallest SHA-256 of seed and content. Neither names nor order count, an
 * added image moves few others, and equal pictures stay on one side: each has the smallest of their hashes.
 */
function splitOf<T extends Taken>(
  kept: readonly T[],
  { folders }: FolderLayout,
  { split }: FolderSource,
  pictureOf: (each: T) => string,
): Set<T> {
  const rankOf = ({ content }: Taken): string => createHash('sha256').update(`${split.seed} ${content}`).digest('hex');
  const chosen = new Set<T>();
  folders.forEach((_, label) => {
    const pictures = Map.groupBy(
      kept.filter(({ file }) => file.label === label),
      pictureOf,
    );
    const all = [...pictures.values()]
      .flatMap((same) => {
        const [rank = ''] = same.map(rankOf).sort();
        return same.map((each) => ({ each, rank }));
      })
      .sort((a, b) => (a.rank < b.rank ? -1 : 1));
    const wanted = Math.min(all.length - 1, Math.max(1, Math.round(split.testShare * all.length)));
    const last = all[wanted - 1]?.rank ?? '';
    const group = all.filter((other) => other.rank <= last);
    // Copies of one picture only: one has to be for training.
    for (const { each } of group.length < all.length ? group : all.slice(0, wanted)) chosen.add(each);
  });
  return chosen;
}

/** Folders of images, or a zip of them. */
export const folder: Format<FolderSource> = { files: filesOfFolder, find: findInFolder, inspect: inspectFolder };
