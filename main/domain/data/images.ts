import type { ImageSize } from '../../contract/recipes/images.ts';

export type Channels = ImageSize['channels'];

export type { ImageSize } from '../../contract/recipes/images.ts';

/** Number of values (bytes of pixels) of one image. */
export const imageLength = ({ width, height, channels }: ImageSize): number => width * height * channels;

/**
 * Some of many images, one after the other. @param length values of one image
 * @throws RangeError for a position without an image
 */
export function imagesAt(images: Uint8Array, length: number, positions: ArrayLike<number>): Uint8Array {
  const chosen = new Uint8Array(positions.length * length);
  Array.from(positions).forEach((position, at) => {
    if ((position + 1) * length > images.length) throw new RangeError(`there is no image ${position}`);
    chosen.set(images.subarray(position * length, (position + 1) * length), at * length);
  });
  return chosen;
}

/** The size alone, of a record that has more; absent channels are 1. */
export const sizeOf = ({ width, height, channels = 1 }: AnySize): ImageSize => ({ width, height, channels });

/** A size as declarations and hashed JSON have it: without the channels where they are 1. */
export const storedSize = ({ width, height, channels }: ImageSize): AnySize =>
  channels === 1 ? { width, height } : { width, height, channels };

type AnySize = Omit<ImageSize, 'channels'> & { channels?: Channels | undefined };

export const isSameSize = (a: ImageSize, b: ImageSize): boolean =>
  a.width === b.width && a.height === b.height && a.channels === b.channels;

/** Whether any pixel of uint8 [..., 3] is not gray: its red, green and blue differ. */
export function hasColor(rgb: Uint8Array): boolean {
  for (let at = 0; at < rgb.length; at += 3) if (rgb[at] !== rgb[at + 1] || rgb[at] !== rgb[at + 2]) return true;
  return false;
}

/**
 * Pixels with other channels: gray v becomes (v, v, v); colors become luminance by ITU-R 601,
 * (19595 R + 38470 G + 7471 B + 32768) >> 16, as Pillow's `convert("L")` computes it, so (v, v, v) becomes v. Not a copy
 * where the channels are the same.
 */
export function changeChannels(pixels: Uint8Array, from: Channels, to: Channels): Uint8Array {
  if (from === to) return pixels;
  const changed = new Uint8Array((pixels.length / from) * to);
  if (to === 3) {
    for (let k = 0, at = 0; k < pixels.length; k++, at += 3) changed.fill(pixels[k]!, at, at + 3);
    return changed;
  }
  for (let k = 0, at = 0; k < changed.length; k++, at += 3) {
    changed[k] = (19595 * pixels[at]! + 38470 * pixels[at + 1]! + 7471 * pixels[at + 2]! + 32768) >> 16;
  }
  return changed;
}

/** Weights of the source pixels `first`, `first + 1`, ... in one target pixel; they sum to 1. */
interface Taps {
  first: number;
  weights: Float64Array;
}

/** Reads the values of one image at `sourceOffset`, writes the target's at `targetOffset`. */
type Resampler = (
  source: Uint8Array | Float32Array,
  sourceOffset: number,
  target: Float32Array,
  targetOffset: number,
) => void;

