import { createResampler } from '../../domain/images.ts';
import type { ImageForm, LabelledImages } from './types.ts';

/** Images at these positions as a GAN takes them: float32 [n, size, size, 1] in [-1, 1]. */
export type UnitRangeGather = (set: Pick<LabelledImages, 'images'>, indices: ArrayLike<number>) => Float32Array;

/**
 * Brings images to `size` x `size` pixels (antialiased bilinear, see main/domain/images.ts; other proportions are
 * stretched) and to [-1, 1]: pixel / 127.5 - 1. Images of that size already are only scaled. The values are not rounded
 * to 8 bits in between.
 */
export function createUnitRangeGather(form: Pick<ImageForm, 'height' | 'width'>, size: number): UnitRangeGather {
  const resample = createResampler(form, { width: size, height: size });
  const sourceSize = form.height * form.width;
  return (set, indices) => {
    const images = new Float32Array(indices.length * size * size);
    for (let n = 0; n < indices.length; n++) {
      resample(set.images, (indices[n] as number) * sourceSize, images, n * size * size);
    }
    for (let k = 0; k < images.length; k++) images[k] = (images[k] as number) / 127.5 - 1;
    return images;
  };
}

/** A generator's output in [-1, 1] as pixels: round((value + 1) * 127.5); what lies outside is cut off. */
export function fromUnitRange(values: Float32Array): Uint8Array {
  return Uint8Array.from(values, (value) => Math.min(255, Math.max(0, Math.floor((value + 1) * 127.5 + 0.5))));
}
