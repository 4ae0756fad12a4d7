import { formatBytes, formatInteger } from '../../../domain/numbers/index.ts';
import { largest } from '../../../files/index.ts';
import type { ImageFile } from './image-files.ts';
import { dataError } from './source.ts';

/** Files whose size is asked for at once. */
const atOnce = 100;

type Sized = Pick<ImageFile, 'size'>;

/**
 * How many pixels a set of images may have: a small zip of large empty images would be read for hours. It depends on the size
 * of all its files, so neither their order nor the number of readers decides whether a set is refused.
 * @returns what each image's pixels are taken from @throws UserError `data-set.pixel-bomb` when they are taken
 */
export function pixelBudget(files: readonly Sized[], where: string): (pixels: number) => Promise<void> {
  let known: ReturnType<typeof mostPixels> | undefined;
  let spent = 0;
  return async (pixels) => {
    spent += pixels;
    if (spent <= largest.sparePixels) return;
    known ??= mostPixels(files);
    const most = await known;
    if (spent <= most.pixels) return;
    throw dataError(
      'pixel-bomb',
      `These images have more than ${formatInteger(most.pixels)} pixels in ${formatBytes(most.bytes)}, which no photographs or drawings have`,
      where,
      'Do not trust this file. If the images are yours, save them smaller: they are scaled to the size of the data set anyway.',
    );
  };
}

async function mostPixels(files: readonly Sized[]): Promise<{ pixels: number; bytes: number }> {
  let bytes = 0;
  for (let from = 0; from < files.length; from += atOnce) {
    // A file that is gone is left out when it is read.
    const sizes = files.slice(from, from + atOnce).map((file) => file.size().catch(() => 0));
    for (const size of await Promise.all(sizes)) bytes += size;
  }
  return { pixels: Math.max(largest.sparePixels, largest.pixelsPerByte * bytes), bytes };
}
