import type { DataSetRecord } from '../../contract/api/data-sets.ts';
import { UserError } from '../../contract/wire/errors.ts';
import type { DataSetSource } from '../../contract/studies/study.ts';
import {
  directTitles,
  isPrepared,
  type PreparedSource,
  type SourceOf,
  sourceName,
} from '../../domain/data/data-sources.ts';
import type { Launcher } from '../../processes/launcher.ts';
import type { Storage } from '../../storage/open.ts';

/** Progress of reading images, for a person to see. */
export type ReadingEvent =
  | { type: 'step'; name: string; detail: string; seconds: number | null }
  /** `share` 0 to 1; null: not known. */
  | { type: 'reading'; share: number | null; note: string }
  | { type: 'warning'; message: string };

/** What a person calls data sets of a kind. */
export interface SourceKind {
  readonly title: string;
  /** Of its path. */
  readonly path: { readonly label: string; readonly is: 'file' | 'folder' | 'any' };
}

/** Reads data sets as others store them. A contribution offers it; hosts and commands give it to `openWorkbench`. */
export interface DataSources {
  describe(source: PreparedSource): SourceKind;
  /**
   * A declared source on files that lie elsewhere, which may stand for it. @param path absolute
   * @throws UserError `data-set.*`, `file.*`
   */
  moved(declared: PreparedSource | SourceOf<'idx'>, path: string): DataSetSource;
  /**
   * The images of a study: as they are stored where their files have not changed since they were read, or are gone; else a
   * process of its own reads them, and they are stored.
   * @param source with absolute paths @param trained the images that the study's runs took
   * @param namesFiles whether the names of image files are asked for, which earlier versions did not store
   * @throws UserError `data-set.*`, `file.*`, `machine.ended`; the signal's reason
   */
  read(
    tools: { readonly storage: Storage; readonly now: () => number; readonly launcher: Launcher },
    source: PreparedSource,
    options: {
      trained: DataSetRecord | undefined;
      namesFiles: boolean;
      listener: (event: ReadingEvent) => void;
      signal: AbortSignal;
    },
  ): Promise<DataSetRecord>;
}

/** What a person calls the kind of a source; says so where nothing here reads it. */
export function kindTitle(
  { dataSources }: { readonly dataSources: DataSources | null },
  source: DataSetSource,
): string {
  if (!isPrepared(source)) return directTitles[source.source];
  return dataSources?.describe(source).title ?? `${source.source}, which this version cannot read again`;
}

/** The error for images that nothing here reads. */
export const noReader = (source: DataSetSource): UserError =>
  new UserError(
    'data-set.no-reader',
    'This version reads IDX files and MNIST only, so these images cannot be read again',
    sourceName(source),
    'Use a version with the contribution formats, or import the study from an archive that was exported with weights, which holds the images.',
  );
