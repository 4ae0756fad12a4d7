import { imageHash } from '../../../domain/plans/index.ts';
import { changeChannels, imageLength, type ImageSize } from '../../../domain/data/index.ts';
import { pixelsAt, placeOf, type StimulusSet } from '../../../domain/stimuli/index.ts';
import { largest, type PixelImage } from '../../../files/index.ts';
import { descriptionName, manifestName, stimuliError } from '../manifest.ts';
import { decodePng } from './decode-png.ts';
import { checkDescription, type ManifestRow, readManifest } from './read-manifest.ts';
import { openSource, type StimulusSource } from './source.ts';

const maxManifestBytes = 64 * 2 ** 20;
const maxDescriptionBytes = 2 ** 20;
const maxPngBytes = 16 * 2 ** 20;

/** Gets how many images were read. */
export type ImportProgress = (done: number, total: number, what: string) => void;

interface ImportOptions {
  /** Number of classes K of the data set, which the pairs must fit. */
  classes?: number;
  progress?: ImportProgress;
}

/**
 * Reads a stimulus set made elsewhere: a folder or zip archive of PNGs, all of one size, with manifest.csv
 * (docs/data-formats.md). All pixels are in memory, so call it in a process of its own. Hashes are checked where they are given. Files that the manifest does not name are ignored.
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
    const set = await readImages(source, folder, rows, options.progress);
    const description = await source.read(folder + descriptionName, maxDescriptionBytes);
    if (description) {
      checkDescription(Buffer.from(description).toString('utf8'), set, source.where(folder + descriptionName));
    }
    return set;
  } finally {
    source.close();
  }
}

/** In the channels that the manifest states, else in color if any image has color. */
async function readImages(
  source: StimulusSource,
  folder: string,
  rows: readonly ManifestRow[],
  progress: ImportProgress | undefined,
): Promise<StimulusSet> {
  let read: PixelImage | undefined;
  for (const [position, row] of rows.entries()) {
    const image = await readImage(source, folder, row);
    read ??= allocate(image, rows.length, source.where(folder));
    if (image.width !== read.width || image.height !== read.height) {
      const what = `Image ${row.id} has ${image.width} x ${image.height} pixels, others ${read.width} x ${read.height}`;
      throw stimuliError('different-sizes', what, row.where, 'Bring all images to one size.');
    }
    if (image.channels > read.channels) {
      const inColor = allocate(image, rows.length, source.where(folder));
      inColor.pixels.set(changeChannels(read.pixels.subarray(0, position * imageLength(read)), 1, 3));
      read = inColor;
    }
    read.pixels.set(changeChannels(image.pixels, image.channels, read.channels), position * imageLength(read));
    progress?.(position + 1, rows.length, 'images');
  }
  if (!read) throw new RangeError('readImages: a manifest has at least one row');
  const set: StimulusSet = {
    ...read,
    images: rows.map(placeOf),
  };
  checkHashes(rows, set);
  return set;
}

/** After all images were read: an image without color has other bytes in a set with color. */
function checkHashes(rows: readonly ManifestRow[], set: StimulusSet): void {
  for (const [position, row] of rows.entries()) {
    if (row.pixelHash === null || row.pixelHash === imageHash(pixelsAt(set, position))) continue;
    const what = `The pixels of ${row.file} are not those that the manifest was written for`;
    const orGray =
      set.channels > 1 && row.channels === null ? '; or write 1 in a column channels to read all in gray' : '';
    throw stimuliError('hash-mismatch', what, row.where, `Copy the set again, or leave pixel_sha256 blank${orGray}.`);
  }
}

async function readImage(source: StimulusSource, folder: string, row: ManifestRow): Promise<PixelImage> {
  const bytes = await source.read(folder + row.file, maxPngBytes);
  if (!bytes) {
    const what = `The file ${row.file} of image ${row.id} does not exist`;
    throw stimuliError('missing-file', what, row.where, 'Add the file, or remove the row. Upper and lower case count.');
  }
  const where = `${source.where(folder + row.file)} (${row.where})`;
  const image = await decodePng(bytes, where, row.channels ?? 'as-is');
  if ((row.width ?? image.width) !== image.width || (row.height ?? image.height) !== image.height) {
    const what = `The manifest states ${row.width} x ${row.height} pixels, the image has ${image.width} x ${image.height}`;
    throw stimuliError('wrong-size', what, row.where, 'Correct the manifest, or use the right image.');
  }
  return image;
}

function allocate({ width, height, channels }: ImageSize, count: number, where: string): PixelImage {
  refuseManyPixels(count, { width, height, channels }, where);
  return { width, height, channels, pixels: new Uint8Array(imageLength({ width, height, channels }) * count) };
}

/** @throws UserError `stimuli.too-large` */
export function refuseManyPixels(count: number, size: ImageSize, where: string): void {
  if (imageLength(size) * count <= largest.stimuliPixels) return;
  const { width, height, channels } = size;
  const kind = channels > 1 ? 'color images' : 'images';
  const what = `${count} ${kind} of ${width} x ${height} pixels are more than fit (1 GiB)`;
  throw stimuliError('too-large', what, where, 'Import fewer or smaller images.');
}
