/** Convolutions of all sizes, window by window: the convolution, its filter's gradient, and the transposed convolution. */
import { multiplyGathered } from './gather';
import { moveTile, startRow } from './gemm';
import { Convolution, firstPixel, imagesAtATime, pad, phaseLength, windows } from './geometry';
import { packColumns, packedBytes, packRows, PANEL_ROW, panelCount, STRIP_ROW } from './pack';
import { COLUMNS, ROWS, TILE_BYTES, TILE_STEP, multiplyColumns } from './tile';
import { floatBytes, clear, copy, FLOAT, Pointer } from './vector';

/** Pixels whose products the filter's gradient adds up at a time. */
const DEPTH: i32 = 256;

/** Height of an image with the zeros that windows see. */
@inline
function paddedHeight(g: Convolution): i32 {
  return max((g.outHeight - 1) * g.stride + g.kernel, g.height + g.top);
}

@inline
function paddedWidth(g: Convolution): i32 {
  return max((g.outWidth - 1) * g.stride + g.kernel, g.width + g.left);
}

/** Bytes of the padded images done together. The last strip of a filter's gradient reads six floats more. */
function paddedBytes(g: Convolution): usize {
  const images = imagesAtATime(g.images, g.outHeight * g.outWidth);
  return floatBytes(images * paddedHeight(g) * paddedWidth(g) * g.channels + ROWS);
}

function tableBytes(g: Convolution): usize {
  const pixels = g.outHeight * g.outWidth;
  return floatBytes(imagesAtATime(g.images, pixels) * pixels);
}

/** Bytes of scratch memory that `convolveDirectly` needs. */
export function directScratch(g: Convolution): usize {
  const depth = g.kernel * g.kernel * g.channels;
  return (
    TILE_BYTES +
    floatBytes(panelCount(g.outputs) * COLUMNS) +
    packedBytes(depth, g.outputs) +
    tableBytes(g) +
    paddedBytes(g)
  );
}

/** y = x convolved with w */
export function convolveDirectly(y: Pointer, x: Pointer, w: Pointer, g: Convolution, scratch: Pointer): void {
  const depth = g.kernel * g.kernel * g.channels;
  const pixels = g.outHeight * g.outWidth;
  const tile = scratch;
  const first = tile + TILE_BYTES;
  const panels = first + floatBytes(panelCount(g.outputs) * COLUMNS);
  const table = panels + packedBytes(depth, g.outputs);
  const padded = table + tableBytes(g);
  const row = (<usize>g.outputs) * FLOAT;
  startRow(first, 0, g.outputs);
  packRows(panels, (<usize>depth) * PANEL_ROW, w, row, depth, g.outputs);
  const together = imagesAtATime(g.images, pixels);
  const runStep = (<usize>(paddedWidth(g) * g.channels)) * FLOAT;
  for (let image = 0; image < g.images; image += together) {
    const some = min(together, g.images - image);
    padImages(padded, x, image, some, g);
    windowTable(table, padded, some, g);
    const target = y + (<usize>(image * pixels)) * row;
    multiplyGathered(
      table, some * pixels, g.kernel, g.kernel * g.channels, runStep, panels, g.outputs, first, target, g.outputs, tile,
    );
  }
}

/** Bytes of scratch memory that `filterGradientDirectly` needs. */
export function directFilterScratch(g: Convolution): usize {
  return (
    TILE_BYTES + floatBytes(DEPTH * ROWS) + packedBytes(DEPTH, g.outputs) + tableBytes(g) + paddedBytes(g)
  );
}

/** dw [kernel, kernel, channels, outputs] from x and the gradient dy of the result. */
export function filterGradientDirectly(dw: Pointer, x: Pointer, dy: Pointer, g: Convolution, scratch: Pointer): void {
  const pixels = g.outHeight * g.outWidth;
  const tile = scratch;
  const strip = tile + TILE_BYTES;
  const panels = strip + floatBytes(DEPTH * ROWS);
  const table = panels + packedBytes(DEPTH, g.outputs);
  const padded = table + tableBytes(g);
  const row = (<usize>g.outputs) * FLOAT;
  clear(dw, g.kernel * g.kernel * g.channels * g.outputs);
  const together = imagesAtATime(g.images, pixels);
  for (let image = 0; image < g.images; image += together) {
    const some = min(together, g.images - image);
    padImages(padded, x, image, some, g);
    windowTable(table, padded, some, g);
    for (let pixel = 0; pixel < some * pixels; pixel += DEPTH) {
      const deep = min(DEPTH, some * pixels - pixel);
      packRows(panels, (<usize>deep) * PANEL_ROW, dy + (<usize>(image * pixels + pixel)) * row, row, deep, g.outputs);
      addFilterProducts(dw, table + ((<usize>pixel) << 2), deep, panels, strip, tile, g);
    }
  }
}

/** dw += the products of `deep` windows and their packed gradients. */
function addFilterProducts(
  dw: Pointer, table: Pointer, deep: i32, panels: Pointer, strip: Pointer, tile: Pointer, g: Convolution,
): void {
  const run = g.kernel * g.channels;
  const runStep = (<usize>(paddedWidth(g) * g.channels)) * FLOAT;
  const step = (<usize>g.outputs) * FLOAT;
  for (let y = 0; y < g.kernel; y++) {
    for (let i = 0; i < run; i += ROWS) {
      const height = min(ROWS, run - i);
      gatherStrip(strip, table, (<usize>y) * runStep + (<usize>i) * FLOAT, deep);
      let panel = panels;
      for (let column = 0; column < g.outputs; column += COLUMNS, panel += (<usize>deep) * PANEL_ROW) {
        const width = min(COLUMNS, g.outputs - column);
        const target = dw + (<usize>(y * run + i)) * step + (<usize>column) * FLOAT;
        if (height == ROWS && width == COLUMNS) {
          multiplyColumns(strip, STRIP_ROW, deep, panel, PANEL_ROW, target, step, target, step);
        } else {
          moveTile(tile, TILE_STEP, target, step, height, width);
          multiplyColumns(strip, STRIP_ROW, deep, panel, PANEL_ROW, tile, TILE_STEP, tile, TILE_STEP);
          moveTile(target, step, tile, TILE_STEP, height, width);
        }
      }
    }
  }
}

