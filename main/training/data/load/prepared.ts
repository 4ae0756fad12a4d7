import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { UserError } from '../../../contract/wire/errors.ts';
import type { DataSetSource } from '../../../contract/studies/study.ts';
import { at } from '../../../domain/numbers/arrays.ts';
import { sourceClasses, sourceName } from '../../../domain/data/data-sources.ts';
import { type ImageSize, imageLength } from '../../../domain/data/images.ts';
import type { BlobStore } from '../../../files/blobs.ts';
import { checkedStatistics, type DataSet, dataError } from '../data-set.ts';

interface Header extends ImageSize {
  classes: number;
  train: number;
  test: number;
  /** Bytes of the header line. */
  length: number;
}

const maxHeader = 200;

function parseHeader(start: Buffer): Header | null {
  const line = start.toString('latin1', 0, Math.min(start.length, maxHeader)).split('\n', 1)[0] ?? '';
  const [, version, numbers = ''] = /^boundary-workbench\/data-set\/([12]) ([\d ]+)$/.exec(line) ?? [];
  const values = numbers.split(' ').map(Number);
  const isColor = version === '2';
  if (version === undefined || values.length !== (isColor ? 6 : 5)) return null;
  const [classes = 0, height = 0, width = 0, ...rest] = values;
  const [train = 0, test = 0] = rest.slice(isColor ? 1 : 0);
  const channels = isColor ? 3 : 1;
  if ((isColor && rest[0] !== 3) || Math.min(classes, height, width, test) < 1) return null;
  return { classes, height, width, channels, train, test, length: line.length + 1 };
}

const totalBytes = (header: Header): number => header.length + (header.train + header.test) * (imageLength(header) + 1);

/**
 * A prepared data set, checked against its hash: a second for a gigabyte. Arrays are views of one buffer.
 * @throws UserError `blob.*`, `data-set.*`
 */
export function readPrepared(source: DataSetSource, hash: string, blobs: BlobStore): DataSet {
  if (!blobs.has(hash)) throw notPrepared(source);
  const bytes = blobs.get(hash);
  const header = parseHeader(bytes);
  if (!header || totalBytes(header) !== bytes.length) throw notPrepared(source);
  const { classes: count, length, train, test, ...size } = header;
  const parts: Uint8Array[] = [];
  let from = length;
  for (const bytesOfPart of [train * imageLength(size), train, test * imageLength(size), test]) {
    parts.push(bytes.subarray(from, from + bytesOfPart));
    from += bytesOfPart;
  }
  const part = (count: number, first: 0 | 2) => ({ count, images: at(parts, first), labels: at(parts, first + 1) });
  const images = at(parts, train > 0 ? 0 : 2);
  const isLabel = (label: number): boolean => label < count;
  const classes = sourceClasses(source) ?? Array.from({ length: count }, (_, label) => String(label));
  // An archive brings both the bytes and their hash.
  if (classes.length !== count || !at(parts, 1).every(isLabel) || !at(parts, 3).every(isLabel)) {
    const remedy = 'Read the images again from where they come from.';
    throw dataError('damaged', 'Labels of this data set are of no class', blobs.path(hash), remedy);
  }
  const statistics = checkedStatistics(images, size.channels, blobs.path(hash));
  return {
    name: sourceName(source),
    classes,
    ...size,
    ...statistics,
    train: part(train, 0),
    test: part(test, 2),
    hash,
  };
}

/** Some training images of a prepared set, or test images of one without, evenly over all classes; null: it is not there. */
export const somePrepared = (
  hash: string,
  blobs: BlobStore,
  wanted: number,
): (ImageSize & { count: number; pixels: Uint8Array }) | null =>
  withPrepared(hash, blobs, (file, header) => {
    const { height, width, channels } = header;
    // Without training images, the test images come first.
    const all = header.train || header.test;
    const length = imageLength(header);
    const count = Math.min(wanted, all);
    const pixels = Buffer.alloc(count * length);
    for (let k = 0; k < count; k++) {
      readSync(file, pixels, k * length, length, header.length + Math.floor((k * all) / count) * length);
    }
    return { height, width, channels, count, pixels };
  });

/** The labels of a prepared set, without its images; null: it is not there. */
export const preparedLabels = (hash: string, blobs: BlobStore): { train: Uint8Array; test: Uint8Array } | null =>
  withPrepared(hash, blobs, (file, header) => {
    const { train, test, length } = header;
    const read = (count: number, from: number): Uint8Array => {
      const labels = Buffer.alloc(count);
      readSync(file, labels, 0, count, from);
      return labels;
    };
    const trainLabels = length + train * imageLength(header);
    return { train: read(train, trainLabels), test: read(test, totalBytes(header) - test) };
  });

/** What is read of the blob of a prepared set; null: it is not there, or is no such blob. */
function withPrepared<Read>(hash: string, blobs: BlobStore, read: (file: number, header: Header) => Read): Read | null {
  if (!blobs.has(hash)) return null;
  const file = openSync(blobs.path(hash), 'r');
  try {
    const start = Buffer.alloc(Math.min(maxHeader, fstatSync(file).size));
    readSync(file, start, 0, start.length, 0);
    const header = parseHeader(start);
    return header && totalBytes(header) === fstatSync(file).size ? read(file, header) : null;
  } finally {
    closeSync(file);
  }
}

export const notPrepared = (source: DataSetSource): UserError =>
  dataError(
    'not-prepared',
    'The images of this data set are not stored here',
    sourceName(source),
    'Start the study again: it reads them from where they come from.',
  );
