import { createResampler, imageLength, type ImageSize } from '../../domain/data/images.ts';
import type { LabeledImages } from '../data/data-set.ts';

/** Gives the images at these positions as a GAN's input: float32 [n, height, width, channels] in [-1, 1]. */
export type UnitRangeGather = (set: Pick<LabeledImages, 'images'>, indices: ArrayLike<number>) => Float32Array;

/**
 * Resizes images to this size (antialiased bilinear, see main/domain/data/images.ts; other proportions are
 * stretched) and scales them to [-1, 1]: pixel / 127.5 - 1. Images that have this size already are only scaled. Values
 * are not rounded to 8 bits in between.
 */
export function createUnitRangeGather(form: ImageSize, size: ImageSize): UnitRangeGather {
  const resample = createResampler(form, size);
  const [from, to] = [imageLength(form), imageLength(size)];
  return (set, indices) => {
    const images = new Float32Array(indices.length * to);
    for (let n = 0; n < indices.length; n++) resample(set.images, (indices[n] as number) * from, images, n * to);
    for (let k = 0; k < images.length; k++) images[k] = (images[k] as number) / 127.5 - 1;
    return images;
  };
}

/** A generator's output in [-1, 1] as pixels: round((value + 1) * 127.5); values outside are clipped. */
export function fromUnitRange(values: Float32Array): Uint8Array {
  return Uint8Array.from(values, (value) => Math.min(255, Math.max(0, Math.floor((value + 1) * 127.5 + 0.5))));
}

/** One image of `side * side` images of one size, uint8 [side * side, height, width, channels], row by row. */
export function imageGrid(
  pixels: Uint8Array,
  { width, height, channels }: ImageSize,
  side: number,
): ImageSize & { pixels: Uint8Array } {
  const row = width * channels;
  const grid = new Uint8Array(side * side * height * row);
  for (let image = 0; image < side * side; image++) {
    const left = (image % side) * row;
    const top = Math.floor(image / side) * height;
    for (let y = 0; y < height; y++) {
      const start = (image * height + y) * row;
      grid.set(pixels.subarray(start, start + row), (top + y) * side * row + left);
    }
  }
  return { width: side * width, height: side * height, channels, pixels: grid };
}

/** Variety of images of a size: the standard deviation of each value over the images, mean over an image's values. */
export function variety(pixels: ArrayLike<number>, size: ImageSize): number {
  const area = imageLength(size);
  const count = pixels.length / area;
  let total = 0;
  for (let k = 0; k < area; k++) {
    let [sum, squares] = [0, 0];
    for (let image = 0; image < count; image++) {
      const value = pixels[image * area + k] as number;
      sum += value;
      squares += value * value;
    }
    total += Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
  }
  return total / area;
}
