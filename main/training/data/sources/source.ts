import type { SourceOf } from '../../../domain/data-sources.ts';
import type { DataSetSource } from '../../../contract/study.ts';
import type { IdxSet } from './idx.ts';

/** Reads the data sets of one kind. @template S with absolute paths */
export type SourceReader<S extends DataSetSource> = FileSource<S>;

/** Four IDX files, which every training reads. */
export interface FileSource<S extends DataSetSource> {
  /** @throws UserError `mnist.missing` */
  locate: (source: S) => IdxSet;
}

export type SourceReaders = { readonly [K in DataSetSource['source']]: SourceReader<SourceOf<K>> | null };
