import { createHash } from 'node:crypto';
import type { StimulusSet } from './stimulus-set.ts';

/**
 * The name of a frozen stimulus set: SHA-256 (lower-case hexadecimal) of the ASCII line
 * `boundary-workbench/stimulus-set/1 <width> <height> <count>\n` and then all pixels, one byte each, image by image in
 * ascending order of id, row by row. Ids, pairs and alphas do not take part: what was seen decides.
 */
export function stimulusSetHash(set: Pick<StimulusSet, 'width' | 'height' | 'images' | 'pixels'>): string {
  const { width, height, images, pixels } = set;
  if (pixels.length !== width * height * images.length) throw new RangeError('stimulusSetHash: wrong number of pixels');
  const header = `boundary-workbench/stimulus-set/1 ${width} ${height} ${images.length}\n`;
  return createHash('sha256').update(header, 'ascii').update(pixels).digest('hex');
}

/** SHA-256 of one image's pixels, one byte each, row by row; nothing else, so that any tool can check it. */
export function imageHash(pixels: Uint8Array): string {
  return createHash('sha256').update(pixels).digest('hex');
}
