import { encode } from 'fast-png';
import type { ImageSize } from '../domain/data/images.ts';

export interface PixelImage extends ImageSize {
  /** uint8 [height, width, channels]; 0 is black. */
  pixels: Uint8Array;
}

/** An 8-bit PNG, gray or RGB. The same pixels give the same bytes: sample grids are stored under their hash. */
export function encodePng({ width, height, channels, pixels }: PixelImage): Uint8Array {
  return encode({ width, height, data: pixels, depth: 8, channels }, { zlib: { level: 9 } });
}
