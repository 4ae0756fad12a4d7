import { beginSetHash, stimulusSetHash } from '../../../domain/plans/index.ts';
import {
  changeChannels,
  imageLength,
  type ImageSize,
  isSameSize,
  resizeImages,
  sizeOf,
} from '../../../domain/data/index.ts';
import type { StimulusImage } from '../../../domain/stimuli/index.ts';
import type { BlobStore } from '../../../files/index.ts';
import { type ImportProgress, importStimulusSet, refuseManyPixels } from './import-stimuli.ts';
import { stimuliError } from '../manifest.ts';

/** A set whose pixels are stored as blobs. */
export interface StoredStimuli {
  /** Hash of the set as its files have it. */
  setHash: string;
  /** In the size and the channels of the data set. */
  model: { hash: string; pixels: string };
  /** As the files have it, in the channels of the data set. */
  original: ImageSize & { pixels: string };
  images: readonly StimulusImage[];
}

interface Wanted {
  /** Number of classes of the data set, and the size of its images. */
  classes: number;
  size: ImageSize;
  /** Hashes of the sets that are frozen: one in color that an earlier version froze in gray stays as it is. */
  frozen: readonly string[];
}

/**
 * Reads a stimulus set that was made elsewhere, in memory, and stores its pixels image by image: as they are, and resized. Gray
 * images become RGB where the data set is in color; images in color are refused where it is gray.
 * @throws UserError as `importStimulusSet`, `stimuli.color`, `stimuli.too-large`; nothing is stored then
 */
export async function storeStimuli(
  path: string,
  { classes, size, frozen }: Wanted,
  blobs: BlobStore,
  progress: ImportProgress,
): Promise<StoredStimuli> {
  const set = await importStimulusSet(path, { classes, progress });
  const { images } = set;
  const original = { ...sizeOf(set), channels: size.channels };
  for (const each of [original, size]) refuseManyPixels(images.length, each, path);
  const perPiece = Math.max(1, Math.floor(pieceBytes / Math.max(imageLength(original), imageLength(size))));
  const length = imageLength(set) * perPiece;
  const pieces = function* (to: ImageSize): Generator<Uint8Array> {
    for (let at = 0; at < set.pixels.length; at += length) {
      const piece = changeChannels(set.pixels.subarray(at, at + length), set.channels, to.channels);
      yield isSameSize(original, to) ? piece : resizeImages(piece, original, to);
    }
  };
  if (set.channels > size.channels && !frozen.includes(hashOf(pieces(size), size, images.length))) {
    refuseColor(set, size, path);
  }
  const model = beginSetHash(size, images.length);
  const resized = function* (): Generator<Uint8Array> {
    for (const piece of pieces(size)) {
      model.update(piece);
      yield piece;
    }
  };
  const pixels = await blobs.putPieces(resized());
  return {
    setHash: stimulusSetHash(set),
    model: { hash: model.digest('hex'), pixels },
    original: { ...original, pixels: isSameSize(original, size) ? pixels : await blobs.putPieces(pieces(original)) },
    images,
  };
}

/** Bytes of pixels that are resized and written at once. */
const pieceBytes = 4 * 2 ** 20;

function hashOf(pieces: Iterable<Uint8Array>, size: ImageSize, count: number): string {
  const hash = beginSetHash(size, count);
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}

/**
 * No image is turned gray unasked: networks and people would see less than the set has.
 * @throws UserError `stimuli.color`
 */
export function refuseColor(set: ImageSize, { channels }: Pick<ImageSize, 'channels'>, where: string): void {
  if (set.channels <= channels) return;
  throw stimuliError(
    'color',
    'These images are in color, and those of the data set are gray',
    where,
    'Write 1 into a column channels of manifest.csv, in every row, to read them in gray; or choose a data set in color.',
  );
}
