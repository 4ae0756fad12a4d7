import { UserError } from '../../contract/wire/index.ts';
import type { DataSetSource } from '../../contract/studies/index.ts';
import { directTitles, isPrepared, type PreparedSource, type SourceOf, withPaths } from '../../domain/data/index.ts';
import { filesAt, formatOf, titleOf } from './sources/kinds.ts';

/**
 * A declared source on files that lie elsewhere. An image folder and CIFAR's binary files may stand for each other.
 * @param path absolute; a folder, or a file
 * @throws UserError as `filesAt`; `data-set.other-kind`
 */
export function moved(declared: PreparedSource | SourceOf<'idx'>, path: string): DataSetSource {
  const found = filesAt(path);
  if ('idx' in found) {
    if (declared.source === 'idx') return { ...declared, ...found.idx };
    throw otherKind(declared, directTitles.idx, path);
  }
  if (isPrepared(declared) && found.kind === formatOf(declared)) return withPaths(declared, () => found.path);
  if (declared.source === 'cifar' && found.kind === 'folder') {
    const { name, take, classes } = declared;
    // By name: folders may have another order than labels.
    return { ...cifarAsFolder, name, path: found.path, folders: take ?? classes, classes: null };
  }
  if (declared.source === 'folder' && found.kind === 'cifar' && isCifarsSize(declared) && declared.classes === null) {
    const { name, folders } = declared;
    return {
      source: 'cifar',
      name,
      path: found.path,
      labels: 'fine',
      classes: null,
      ...(folders && { take: folders }),
    };
  }
  throw otherKind(declared, found.title, path);
}

/** @param is what a person calls the kind that was found */
const otherKind = (declared: PreparedSource | SourceOf<'idx'>, is: string, path: string): UserError =>
  new UserError(
    'data-set.other-kind',
    `This is of the kind “${is}”, and the study reads the kind “${titleOf(declared)}”`,
    path,
    `Choose ${isPrepared(declared) ? 'the folder or file' : 'the folder'} of ${declared.name}, or make a study of these images: boundary study new --from PATH.`,
  );

const isCifarsSize = ({ width, height, channels }: SourceOf<'folder'>): boolean =>
  width === 32 && height === 32 && channels === 3;

const cifarAsFolder: Omit<SourceOf<'folder'>, 'name' | 'path' | 'folders' | 'classes'> = {
  source: 'folder',
  channels: 3,
  width: 32,
  height: 32,
  resize: 'pad',
  background: '#000000',
  split: { testShare: 0.2, seed: 1 },
};
