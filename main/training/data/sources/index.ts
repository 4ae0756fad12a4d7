import type { DataSetSource } from '../../../contract/study.ts';
import { sourceName, sourcePaths } from '../../../domain/data-sources.ts';
import { filesOfCifar, findInCifar } from './cifar.ts';
import { filesOfFolder, findInFolder } from './folder.ts';
import { fingerprintOf } from './fingerprint.ts';
import { findInNpz } from './npz.ts';
import type { FoundImages, ReadContext, SourceReader, SourceReaders } from './source.ts';

/** How each kind of source that is prepared is read; `sourceKinds` in main/domain/data-sources.ts describes them. */
export const sources: SourceReaders = {
  mnist: {},
  idx: {},
  folder: { find: findInFolder, files: filesOfFolder },
  npz: { find: findInNpz, files: ({ path }) => ({ paths: [path], others: [] }) },
  cifar: { find: findInCifar, files: filesOfCifar },
};

/** Every entry takes sources of its own kind. */
const readerOf = (source: DataSetSource): SourceReader<DataSetSource> =>
  sources[source.source] as SourceReader<DataSetSource>;

/** All images of a source that is prepared. @param source with absolute paths @throws see `SourceReader.find` */
export function findImages(source: DataSetSource, context: ReadContext): Promise<FoundImages> {
  const { find } = readerOf(source);
  if (!find) throw new Error(`${sourceName(source)} is read from its files, not prepared`);
  return find(source, context);
}

/** `fingerprintOf` a prepared source. @param source with absolute paths @throws UserError `data-set.*`, `file.*` */
export async function sourceFingerprint(source: DataSetSource): Promise<string> {
  const { files } = readerOf(source);
  const [root] = sourcePaths(source);
  if (!files || !root) throw new Error(`${sourceName(source)} is read from its files, not prepared`);
  return fingerprintOf(root.path, await files(source));
}
