import { at } from '../../domain/numbers/index.ts';
import { imageLength, type ImageSize } from '../../domain/data/index.ts';

/** Blocks a side at which images are compared: enough to distinguish two digits, and quick for hundreds. */
const side = 16;

/**
 * Root mean square difference of each image to the most similar other one, of block means of each channel in gray
 * levels; 0 for a single image. @param pixels uint8 [count, height, width, channels]
 */
export function measureVariety(pixels: Uint8Array, size: ImageSize): number[] {
  const length = imageLength(size);
  const count = pixels.length / length;
  const blocks = Array.from({ length: count }, (_, n) =>
    blockMeans(pixels.subarray(n * length, (n + 1) * length), size),
  );
  const nearest = new Array<number>(count).fill(count < 2 ? 0 : Infinity);
  for (let a = 0; a < count; a++) {
    for (let b = a + 1; b < count; b++) {
      const difference = distance(at(blocks, a), at(blocks, b));
      nearest[a] = Math.min(nearest[a]!, difference);
      nearest[b] = Math.min(nearest[b]!, difference);
    }
  }
  return nearest;
}

function blockMeans(image: Uint8Array, { width, height, channels }: ImageSize): Float32Array {
  const [columns, rows] = [Math.min(side, width), Math.min(side, height)];
  const sums = new Float32Array(columns * rows * channels);
  const counts = new Float32Array(columns * rows * channels);
  for (let y = 0, k = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const block = Math.floor((y * rows) / height) * columns + Math.floor((x * columns) / width);
      for (let mean = block * channels; mean < (block + 1) * channels; mean++, k++) {
        sums[mean] = sums[mean]! + image[k]!;
        counts[mean] = counts[mean]! + 1;
      }
    }
  }
  return sums.map((sum, block) => sum / counts[block]!);
}

function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k]! - b[k]!) ** 2;
  return Math.sqrt(sum / a.length);
}
