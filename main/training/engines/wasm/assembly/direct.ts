/** Convolution and the gradient of its filter, window by window: for all sizes. */
import { multiplyGathered } from './gather';
import { moveTile, startRow } from './gemm';
import { Convolution, imagesAtATime, pad, windows } from './geometry';
import { PANEL_ROW, packedBytes, packRows, panelsOf, STRIP_ROW } from './pack';
import { COLUMNS, ROWS, TILE_BYTES, TILE_STEP, tileOfColumns } from './tile';
import { bytesOf, clear, FLOAT, Pointer } from './vector';

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
  return bytesOf(images * paddedHeight(g) * paddedWidth(g) * g.channels + ROWS);
}

function tableBytes(g: Convolution): usize {
  const pixels = g.outHeight * g.outWidth;
  return bytesOf(imagesAtATime(g.images, pixels) * pixels);
}

/** Bytes of scratch memory that `convolveDirectly` needs. */
export function directScratch(g: Convolution): usize {
  const depth = g.kernel * g.kernel * g.channels;
  return (
    TILE_BYTES +
    bytesOf(panelsOf(g.outputs) * COLUMNS) +
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
  const panels = first + bytesOf(panelsOf(g.outputs) * COLUMNS);
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
    TILE_BYTES + bytesOf(DEPTH * ROWS) + packedBytes(DEPTH, g.outputs) + tableBytes(g) + paddedBytes(g)
  );
}

/** dw [kernel, kernel, channels, outputs] from x and the gradient dy of the result. */
export function filterGradientDirectly(dw: Pointer, x: Pointer, dy: Pointer, g: Convolution, scratch: Pointer): void {
  const pixels = g.outHeight * g.outWidth;
  const tile = scratch;
  const strip = tile + TILE_BYTES;
  const panels = strip + bytesOf(DEPTH * ROWS);
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
  dw: Pointer,
  table: Pointer,
  deep: i32,
  panels: Pointer,
  strip: Pointer,
  tile: Pointer,
  g: Convolution,
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
          tileOfColumns(strip, STRIP_ROW, deep, panel, PANEL_ROW, target, step, target, step);
        } else {
          moveTile(tile, TILE_STEP, target, step, height, width);
          tileOfColumns(strip, STRIP_ROW, deep, panel, PANEL_ROW, tile, TILE_STEP, tile, TILE_STEP);
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
  windows(
    table, padded, images, paddedHeight(g), paddedWidth(g), g.channels, g.outHeight, g.outWidth, g.stride,
  );
}
