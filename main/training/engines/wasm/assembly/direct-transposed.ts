/**
 * Transposed convolution, which is also the gradient of a convolution's input.
 *
 * With stride s, pixel p of the result gets only the filter's rows r, r + s, r + 2 s ... with r = (p + top) mod s. So
 * the pixels fall into s times s phases, each a convolution at stride 1 of the small map with a filter of its own.
 */
import { multiplyGathered } from './gather';
import { startRow } from './gemm';
import { Convolution, firstPixel, imagesAtATime, pad, pixelsOf, windows } from './geometry';
import { PANEL_ROW, packColumns, packedBytes, panelsOf } from './pack';
import { COLUMNS, TILE_BYTES } from './tile';
import { bytesOf, clear, copy, FLOAT, Pointer } from './vector';

/** Rows of the filter that phase `r` has. */
@inline
function taps(g: Convolution, r: i32): i32 {
  return (g.kernel - r + g.stride - 1) / g.stride;
}

/** Pixels of the small map that a window sees at most, along one axis. */
@inline
function reach(g: Convolution): i32 {
  return (g.kernel + g.stride - 1) / g.stride;
}

/** Rows of the padded small map: `reach - 1` of zeros before it, and as many after as the last window sees. */
@inline
function paddedHeight(g: Convolution): i32 {
  return max((g.height - 1 + g.top) / g.stride + 1, g.outHeight) + reach(g) - 1;
}

@inline
function paddedWidth(g: Convolution): i32 {
  return max((g.width - 1 + g.left) / g.stride + 1, g.outWidth) + reach(g) - 1;
}

/** Pixels of the largest phase. */
function phasePixels(g: Convolution): i32 {
  return pixelsOf(0, g.height, g.stride) * pixelsOf(0, g.width, g.stride);
}

/** Bytes of scratch memory that `convolveTransposedDirectly` needs. */
export function directTransposedScratch(g: Convolution): usize {
  const pixels = phasePixels(g);
  const images = imagesAtATime(g.images, pixels);
  return (
    TILE_BYTES +
    bytesOf(panelsOf(g.channels) * COLUMNS) +
    packedBytes(g.kernel * g.kernel * g.outputs, g.channels) +
    bytesOf(images * pixels) +
    bytesOf(images * pixels * g.channels) +
    bytesOf(images * paddedHeight(g) * paddedWidth(g) * g.outputs)
  );
}

/** dx [images, height, width, channels] from dy [images, outHeight, outWidth, outputs] and w. */
export function convolveTransposedDirectly(dx: Pointer, dy: Pointer, w: Pointer, g: Convolution, scratch: Pointer): void {
  const pixels = phasePixels(g);
  const together = imagesAtATime(g.images, pixels);
  const tile = scratch;
  const first = tile + TILE_BYTES;
  const panels = first + bytesOf(panelsOf(g.channels) * COLUMNS);
  const table = panels + packedBytes(g.kernel * g.kernel * g.outputs, g.channels);
  const result = table + bytesOf(together * pixels);
  const padded = result + bytesOf(together * pixels * g.channels);
  startRow(first, 0, g.channels);
  packPhases(panels, w, g);
  const from = (<usize>(g.outHeight * g.outWidth * g.outputs)) * FLOAT;
  const to = (<usize>(g.height * g.width * g.channels)) * FLOAT;
  const before = reach(g) - 1;
  for (let image = 0; image < g.images; image += together) {
    const some = min(together, g.images - image);
    pad(
      padded, paddedHeight(g), paddedWidth(g), dy + (<usize>image) * from, some, g.outHeight, g.outWidth, g.outputs,
      before, before,
    );
    eachPhase(dx + (<usize>image) * to, some, panels, first, table, result, padded, tile, g);
  }
}

/** The filters of all phases, turned around, one after another. */
function packPhases(panels: Pointer, w: Pointer, g: Convolution): void {
  const step = (<usize>g.outputs) * FLOAT;
  for (let r = 0; r < g.stride; r++) {
    for (let q = 0; q < g.stride; q++) {
      const high = taps(g, r);
      const wide = taps(g, q);
      const panelBytes = (<usize>(high * wide * g.outputs)) * PANEL_ROW;
      for (let i = 0; i < high; i++) {
        for (let j = 0; j < wide; j++) {
          const tap = (r + g.stride * (high - 1 - i)) * g.kernel + q + g.stride * (wide - 1 - j);
          const target = panels + (<usize>((i * wide + j) * g.outputs)) * PANEL_ROW;
          packColumns(target, panelBytes, w + (<usize>(tap * g.channels)) * step, step, g.outputs, g.channels);
        }
      }
      panels += packedBytes(high * wide * g.outputs, g.channels);
    }
  }
}

/** All phases of some images. */
function eachPhase(
  dx: Pointer,
  images: i32,
  panels: Pointer,
  first: Pointer,
  table: Pointer,
  result: Pointer,
  padded: Pointer,
  tile: Pointer,
  g: Convolution,
): void {
  const step = (<usize>(paddedWidth(g) * g.outputs)) * FLOAT;
  for (let r = 0; r < g.stride; r++) {
    for (let q = 0; q < g.stride; q++) {
      const high = taps(g, r);
      const wide = taps(g, q);
      const y = firstPixel(r, g.top, g.stride);
      const x = firstPixel(q, g.left, g.stride);
      const rows = pixelsOf(y, g.height, g.stride);
      const columns = pixelsOf(x, g.width, g.stride);
      // The window of the first pixel: it ends at the small map's pixel (y + top) / stride.
      const top = (y + g.top) / g.stride + reach(g) - high;
      const left = (x + g.left) / g.stride + reach(g) - wide;
      const start = padded + (<usize>top) * step + (<usize>(left * g.outputs)) * FLOAT;
      const target = g.stride == 1 ? dx : result;
      windows(table, start, images, paddedHeight(g), paddedWidth(g), g.outputs, rows, columns, 1);
      if (high > 0 && wide > 0) {
        const m = images * rows * columns;
        multiplyGathered(
          table, m, high, wide * g.outputs, step, panels, g.channels, first, target, g.channels, tile,
        );
      } else {
        clear(target, images * rows * columns * g.channels);
      }
      if (g.stride > 1) scatter(dx, result, images, y, x, rows, columns, g);
      panels += packedBytes(high * wide * g.outputs, g.channels);
    }
  }
}

/** Puts the pixels of one phase where they belong. */
function scatter(
  dx: Pointer,
  from: Pointer,
  images: i32,
  firstY: i32,
  firstX: i32,
  rows: i32,
  columns: i32,
  g: Convolution,
): void {
  const bytes = (<usize>g.channels) * FLOAT;
  for (let image = 0; image < images; image++) {
    for (let y = 0; y < rows; y++) {
      const row = (image * g.height + firstY + y * g.stride) * g.width + firstX;
      let to = dx + (<usize>row) * bytes;
      for (let x = 0; x < columns; x++, to += (<usize>g.stride) * bytes, from += bytes) copy(to, from, g.channels);
    }
  }
}
