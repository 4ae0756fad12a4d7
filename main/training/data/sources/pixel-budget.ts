import { formatBytes, formatInteger } from '../../../domain/format.ts';
import { largest } from '../../../files/limits.ts';
import type { ImageFile } from './image-files.ts';
import { dataError } from './source.ts';

/** Files whose size is asked for at once. */
const atOnce = 100;

/**
 * How many pixels a set of images may have: a small zip of large empty images would be read for hours. It depends on the size
 * of all its files, so neither their order nor the number of readers decides whether a set is refused.
 */
export class PixelBudget {
  readonly #files: readonly Pick<ImageFile, 'size'>[];
  readonly #where: string;
  #most: Promise<{ pixels: number; bytes: number }> | undefined;
  #spent = 0;

  constructor(files: readonly Pick<ImageFile, 'size'>[], where: string) {
    this.#files = files;
    this.#where = where;
  }

  /** @throws UserError `data-set.pixel-bomb` */
  readonly spend = async (pixels: number): Promise<void> => {
    this.#spent += pixels;
    if (this.#spent <= largest.sparePixels) return;
    this.#most ??= this.#measure();
    const most = await this.#most;
    if (this.#spent <= most.pixels) return;
    throw dataError(
      'pixel-bomb',
      `These images have more than ${formatInteger(most.pixels)} pixels in ${formatBytes(most.bytes)}, which no photographs or drawings have`,
      this.#where,
      'Do not trust this file. If the images are yours, save them smaller: they are scaled to the size of the data set anyway.',
    );
  };

  async #measure(): Promise<{ pixels: number; bytes: number }> {
    let bytes = 0;
    for (let from = 0; from < this.#files.length; from += atOnce) {
      // A file that is gone is left out when it is read.
      const sizes = this.#files.slice(from, from + atOnce).map((file) => file.size().catch(() => 0));
      for (const size of await Promise.all(sizes)) bytes += size;
    }
    return { pixels: Math.max(largest.sparePixels, largest.pixelsPerByte * bytes), bytes };
  }
}
