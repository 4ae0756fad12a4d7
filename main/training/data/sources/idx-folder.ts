import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../contract/wire/errors.ts';
import type { SourceOf } from '../../../domain/data/data-sources.ts';
import { formatNames } from '../../../domain/numbers/format.ts';
import { onFile } from '../../../files/file-errors.ts';

export type IdxPaths = Pick<SourceOf<'idx'>, 'trainImages' | 'trainLabels' | 'testImages' | 'testLabels'>;

/** A file of an IDX data set, as MNIST and its followers name them; plain or gzip-compressed. */
export const idxName = /^(train|t10k|test)[-_.](images|labels)[-_.]idx[13][-_.]ubyte(\.gz)?$/i;
const idxFiles = {
  trainImages: ['train', 'images'],
  trainLabels: ['train', 'labels'],
  testImages: ['t10k', 'images'],
  testLabels: ['t10k', 'labels'],
} as const;

/**
 * The IDX files of the folder at a path, by their names; null: it has none, or is a file.
 * @param path absolute @throws UserError `data-set.no-file`, `data-set.files-missing`, `file.*`
 */
export function idxIn(path: string): IdxPaths | null {
  const status = onFile(path, () => statSync(path, { throwIfNoEntry: false }));
  if (!status) throw nothingAt(path);
  if (!status.isDirectory()) return null;
  const names = onFile(path, () => readdirSync(path).sort());
  const known = names.flatMap((name) => {
    const [, part = '', what = ''] = idxName.exec(name) ?? [];
    return part === '' ? [] : [{ name, part: part.toLowerCase().replace('test', 't10k'), what: what.toLowerCase() }];
  });
  return known.length > 0 ? allIdx(path, known) : null;
}

function allIdx(path: string, known: readonly { name: string; part: string; what: string }[]): IdxPaths {
  const find = (key: keyof IdxPaths): string | undefined => {
    const [part, what] = idxFiles[key];
    return known.find((file) => file.part === part && file.what === what)?.name;
  };
  const keys = Object.keys(idxFiles) as (keyof IdxPaths)[];
  const missing = keys.filter((key) => find(key) === undefined);
  if (missing.length > 0) {
    throw new UserError(
      'data-set.files-missing',
      `The folder lacks ${formatNames(missing.map(usualName), 4)}`,
      path,
      'A data set of IDX files has four: images and labels, for training and for the test. Add the missing ones.',
    );
  }
  return Object.fromEntries(keys.map((key) => [key, join(path, find(key) ?? '')])) as unknown as IdxPaths;
}

function usualName(key: keyof IdxPaths): string {
  const [part, what] = idxFiles[key];
  return `${part}-${what}-idx${what === 'images' ? 3 : 1}-ubyte`;
}

const nothingAt = (path: string): UserError =>
  new UserError(
    'data-set.no-file',
    'There is no folder or file at this path',
    path,
    'Check the path. Files of another computer have to be copied to this one first.',
  );