/** Six floats of each window, `offset` bytes into it. */
function gatherStrip(strip: Pointer, table: Pointer, offset: usize, deep: i32): void {
  for (let i = 0; i < deep; i++, table += 4, strip += STRIP_ROW) {
    const source = offset + load<u32>(table);
    v128.store(strip, v128.load(source));
    store<i64>(strip, load<i64>(source, 16), 16);
  }
}

function padImages(padded: Pointer, x: Pointer, image: i32, images: i32, g: Convolution): void {
  const from = x + (<usize>(image * g.height * g.width * g.channels)) * FLOAT;
  pad(padded, paddedHeight(g), paddedWidth(g), from, images, g.height, g.width, g.channels, g.top, g.left);
}

function windowTable(table: Pointer, padded: Pointer, images: i32, g: Convolution): void {
  windows(table, padded, images, paddedHeight(g), paddedWidth(g), g.channels, g.outHeight, g.outWidth, g.stride);
}

// Transposed convolution, which is also the gradient of a convolution's input.
//
// With stride s, pixel p of the result gets only the filter's rows r, r + s, r + 2 s ... with r = (p + top) mod s. So
// the pixels fall into s times s phases, each a convolution at stride 1 of the small map with a filter of its own.

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
function paddedSmallHeight(g: Convolution): i32 {
  return max((g.height - 1 + g.top) / g.stride + 1, g.outHeight) + reach(g) - 1;
}

@inline
function paddedSmallWidth(g: Convolution): i32 {
  return max((g.width - 1 + g.left) / g.stride + 1, g.outWidth) + reach(g) - 1;
}

/** Pixels of the largest phase. */
function phasePixels(g: Convolution): i32 {
  return phaseLength(0, g.height, g.stride) * phaseLength(0, g.width, g.stride);
}

/** Bytes of scratch memory that `convolveTransposedDirectly` needs. */
export function directTransposedScratch(g: Convolution): usize {
  const pixels = phasePixels(g);
  const images = imagesAtATime(g.images, pixels);
  return (
    TILE_BYTES +
    floatBytes(panelCount(g.channels) * COLUMNS) +
    packedBytes(g.kernel * g.kernel * g.outputs, g.channels) +
    floatBytes(images * pixels) +
    floatBytes(images * pixels * g.channels) +
    floatBytes(images * paddedSmallHeight(g) * paddedSmallWidth(g) * g.outputs)
  );
}

/** dx [images, height, width, channels] from dy [images, outHeight, outWidth, outputs] and w. */
export function convolveTransposedDirectly(dx: Pointer, dy: Pointer, w: Pointer, g: Convolution, scratch: Pointer): void {
  const pixels = phasePixels(g);
  const together = imagesAtATime(g.images, pixels);
  const tile = scratch;
  const first = tile + TILE_BYTES;
  const panels = first + floatBytes(panelCount(g.channels) * COLUMNS);
  const table = panels + packedBytes(g.kernel * g.kernel * g.outputs, g.channels);
  const result = table + floatBytes(together * pixels);
  const padded = result + floatBytes(together * pixels * g.channels);
  startRow(first, 0, g.channels);
  packPhases(panels, w, g);
  const from = (<usize>(g.outHeight * g.outWidth * g.outputs)) * FLOAT;
  const to = (<usize>(g.height * g.width * g.channels)) * FLOAT;
  const before = reach(g) - 1;
  for (let image = 0; image < g.images; image += together) {
    const some = min(together, g.images - image);
    pad(
      padded, paddedSmallHeight(g), paddedSmallWidth(g), dy + (<usize>image) * from, some, g.outHeight, g.outWidth,
      g.outputs, before, before,
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
  dx: Pointer, images: i32, panels: Pointer, first: Pointer, table: Pointer, result: Pointer, padded: Pointer,
  tile: Pointer, g: Convolution,
): void {
  const step = (<usize>(paddedSmallWidth(g) * g.outputs)) * FLOAT;
  for (let r = 0; r < g.stride; r++) {
    for (let q = 0; q < g.stride; q++) {
      const high = taps(g, r);
      const wide = taps(g, q);
      const y = firstPixel(r, g.top, g.stride);
      const x = firstPixel(q, g.left, g.stride);
      const rows = phaseLength(y, g.height, g.stride);
      const columns = phaseLength(x, g.width, g.stride);
      // The window of the first pixel: it ends at the small map's pixel (y + top) / stride.
      const top = (y + g.top) / g.stride + reach(g) - high;
      const left = (x + g.left) / g.stride + reach(g) - wide;
      const start = padded + (<usize>top) * step + (<usize>(left * g.outputs)) * FLOAT;
      const target = g.stride == 1 ? dx : result;
      windows(table, start, images, paddedSmallHeight(g), paddedSmallWidth(g), g.outputs, rows, columns, 1);
      if (high > 0 && wide > 0) {
        const m = images * rows * columns;
        multiplyGathered(table, m, high, wide * g.outputs, step, panels, g.channels, first, target, g.channels, tile);
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
  dx: Pointer, from: Pointer, images: i32, firstY: i32, firstX: i32, rows: i32, columns: i32, g: Convolution,
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
