import type { Augmentation } from '../../contract/recipes/training-parts.ts';
import { at } from '../../domain/numbers/arrays.ts';
import { imageLength } from '../../domain/data/images.ts';
import { type RandomStream, randomStream } from '../../domain/random/random.ts';
import type { ImageForm } from './data-set.ts';

/** Decides, together with the position of an image in its set, its random augmentation. */
export interface AugmentationKey {
  settings: Augmentation;
  seed: number;
  /** Epoch of all images, or by slot. */
  epoch: number | Uint32Array;
}

/** Writes the image at position `index` of `images`, augmented and normalized, to position `slot` of `target`. */
type Augmenter = (images: Uint8Array, index: number, target: Float32Array, slot: number) => void;

/** From target to source coordinates: sx = a x + b y + c, sy = -b x + a y + d. */
interface Affine {
  a: number;
  b: number;
  c: number;
  d: number;
}

/**
 * Random affine transformation: the image is scaled by 1 +- scale and rotated by +- rotate degrees about its center, then
 * shifted by +- shift pixels along each axis; all four uniform, drawn from (seed, epoch, index) alone, so that a resumed
 * run sees the same images. Bilinear between pixels, black outside. With `flip`, half of the images are then mirrored
 * left to right, by a fifth draw.
 */
export function createAugmenter(form: ImageForm, { settings, seed, epoch }: AugmentationKey): Augmenter {
  const size = imageLength(form);
  const write = form.channels === 1 ? grayWriter(form) : colorWriter(form);
  return (images, index, target, slot) => {
    const random = randomStream(seed, 'augmentation', typeof epoch === 'number' ? epoch : at(epoch, slot), index);
    const affine = drawAffine(form, settings, random);
    const mirrored = settings.flip === true && random.float() < 0.5;
    const source = images.subarray(index * size, (index + 1) * size);
    write(source, affine, mirrored, target.subarray(slot * size, (slot + 1) * size));
  };
}

/** Writes one image, transformed and normalized. */
type Writer = (source: Uint8Array, affine: Affine, mirrored: boolean, output: Float32Array) => void;

function grayWriter({ height, width, mean, std }: ImageForm): Writer {
  const [average, deviation] = [at(mean, 0), at(std, 0)];
  return (source, affine, mirrored, output) => {
    for (let y = 0, k = 0; y < height; y++) {
      let sx = affine.b * y + affine.c;
      let sy = affine.a * y + affine.d;
      for (let x = 0; x < width; x++, k++) {
        output[k] = (bilinear(source, width, height, sx, sy) / 255 - average) / deviation;
        sx += affine.a;
        sy -= affine.b;
      }
      if (mirrored) output.subarray(k - width, k).reverse();
    }
  };
}

/** Each channel gets the same bits as a gray image of its values. */
function colorWriter(form: ImageForm): Writer {
  const { height, width, channels, mean, std } = form;
  const plane = new Uint8Array(height * width);
  const written = new Float32Array(height * width);
  const writers = mean.map((average, c) => grayWriter({ ...form, channels: 1, mean: [average], std: [at(std, c)] }));
  return (source, affine, mirrored, output) => {
    writers.forEach((write, c) => {
      for (let k = 0; k < plane.length; k++) plane[k] = source[k * channels + c]!;
      write(plane, affine, mirrored, written);
      for (let k = 0; k < written.length; k++) output[k * channels + c] = written[k]!;
    });
  };
}

function drawAffine({ height, width }: ImageForm, settings: Augmentation, random: RandomStream): Affine {
  const within = (limit: number): number => limit * (2 * random.float() - 1);
  const scale = 1 + within(settings.scale);
  const angle = (within(settings.rotate) * Math.PI) / 180;
  const [shiftX, shiftY] = [within(settings.shift), within(settings.shift)];
  const [centerX, centerY] = [(width - 1) / 2, (height - 1) / 2];
  const [a, b] = [Math.cos(angle) / scale, Math.sin(angle) / scale];
  const [targetX, targetY] = [centerX + shiftX, centerY + shiftY];
  return { a, b, c: centerX - a * targetX - b * targetY, d: centerY + b * targetX - a * targetY };
}

function bilinear(image: Uint8Array, width: number, height: number, sx: number, sy: number): number {
  const [left, top] = [Math.floor(sx), Math.floor(sy)];
  if (left < -1 || top < -1 || left >= width || top >= height) return 0;
  const [fx, fy] = [sx - left, sy - top];
  const corner = top * width + left;
  const below = corner + width;
  // Most pixels: without a test for each neighbor.
  if (left >= 0 && top >= 0 && left + 1 < width && top + 1 < height) {
    const upper = image[corner]! * (1 - fx) + image[corner + 1]! * fx;
    const lower = image[below]! * (1 - fx) + image[below + 1]! * fx;
    return upper * (1 - fy) + lower * fy;
  }
  const hasLeft = left >= 0;
  const hasRight = left + 1 < width;
  let [upper, lower] = [0, 0];
  if (top >= 0) upper = (hasLeft ? image[corner]! * (1 - fx) : 0) + (hasRight ? image[corner + 1]! * fx : 0);
  if (top + 1 < height) lower = (hasLeft ? image[below]! * (1 - fx) : 0) + (hasRight ? image[below + 1]! * fx : 0);
  return upper * (1 - fy) + lower * fy;
}
