import { messageOf, UserError } from '../../../contract/errors.ts';
import type { DataSetSource } from '../../../contract/study.ts';
import { type Findings, maxExamples } from '../../../contract/findings.ts';
import type { SourceOf } from '../../../domain/data-sources.ts';
import { formatBytes, formatInteger } from '../../../domain/format.ts';
import { type ImageSize, imageLength } from '../../../domain/images.ts';
import type { SourceFiles } from './fingerprint.ts';

/** Images with their labels, in the order of the file. */
export interface LabeledImages {
  count: number;
  /** uint8 [count, height, width, channels]; 0 is black. */
  images: Uint8Array;
  /** Class indices, [count]. */
  labels: Uint8Array;
}

/** The images of a data set in one size, as a source gives them. */
export interface FoundImages {
  size: ImageSize;
  classes: readonly string[];
  train: LabeledImages;
  test: LabeledImages;
  leftOut: Findings['leftOut'];
  notes: string[];
  /** What an image is called. */
  nameOf: (part: 'train' | 'test', index: number) => string;
  /** Where each image is a file: its path within the folder of the test part (`cat/0000.jpg`), by position. */
  testFiles?: readonly string[];
}

export interface ReadContext {
  /** Gets how much is done. `total` null: not known yet. `what`: a plural, such as `images`. */
  progress: (done: number, total: number | null, what: string) => void;
  signal: AbortSignal;
}

/** Reads the data sets of one kind; empty where trainings read its IDX files: see located.ts. @template S with absolute paths */
export interface SourceReader<S extends DataSetSource> {
  /** Only for prepared sources: the files that `find` reads, without opening them. @throws UserError `data-set.*`, `file.*` */
  files?: (source: S) => Promise<SourceFiles> | SourceFiles;
  /** Only for prepared sources: reads all images. @throws UserError `data-set.*`, `file.*`; the signal's reason */
  find?: (source: S, context: ReadContext) => Promise<FoundImages>;
}

export type SourceReaders = { readonly [K in DataSetSource['source']]: SourceReader<SourceOf<K>> };

/** Most bytes of pixels in a data set. More would not fit into a worker's memory. */
export const maxPixelBytes = 2 ** 30;

/** Most images of a data set: they are compared with one another. */
export const maxImages = 1_000_000;

/** @throws UserError `data-set.too-many`, `data-set.too-large` */
export function refuseTooMany(images: number, size: ImageSize, where: string): void {
  if (images > maxImages) {
    const what = `There are ${formatInteger(images)} images, and at most ${formatInteger(maxImages)} are possible`;
    throw dataError('too-many', what, where, 'Choose a part of them.');
  }
  const bytes = images * imageLength(size);
  if (bytes <= maxPixelBytes) return;
  const { width, height, channels } = size;
  const what = `${formatInteger(images)} images of ${width} × ${height} pixels${channels === 3 ? ' in color' : ''} take`;
  throw dataError(
    'too-large',
    `${what} ${formatBytes(bytes)}, and at most ${formatBytes(maxPixelBytes)} fit into memory`,
    where,
    'Choose a smaller size, gray images, or fewer images.',
  );
}

/** @param code without its prefix `data-set.` */
export const dataError = (code: string, what: string, where: string, remedy: string, cause?: unknown): UserError =>
  new UserError(`data-set.${code}`, what, where, remedy, cause === undefined ? undefined : { cause });

/** What a library says went wrong, as a clause. */
export const reasonOf = (error: unknown): string => messageOf(error).replace(/\.$/, '');

/** Counts what is left out by reason, with some examples. */
export class LeftOut {
  readonly #reasons = new Map<string, { count: number; examples: string[] }>();

  add(reason: string, name: string, count = 1): void {
    const known = this.#reasons.get(reason) ?? { count: 0, examples: [] };
    known.count += count;
    if (known.examples.length < maxExamples) known.examples.push(name.slice(0, 1000));
    // Hostile files could give any number of reasons.
    if (this.#reasons.size < 99 || this.#reasons.has(reason)) this.#reasons.set(reason, known);
    else this.#reasons.set('other reasons', known);
  }

  get count(): number {
    return [...this.#reasons.values()].reduce((sum, { count }) => sum + count, 0);
  }

  /** The most frequent first; names in code unit order. */
  list(): Findings['leftOut'] {
    return [...this.#reasons]
      .map(([reason, { count, examples }]) => ({ reason, count, examples: examples.toSorted() }))
      .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
  }
}
