/** The sizes of a convolution, and its windows as addresses. */
import { clear, copy, FLOAT, Pointer } from './vector';

/**
 * A convolution, NHWC, square kernel and stride, no dilation, as the caller lays it out in memory: eleven int32.
 *
 * `x` [images, height, width, channels] is what it reads, `y` [images, outHeight, outWidth, outputs] what it gives;
 * filters are [kernel, kernel, channels, outputs]. The first window starts `top` rows above and `left` columns before
 * the image; where windows reach beyond the image there are zeros.
 */
@unmanaged
export class Convolution {
  images: i32;
  height: i32;
  width: i32;
  channels: i32;
  outHeight: i32;
  outWidth: i32;
  outputs: i32;
  kernel: i32;
  stride: i32;
  top: i32;
  left: i32;
}

/** Rows of a product that keep a block of B busy. */
const ENOUGH_ROWS: i32 = 384;

/** Images to be done together, so that their `pixels` make rows enough. */
export function imagesAtATime(images: i32, pixels: i32): i32 {
  return max(1, min(images, ENOUGH_ROWS / max(1, pixels)));
}

/** Copies images into larger ones [images, toHeight, toWidth, channels] of zeros, `top` down and `left` in. */
export function pad(
  to: Pointer, toHeight: i32, toWidth: i32, from: Pointer, images: i32, height: i32, width: i32, channels: i32,
  top: i32, left: i32,
): void {
  const row = (<usize>(width * channels)) * FLOAT;
  const toRow = (<usize>(toWidth * channels)) * FLOAT;
  const rows = min(height, toHeight - top);
  const columns = min(width, toWidth - left);
  const before = left * channels;
  const after = (toWidth - left - columns) * channels;
  for (let image = 0; image < images; image++) {
    clear(to, top * toWidth * channels);
    let target = to + (<usize>top) * toRow;
    let source = from;
    for (let y = 0; y < rows; y++, target += toRow, source += row) {
      clear(target, before);
      copy(target + (<usize>before) * FLOAT, source, columns * channels);
      clear(target + toRow - (<usize>after) * FLOAT, after);
    }
    clear(target, (toHeight - top - rows) * toWidth * channels);
    to += (<usize>toHeight) * toRow;
    from += (<usize>height) * row;
  }
}

/** Addresses of `rows` times `columns` windows in each image, `stride` pixels apart, the first one at `first`. */
export function windows(
  table: Pointer, first: Pointer, images: i32, height: i32, width: i32, channels: i32, rows: i32, columns: i32,
  stride: i32,
): void {
  const pixel = (<usize>channels) * FLOAT;
  for (let image = 0; image < images; image++) {
    for (let y = 0; y < rows; y++) {
      let place = first + (<usize>((image * height + y * stride) * width)) * pixel;
      for (let x = 0; x < columns; x++, table += 4, place += (<usize>stride) * pixel) store<u32>(table, <u32>place);
    }
  }
}

/** The first pixel p along an axis that is of phase `r`: (p + before) mod stride = r. */
@inline
export function firstPixel(r: i32, before: i32, stride: i32): i32 {
  return (((r - before) % stride) + stride) % stride;
}

/** How many pixels of an axis a phase has that begins at pixel `first`. */
@inline
export function phaseLength(first: i32, length: i32, stride: i32): i32 {
  return first < length ? (length - 1 - first) / stride + 1 : 0;
}
