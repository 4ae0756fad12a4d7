import type { PreparedSource, SourceOf } from '../../../domain/data/index.ts';
import { cifar } from './cifar.ts';
import { fingerprintOf } from './fingerprint.ts';
import { folder } from './folder.ts';
import { kindOf } from './kinds.ts';
import { npz } from './npz.ts';
import type { Format, FoundImages, ReadContext } from './source.ts';

/** What reads a format, as it takes sources of its own kind. */
const reads = <S extends PreparedSource>(format: Format<S>): Format => format as unknown as Format;

/** What reads each of `kinds`, by id. */
const readers: Readonly<Record<string, Format>> = {
  cifar: reads<SourceOf<'cifar'>>(cifar),
  npz: reads<SourceOf<'npz'>>(npz),
  folder: reads<SourceOf<'folder'>>(folder),
};

/** @throws Error nothing reads this format */
export function readerOf(id: string): Format {
  const reader = readers[id];
  if (!reader) throw new Error(`nothing reads the format ${id}`);
  return reader;
}

/** The format of a zip file by the names of the files in it; null: it is no other's, so that it holds image files. */
export const formatOfZip = (names: readonly string[]): string | null =>
  Object.entries(readers).find(([, { isZip }]) => isZip?.(names))?.[0] ?? null;

const readerFor = (source: PreparedSource): Format => readerOf(kindOf(source).id);

/** All images of a source. @param source with absolute paths @throws see `Format.find` */
export const findImages = (source: PreparedSource, context: ReadContext): Promise<FoundImages> =>
  readerFor(source).find(source, context);

/** `fingerprintOf` a source. @param source with absolute paths @throws UserError `data-set.*`, `file.*` */
export const sourceFingerprint = async (source: PreparedSource): Promise<string> =>
  fingerprintOf(source.path, await readerFor(source).files(source));
