import type { Tensor, Tensor1D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { InputForm, Tfjs } from '../engines/engine.ts';
import type { ImageShape } from './model.ts';

type ImageSize = Omit<ImageShape, 'classes'>;

/** How a step comes by its images: what it takes for `n` of them, and the float32 [n, h, w, c] that it makes of that. */
export interface ImageInput {
  form(n: number): InputForm;
  images(given: Tensor): Tensor4D;
}

/** It takes the images themselves, normalised. */
export function fedImages({ height, width, channels }: ImageSize): ImageInput {
  return {
    form: (n) => ({ shape: [n, height, width, channels], dtype: 'float32' }),
    images: (given) => given as Tensor4D,
  };
}

/**
 * It takes int32 positions in `all`, a variable [count, h * w * c], and gathers. On a GPU such a step moves some hundred
 * bytes to the device where images would be some hundred kilobytes (untested: no GPU has run it yet).
 */
export function heldImages(tf: Tfjs, all: Variable, { height, width, channels }: ImageSize): ImageInput {
  return {
    form: (n) => ({ shape: [n], dtype: 'int32' }),
    images: (given) => tf.reshape(tf.gather(all, given as Tensor1D), [given.size, height, width, channels]),
  };
}