/** A part of the target, in its pixels. */
interface Part {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Values between the axes that are held at a time: a long and narrow image would have any number. */
const blockValues = 2 ** 18;

/**
 * Antialiased bilinear resampling of each channel, each axis on its own (the stretch may differ). The triangle filter
 * is as wide as one pixel of the coarser grid, pixel centers lie at k + 0.5, and weights at the border are
 * renormalized: the definition of Pillow's BILINEAR and of PyTorch's `interpolate(mode="bilinear", antialias=True)`.
 * Enlarging it is plain bilinear interpolation; the same size gives the same values exactly. Values stay within the
 * range of the source, and a constant image stays constant.
 * @param part of the target that is made, and written as an image of its own; absent: all
 */
export function createResampler(from: ImageSize, to: ImageSize, part: Part = { left: 0, top: 0, ...to }): Resampler {
  const { channels } = from;
  if (to.channels !== channels) throw new RangeError('resampling does not change the number of channels');
  const columns = axisTaps(from.width, to.width, part.left, part.width);
  const rows = axisTaps(from.height, to.height, part.top, part.height);
  const [sourceRow, targetRow] = [from.width * channels, part.width * channels];
  const block = Math.min(part.width, Math.max(1, Math.floor(blockValues / (from.height * channels))));
  const narrowed = new Float64Array(from.height * block * channels);
  return (source, sourceOffset, target, targetOffset) => {
    for (let left = 0; left < part.width; left += block) {
      const right = Math.min(part.width, left + block);
      const blockRow = (right - left) * channels;
      for (let y = 0; y < from.height; y++) {
        for (let c = 0; c < channels; c++) {
          const start = sourceOffset + y * sourceRow + c;
          for (let x = left, k = y * blockRow + c; x < right; x++, k += channels) {
            narrowed[k] = weightedSum(columns[x]!, source, start, channels);
          }
        }
      }
      for (let y = 0; y < part.height; y++) {
        const start = targetOffset + y * targetRow + left * channels;
        for (let k = 0; k < blockRow; k++) target[start + k] = weightedSum(rows[y]!, narrowed, k, blockRow);
      }
    }
  };
}

/** uint8 images of one size to uint8 images of another with as many channels; halves are rounded up. */
export function resizeImages(pixels: Uint8Array, from: ImageSize, to: ImageSize): Uint8Array {
  const [sourceSize, targetSize] = [imageLength(from), imageLength(to)];
  const count = pixels.length / sourceSize;
  if (!Number.isInteger(count)) throw new RangeError('resizeImages: the number of pixels does not fit the image size');
  const resample = createResampler(from, to);
  const image = new Float32Array(targetSize);
  const result = new Uint8Array(count * targetSize);
  for (let index = 0; index < count; index++) {
    resample(pixels, index * sourceSize, image, 0);
    for (let k = 0; k < targetSize; k++) result[index * targetSize + k] = Math.floor(image[k]! + 0.5);
  }
  return result;
}

/** Taps of `count` target pixels from `start` on. */
function axisTaps(from: number, to: number, start: number, count: number): Taps[] {
  const scale = from / to;
  const reach = Math.max(1, scale);
  return Array.from({ length: count }, (_, k) => {
    const centre = (start + k + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - reach));
    const end = Math.min(from, Math.ceil(centre + reach));
    const weights = Float64Array.from({ length: end - first }, (_, tap) =>
      Math.max(0, 1 - Math.abs(first + tap + 0.5 - centre) / reach),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return { first, weights: weights.map((weight) => weight / total) };
  });
}

function weightedSum({ first, weights }: Taps, values: ArrayLike<number>, start: number, stride: number): number {
  let sum = 0;
  for (let tap = 0; tap < weights.length; tap++) sum += weights[tap]! * values[start + (first + tap) * stride]!;
  return sum;
}

const mat = 128;
const gap = 2;

interface SheetInput extends ImageSize {
  /** uint8 [all images, height, width, channels], row by row of the sheet. */
  pixels: Uint8Array;
  rows: readonly number[];
}

/** Lays images out in rows on a mid-gray mat, none enlarged, the first of each row leftmost. */
export function drawSheet({ width, height, channels, pixels, rows }: SheetInput): ImageSize & { pixels: Uint8Array } {
  const sheetWidth = Math.max(...rows) * (width + gap) + gap;
  const sheetHeight = rows.length * (height + gap) + gap;
  const sheet = new Uint8Array(sheetWidth * sheetHeight * channels).fill(mat);
  const rowLength = width * channels;
  let image = 0;
  rows.forEach((count, row) => {
    for (let column = 0; column < count; column++, image++) {
      const [left, top] = [column * (width + gap) + gap, row * (height + gap) + gap];
      for (let y = 0; y < height; y++) {
        const source = (image * height + y) * rowLength;
        sheet.set(pixels.subarray(source, source + rowLength), ((top + y) * sheetWidth + left) * channels);
      }
    }
  });
  return { width: sheetWidth, height: sheetHeight, channels, pixels: sheet };
}
