import type { SourceOf } from '../../../domain/data/index.ts';
import type { Color } from './decode-image.ts';
import { type ImageFile, type ImageFiles, reasons } from './image-files.ts';
import { chosenFolders, checkNames, type FolderLayout, type PlacedFile, refuseAlike, tooFew } from './layout.ts';
import { dataError } from './source.ts';
import { layOutToolbox } from './toolbox-folder.ts';

type FolderSource = SourceOf<'folder'>;
type Part = 'train' | 'test';

/** Names of folders, in small letters. `validation` takes the place of `test` where there is none. */
const partNames: Record<Part | 'validation', readonly string[]> = {
  train: ['train', 'training'],
  test: ['test', 'testing'],
  validation: ['val', 'valid', 'validation'],
};

export const colorOf = ({ background }: FolderSource): Color =>
  [...([1, 3, 5] as const).map((from) => Number.parseInt(background.slice(from, from + 2), 16))] as unknown as Color;

/** Which image is of which class and part. @throws UserError `data-set.*` */
export const layOut = (listed: ImageFiles, declared: FolderSource): FolderLayout =>
  declared.layout === undefined ? layOutClasses(listed, declared) : layOutToolbox(listed, declared);

function layOutClasses({ files, tables, folders: all, leftOut }: ImageFiles, declared: FolderSource): FolderLayout {
  for (const { path } of tables) leftOut.add(reasons.name, path);
  // Listed names are normalized too.
  const source = { ...declared, folders: declared.folders?.map((name) => name.normalize('NFC')) ?? null };
  const { path: where } = source;
  const tops = new Set(files.flatMap(({ path }) => (path.includes('/') ? [path.split('/', 1)[0] ?? ''] : [])));
  const named = (part: Part | 'validation'): string | undefined =>
    [...tops].find((name) => partNames[part].includes(name.toLowerCase()));
  const [train, validation] = [named('train'), named('validation')];
  const test = named('test') ?? (train === undefined ? undefined : validation);
  const isSplit = train === undefined || test === undefined;
  const placed: (ImageFile & { folder: string; name: string; part: Part | null })[] = [];
  for (const file of files) {
    const [top = '', ...below] = file.path.split('/');
    const part = isSplit ? null : top === train ? 'train' : top === test ? 'test' : undefined;
    const within = isSplit && train === undefined ? [top, ...below] : below;
    const isAside = part === undefined || (isSplit && train !== undefined && top !== train);
    if (isAside && top === validation)
      leftOut.add('it is a validation image, and only training and test images are used', file.path);
    else if (isAside) leftOut.add('it lies beside the folders train and test', file.path);
    else if (within.length < 2) leftOut.add('it lies in no folder of a class', file.path);
    else placed.push({ ...file, folder: within[0] ?? '', name: within.join('/'), part });
  }
  const folders = classFolders(placed, source);
  const label = new Map(folders.map((folder, index) => [folder, index]));
  const kept = placed.flatMap(({ folder, ...file }): PlacedFile[] => {
    const index = label.get(folder);
    return index === undefined ? [] : [{ ...file, label: index }];
  });
  const hasImages = new Set(placed.map(({ folder }) => folder));
  const bare = all.find((path) => {
    const [top = '', below = ''] = path.split('/');
    const isInPart = train !== undefined && (top === train || (!isSplit && top === test));
    const folder = train === undefined ? top : isInPart ? below : '';
    return folder !== '' && !hasImages.has(folder) && (source.folders?.includes(folder) ?? true);
  });
  if (bare !== undefined) {
    const what = `The class folder “${bare}” holds no image`;
    throw dataError('empty-class', what, where, 'Put JPEG, PNG, WebP, TIFF or GIF images into it, or remove it.');
  }
  checkNames(source.classes ?? folders, where);
  const notes = test !== undefined && test === validation ? [`The images of “${test}” are the test images.`] : [];
  return {
    folders,
    files: [...kept.filter(isPart('train')), ...kept.filter(isPart('test')), ...kept.filter(isPart(null))],
    isSplit,
    notes,
  };
}

const isPart =
  (part: Part | null) =>
  (file: PlacedFile): boolean =>
    file.part === part;

/** @throws UserError `data-set.no-classes`, `data-set.too-many-classes`, `data-set.no-such-class`, `data-set.class-*` */
function classFolders(placed: readonly { folder: string; part: Part | null }[], source: FolderSource): string[] {
  const { path: where, folders: chosen } = source;
  const inPart = (isOf: (part: Part | null) => boolean): string[] =>
    [...new Set(placed.flatMap(({ folder, part }) => (isOf(part) ? [folder] : [])))].sort();
  const known = inPart((part) => part !== 'test');
  const onlyInTest = inPart((part) => part === 'test').filter((folder) => !known.includes(folder));
  if (known.length < 2) throw tooFew(known, where);
  refuseAlike([...known, ...onlyInTest], where);
  const [stray] = onlyInTest;
  if (stray !== undefined && (chosen === null || chosen.includes(stray))) {
    const what = `The class “${stray}” has test images but no training images`;
    throw dataError(
      'no-training-images',
      what,
      where,
      'Add training images, or remove its folder from the test images.',
    );
  }
  return chosenFolders(known, source);
}
