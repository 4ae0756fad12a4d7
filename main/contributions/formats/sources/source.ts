import { basename, extname } from 'node:path';
import { messageOf } from '../../../contract/wire/index.ts';
import { type Findings, maxExamples } from '../../../contract/results/index.ts';
import { imageLength, type ImageSize, type PreparedSource } from '../../../domain/data/index.ts';
import { formatBytes, formatInteger } from '../../../domain/numbers/index.ts';
import type { ReadProgress } from '../../../services/tasks/index.ts';
import { dataError, type LabeledImages } from '../../../training/data/index.ts';
import type { FolderChoice, Inspection } from '../contract/inspection.ts';
import type { SourceFiles } from './fingerprint.ts';

export { dataError, type LabeledImages };

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
  progress: ReadProgress;
  signal: AbortSignal;
}

/** Where a data set lies, and what it is called. */
export interface Place {
  readonly path: string;
  readonly name: string;
}

/** Reads the data sets of one format. @template S with absolute paths */
export interface Format<S extends PreparedSource = PreparedSource> {
  /** Whether a zip file, or one without an ending, holds such a data set, by the names of the files in it. Default: none does. */
  readonly isZip?: (names: readonly string[]) => boolean;
  /** The files that `find` reads, without opening them. @throws UserError `data-set.*`, `file.*` */
  readonly files: (source: S) => Promise<SourceFiles> | SourceFiles;
  /** Reads all images. @throws UserError `data-set.*`, `file.*`; the signal's reason */
  readonly find: (source: S, context: ReadContext) => Promise<FoundImages>;
  /** Looks at what lies at a place, for seconds, and proposes a declaration. @throws UserError `data-set.*`, `file.*` */
  readonly inspect: (place: Place, choice: FolderChoice, context: ReadContext) => Promise<Inspection>;
}

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

/** A name that a study file may have, like that of the file. */
export function nameFor(path: string): string {
  const name = basename(path, extname(path));
  const plain = name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9 ._-]+/g, ' ')
    .trim();
  const begins = plain
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 64)
    .trim();
  // An upload is called by its id.
  return begins === '' || /^[0-9a-f]{8}-[0-9a-f]{4}-/.test(begins) ? 'My images' : begins;
}
