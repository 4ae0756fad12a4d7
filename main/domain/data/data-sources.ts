import type { DataSetSource } from '../../contract/studies/study.ts';

type Kind = DataSetSource['source'];
export type SourceOf<K extends Kind> = Extract<DataSetSource, { source: K }>;

/** Sources that the core reads: every training reads the originals. */
export type DirectSource = SourceOf<'mnist' | 'idx'>;

/**
 * Sources that a contribution reads, once and in a process of its own (services/workbench/data-sources.ts). The images are kept as one blob under the
 * data set's hash, and all later work reads that blob alone.
 */
export type PreparedSource = Exclude<DataSetSource, DirectSource>;

/** A path that a data set is read from. */
export interface SourcePath {
  /** Its key in the study file. */
  key: 'path' | 'trainImages' | 'trainLabels' | 'testImages' | 'testLabels';
  path: string;
}

const digits = Array.from({ length: 10 }, (_, digit) => String(digit));
const idxKeys = ['trainImages', 'trainLabels', 'testImages', 'testLabels'] as const;

/** What a person calls data sets of these kinds. */
export const directTitles: Readonly<Record<DirectSource['source'], string>> = { mnist: 'MNIST', idx: 'IDX files' };

/** Whether a contribution reads it, as `PreparedSource` says. */
export const isPrepared = (source: DataSetSource): source is PreparedSource =>
  source.source !== 'mnist' && source.source !== 'idx';

/** What the data set is called. */
export const sourceName = (source: DataSetSource): string => (source.source === 'mnist' ? 'MNIST' : source.name);

/** Names of its classes as far as the declaration gives them, by label; null: they are known once the images were read. */
export function sourceClasses(source: DataSetSource): readonly string[] | null {
  if (source.source === 'mnist') return digits;
  const {
    take,
    classes,
    folders,
  }: Partial<Record<'take' | 'classes' | 'folders', readonly string[] | null | undefined>> = source;
  return take ?? classes ?? folders ?? null;
}

/** Whether all images are stimuli that others showed to people, and none is there to train on. */
export const isTestOnly = (source: DataSetSource): boolean => source.source === 'folder' && source.layout !== undefined;

/** The paths that it is read from; none for MNIST, which comes with the product. */
export function sourcePaths(source: DataSetSource): SourcePath[] {
  if (source.source === 'mnist') return [];
  if (source.source === 'idx') return idxKeys.map((key) => ({ key, path: source[key] }));
  return [{ key: 'path', path: source.path }];
}

/** The source with other paths. */
export function withPaths(
  source: DataSetSource,
  change: (path: string, key: SourcePath['key']) => string,
): DataSetSource {
  const paths = sourcePaths(source).map(({ key, path }) => [key, change(path, key)]);
  return { ...source, ...(Object.fromEntries(paths) as object) };
}

const uploadedPattern = /^uploaded:([0-9a-f]{12})\/(?!\.{1,2}$)([^/\\\p{Cc}]{1,255})$/u;

/**
 * Stands for the path of a file that a page uploaded: only its images are kept. It has the name that the user gave the file,
 * and the beginning of the data set's hash, as other files may have that name.
 */
export const uploadedPath = (hash: string, name: string): string =>
  `uploaded:${hash.slice(0, 12)}/${
    name
      .replace(/[\p{Cc}/\\]/gu, ' ')
      .trim()
      .slice(0, 255)
      .replace(/^\.{1,2}$/, '') || 'images'
  }`;

/** What the user called an uploaded file; null: this is the path of a file or folder. */
export const uploadedName = (path: string): string | null => uploadedPattern.exec(path)?.[2] ?? null;

/** Whether a path stands for an uploaded file of other images than those of this hash. */
export const isUploadOfOthers = (path: string, hash: string): boolean => {
  const beginning = uploadedPattern.exec(path)?.[1];
  return beginning !== undefined && !hash.startsWith(beginning);
};

/** The name of the uploaded file that the images came in; null: they have paths, or come with the product. */
export const uploadedFile = (source: DataSetSource): string | null =>
  sourcePaths(source)
    .map(({ path }) => uploadedName(path))
    .find((name) => name !== null) ?? null;

/** Whether the paper's values are of these images: only then are they shown beside a study's own. */
export const isPapersDataSet = (source: DataSetSource): boolean => source.source === 'mnist';
