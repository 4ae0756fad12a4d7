import { imagesAt } from '../../../domain/data/index.ts';
import type { ClassPictures } from '../contract/inspection.ts';

/** Images of a class that are shown of what was looked at, and classes. */
export const rowLength = 8;
export const maxRows = 32;
/** Most bytes of pixels in a preview: as many as one image of the largest size has, and some. */
const mostBytes = 2 ** 22;

/**
 * How many images of each class a preview has: of large images fewer, and of the last classes none.
 * @param available of each class @param length values of an image @param most of a class
 */
export function previewCounts(available: readonly number[], length: number, most: number): number[] {
  let room = Math.floor(mostBytes / length);
  const each = Math.min(most, Math.max(1, Math.floor(room / available.length)));
  return available.map((count) => {
    const shown = Math.min(each, count, room);
    room -= shown;
    return shown;
  });
}

/** The images at these places, class after class. @param shown places of each class @param length values of an image */
export const picturesOf = (
  images: Uint8Array,
  shown: readonly (readonly number[])[],
  length: number,
): ClassPictures => ({
  pixels: Buffer.from(imagesAt(images, length, shown.flat())).toString('base64'),
  labels: shown.flatMap((places, label) => places.map(() => label)),
});
