import type { DataSetSource } from '../contract/study.ts';

type Kind = DataSetSource['source'];
export type SourceOf<K extends Kind> = Extract<DataSetSource, { source: K }>;

/** A path that a data set is read from. */
export interface SourcePath {
  /** Its key in the study file. */
  key: 'path' | 'trainImages' | 'trainLabels' | 'testImages' | 'testLabels';
  /** What a person calls it. */
  label: string;
  /** `any`: a file or a folder. */
  is: 'file' | 'folder' | 'any';
}

interface SourceKind<K extends Kind> {
  /** What a person calls data sets of this kind. */
  title: string;
  paths: readonly SourcePath[];
  /**
   * True: a process of its own reads the originals once, and keeps the images as one blob under the data set's hash. All
   * later work reads that blob alone. False: every training reads the originals.
   */
  isPrepared: boolean;
  name: (source: SourceOf<K>) => string;
  /** Names of the classes, by label; null where they are known only once the images were read. */
  classes: (source: SourceOf<K>) => readonly string[] | null;
}

const digits = Array.from({ length: 10 }, (_, digit) => String(digit));

/** All kinds of sources that a study file can name. `main/training/data/sources` reads them. */
export const sourceKinds: { readonly [K in Kind]: SourceKind<K> } = {
  mnist: { title: 'MNIST', paths: [], isPrepared: false, name: () => 'MNIST', classes: () => digits },
  idx: {
    title: 'IDX files',
    paths: [
      { key: 'trainImages', label: 'Training images', is: 'file' },
      { key: 'trainLabels', label: 'Training labels', is: 'file' },
      { key: 'testImages', label: 'Test images', is: 'file' },
      { key: 'testLabels', label: 'Test labels', is: 'file' },
    ],
    isPrepared: false,
    name: ({ name }) => name,
    classes: ({ classes }) => classes,
  },
  folder: {
    title: 'Image folder',
    paths: [{ key: 'path', label: 'Folder or zip file', is: 'any' }],
    isPrepared: true,
    name: ({ name }) => name,
    classes: ({ classes, folders }) => classes ?? folders,
  },
  npz: {
    title: 'NumPy archive',
    paths: [{ key: 'path', label: 'File (.npz)', is: 'file' }],
    isPrepared: true,
    name: ({ name }) => name,
    classes: ({ classes }) => classes,
  },
  cifar: {
    title: 'CIFAR binary files',
    paths: [{ key: 'path', label: 'Folder', is: 'folder' }],
    isPrepared: true,
    name: ({ name }) => name,
    classes: ({ take, classes }) => take ?? classes,
  },
};

/** The union over kinds is not one call signature, which every entry satisfies for its own kind. */
const kindOf = (source: DataSetSource): SourceKind<Kind> => sourceKinds[source.source] as SourceKind<Kind>;

/** What the data set is called. */
export const sourceName = (source: DataSetSource): string => kindOf(source).name(source);

/** Names of its classes as far as the declaration gives them, by label; null: they are known once the images were read. */
export const sourceClasses = (source: DataSetSource): readonly string[] | null => kindOf(source).classes(source);

/** Whether all images are stimuli that others showed to people, and none is there to train on. */
export const isTestOnly = (source: DataSetSource): boolean => source.source === 'folder' && source.layout !== undefined;

/** See `SourceKind.isPrepared`. */
export const isPrepared = (source: DataSetSource): boolean => kindOf(source).isPrepared;

/** The paths that it is read from; none for MNIST, which comes with the product. */
export function sourcePaths(source: DataSetSource): (SourcePath & { path: string })[] {
  const values: Partial<Record<string, unknown>> = source;
  return kindOf(source).paths.map((each) => ({ ...each, path: String(values[each.key]) }));
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
