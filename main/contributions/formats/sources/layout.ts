import type { SourceOf } from '../../../domain/data/index.ts';
import { formatCount, formatInteger, formatNames } from '../../../domain/numbers/index.ts';
import type { ImageFile } from './image-files.ts';
import { dataError } from './source.ts';

type FolderSource = SourceOf<'folder'>;
type Part = 'train' | 'test';

/** An image of a class. `part` null: the split decides. */
export interface PlacedFile extends ImageFile {
  label: number;
  part: Part | null;
  /** Its path from the folder that the folders of the classes lie in. */
  name: string;
}

export interface FolderLayout {
  /** Folders of the classes, by label. */
  folders: string[];
  /** Training images first, then test images, or all where the split decides; the order of their paths. */
  files: PlacedFile[];
  /** Whether the images are split here, as there are no folders `train` and `test`. */
  isSplit: boolean;
  notes: string[];
}

/**
 * Folders of the classes, in the order of their labels. @param known those with images, in code unit order
 * @throws UserError `data-set.no-such-class`, `data-set.too-many-classes`, `data-set.duplicate-class`, `data-set.class-names`
 */
export function chosenFolders(
  known: readonly string[],
  { path: where, folders: chosen, classes, layout }: FolderSource,
): string[] {
  const missing = layout ? undefined : chosen?.find((folder) => !known.includes(folder));
  if (missing !== undefined) {
    const remedy = `Correct dataSet.folders: there are ${formatNames(known, 10)}.`;
    throw dataError('no-such-class', `There is no folder with images of the class “${missing}”`, where, remedy);
  }
  const folders = [...(chosen ?? known)];
  const twice = folders.find((folder, index) => folders.indexOf(folder) !== index);
  if (twice !== undefined) {
    throw dataError('duplicate-class', `The folder “${twice}” is named twice`, 'dataSet.folders', 'Keep it once.');
  }
  if (folders.length > 256) {
    const what = `There are ${formatInteger(folders.length)} classes, and at most 256 are possible`;
    throw dataError('too-many-classes', what, where, 'Choose some of them with dataSet.folders.');
  }
  if (classes && classes.length !== folders.length) {
    const what = `${formatCount(classes.length, 'name')} are given for ${formatCount(folders.length, 'class folder')}`;
    throw dataError('class-names', what, 'dataSet.classes', 'Give one name for each folder, in the same order.');
  }
  return folders;
}

export function tooFew(known: readonly string[], where: string) {
  const found = known.length === 0 ? 'no folder with images' : `images in one folder only (“${known[0]}”)`;
  return dataError(
    'no-classes',
    `There is ${found}; a data set has a folder for each of two or more classes`,
    where,
    'Put the images of each class into a folder of its own: train/cat, train/dog, test/cat, test/dog; or only cat and dog.',
  );
}

/** Names that Windows and macOS take for one, and no reader tells apart. */
export function refuseAlike(folders: readonly string[], where: string): void {
  const seen = new Map<string, string>();
  for (const folder of folders) {
    const plain = folder.normalize('NFKC').toLowerCase();
    const other = seen.get(plain);
    if (other !== undefined && other !== folder) {
      const what = `The classes “${other}” and “${folder}” differ only in capitals or in how letters are written`;
      throw dataError('alike-classes', what, where, 'Rename one of the folders, or put all images into one.');
    }
    seen.set(plain, folder);
  }
}

export function checkNames(names: readonly string[], where: string): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw dataError('duplicate-class', `Two classes are called “${twice}”`, 'dataSet.classes', 'Rename one of them.');
  }
  const odd = names.find((name) => /\p{Cc}/u.test(name) || name.trim() === '');
  if (odd !== undefined) {
    const what = `The class ${JSON.stringify(odd)} has a name that cannot be shown`;
    throw dataError('class-name', what, where, 'Rename its folder, or name all classes in dataSet.classes.');
  }
  const long = names.find((name) => name.length > 64);
  if (long === undefined) return;
  const what = `The class “${long.slice(0, 30)}…” has a name of ${long.length} characters, and at most 64 are shown`;
  throw dataError('class-name', what, where, 'Shorten the name of its folder, or name all classes in dataSet.classes.');
}
