import { setImmediate } from 'node:timers/promises';
import { imageHash } from '../../domain/identity.ts';
import { anchorsOf, type StimulusSet, truthOf } from '../../domain/stimulus-set.ts';
import { decodeGrayPng, type GrayImage } from '../png.ts';
import {
  checkDescription,
  descriptionName,
  manifestName,
  type ManifestRow,
  readManifest,
  stimuliError,
} from './manifest.ts';
import { openSource, type StimulusSource } from './source.ts';

const maxManifestBytes = 64 * 2 ** 20;
const maxDescriptionBytes = 2 ** 20;
const maxPngBytes = 16 * 2 ** 20;
/** Pixels of all images of a set: a million images of 28x28. */
const maxPixels = 2 ** 30;

interface ImportOptions {
  /** Number of classes K of the data set, which the pairs must fit. */
  classes?: number;
}

/**
 * Reads a stimulus set made elsewhere: a folder or zip archive of PNGs, all of one size, with manifest.csv
 * (docs/data-formats.md). Hashes are checked where they are given. Files that the manifest does not name are ignored.
 * @throws UserError `stimuli.*`, `png.*`, `csv.*` or `file.*`, naming file, row and remedy
 */
export async function importStimulusSet(path: string, options: ImportOptions = {}): Promise<StimulusSet> {
  const source = await openSource(path);
  try {
    const folder = source.findFolder(manifestName);
    const manifest = folder === null ? null : await source.read(folder + manifestName, maxManifestBytes);
    if (folder === null || manifest === null) {
      const remedy = `Put a ${manifestName} beside the images; docs/data-formats.md describes it.`;
      throw stimuliError('no-manifest', `There is no ${manifestName}`, path, remedy);
    }
    const rows = await readManifest(manifest, source.where(folder + manifestName), options.classes);
    const set = await readImages(source, folder, rows);
    const description = await source.read(folder + descriptionName, maxDescriptionBytes);
    if (description) {
      checkDescription(Buffer.from(description).toString('utf8'), set, source.where(folder + descriptionName));
    }
    return set;
  } finally {
    source.close();
  }
}

async function readImages(source: StimulusSource, folder: string, rows: readonly ManifestRow[]): Promise<StimulusSet> {
  let set: { width: number; height: number; pixels: Uint8Array } | undefined;
  for (const [position, row] of rows.entries()) {
    // Decoding an image takes some milliseconds, between which other work of this process has its turn.
    await setImmediate();
    const image = await readImage(source, folder, row);
    set ??= allocate(image, rows.length, source.where(folder));
    if (image.width !== set.width || image.height !== set.height) {
      const what = `Image ${row.id} has ${image.width} x ${image.height} pixels, others ${set.width} x ${set.height}`;
      throw stimuliError('different-sizes', what, row.where, 'Bring all images to one size.');
    }
    set.pixels.set(image.pixels, position * image.pixels.length);
  }
  if (!set) throw new RangeError('readImages: a manifest has at least one row');
  return {
    ...set,
    images: rows.map(({ id, pairI, pairJ, alpha, ...row }) => ({
      id,
      pairI,
      pairJ,
      alpha,
      ...anchorsOf(row),
      ...truthOf(row),
    })),
  };
}

async function readImage(source: StimulusSource, folder: string, row: ManifestRow): Promise<GrayImage> {
  const bytes = await source.read(folder + row.file, maxPngBytes);
  if (!bytes) {
    const what = `The file ${row.file} of image ${row.id} does not exist`;
    throw stimuliError('missing-file', what, row.where, 'Add the file, or remove the row. Upper and lower case count.');
  }
  const image = await decodeGrayPng(bytes, `${source.where(folder + row.file)} (${row.where})`);
  if ((row.width ?? image.width) !== image.width || (row.height ?? image.height) !== image.height) {
    const what = `The manifest states ${row.width} x ${row.height} pixels, the image has ${image.width} x ${image.height}`;
    throw stimuliError('wrong-size', what, row.where, 'Correct the manifest, or use the right image.');
  }
  if (row.pixelHash !== null && row.pixelHash !== imageHash(image.pixels)) {
    const what = `The pixels of ${row.file} are not those that the manifest was written for`;
    throw stimuliError('hash-mismatch', what, row.where, 'Copy the set again, or leave pixel_sha256 blank.');
  }
  return image;
}

function allocate({ width, height }: GrayImage, count: number, where: string) {
  if (width * height * count > maxPixels) {
    const what = `${count} images of ${width} x ${height} pixels are more than fit (1 GiB)`;
    throw stimuliError('too-large', what, where, 'Import fewer or smaller images.');
  }
  return { width, height, pixels: new Uint8Array(width * height * count) };
}
