import { gridSide } from '../../contract/api/generator.ts';
import type { DataSetSource } from '../../contract/studies/study.ts';
import { isPrepared } from '../../domain/data/data-sources.ts';
import { imageLength, sizeOf } from '../../domain/data/images.ts';
import type { BlobStore } from '../../files/blobs.ts';
import { encodePng } from '../../files/png.ts';
import { firstImages } from '../data/load/load-data-set.ts';
import { somePrepared } from '../data/load/prepared.ts';
import { imageGrid } from './images.ts';

/**
 * Stores a PNG of some images of a data set in a square, and gives its hash. Null: the images are not square, or are to be
 * prepared and are not stored yet.
 * @param source with absolute paths @param hash of a data set that is prepared
 * @throws UserError `idx.*`, `mnist.*`, `file.*`
 */
export function drawRealImages(source: DataSetSource, hash: string | null, blobs: BlobStore): string | null {
  const wanted = gridSide * gridSide;
  const found = isPrepared(source) ? hash && somePrepared(hash, blobs, wanted) : firstImages(source, wanted);
  if (!found) return null;
  const { count, pixels, ...first } = found;
  const size = sizeOf(first);
  if (size.width !== size.height) return null;
  const all = new Uint8Array(wanted * imageLength(size)).fill(128);
  all.set(pixels.subarray(0, count * imageLength(size)));
  return blobs.put(encodePng(imageGrid(all, size, gridSide)));
}
