/** Convolution by Winograd's filtering, and the gradients of its input and its filter. */
import { gemm, gemmScratch } from './gemm';
import { Convolution, firstPixel, pad, phaseLength } from './geometry';
import { packColumns, packRows, PANEL_ROW } from './pack';
import { clear, FLOAT, Pointer } from './vector';
import { makePlan, Plan, planScratch, tileCount } from './winograd-plan';
import {
  filtersToPlanes, multiplyPlanes, pixelsToPlanes, planesToFilters, planesToPixels, windowsToPlanes,
} from './winograd-planes';

/** Bytes of scratch memory that `convolveByTiles` needs. */
export function tilesScratch(g: Convolution): usize {
  return planScratch(g, false);
}

/** y = x convolved with w */
export function convolveByTiles(y: Pointer, x: Pointer, w: Pointer, g: Convolution, scratch: Pointer): void {
  const plan = makePlan(scratch, g, false);
  const pixel = (<usize>g.outputs) * FLOAT;
  const row = (<usize>g.outWidth) * pixel;
  const image = (<usize>g.outHeight) * row;
  packTaps(w, g, plan);
  filtersToPlanes(plan.filters, plan);
  for (let i = 0; i < g.images; i += plan.together) {
    const images = min(plan.together, g.images - i);
    imagesToPlanes(x, i, images, g, plan);
    multiplyPlanes(plan.filters, images * plan.high * plan.wide, plan);
    planesToPixels(y + (<usize>i) * image, image, row, pixel, g.outHeight, g.outWidth, images, plan);
  }
}

/** The windows of all phases of some images, side by side: planes of [tiles, phases * channels]. */
export function imagesToPlanes(x: Pointer, image: i32, images: i32, g: Convolution, plan: Plan): void {
  const pixel = (<usize>g.channels) * FLOAT;
  const row = (<usize>plan.paddedWide) * pixel;
  const stride = <usize>g.stride;
  const from = x + (<usize>(image * g.height * g.width)) * pixel;
  pad(plan.padded, plan.paddedHigh, plan.paddedWide, from, images, g.height, g.width, g.channels, g.top, g.left);
  let to = plan.windows;
  for (let p: usize = 0; p < stride; p++) {
    for (let q: usize = 0; q < stride; q++, to += pixel) {
      const first = plan.padded + p * row + q * pixel;
      windowsToPlanes(to, first, stride * row, stride * pixel, images, plan.high, plan.wide, plan);
    }
  }
}

/** Each tap as a packed matrix [phases * channels, outputs]. */
function packTaps(w: Pointer, g: Convolution, plan: Plan): void {
  const step = (<usize>g.outputs) * FLOAT;
  const panelBytes = (<usize>plan.depth) * PANEL_ROW;
  for (let row = 0; row < g.kernel; row++) {
    for (let column = 0; column < g.kernel; column++, w += (<usize>g.channels) * step) {
      const phase = (row % g.stride) * g.stride + (column % g.stride);
      const tap = (row / g.stride) * plan.reach + column / g.stride;
      const to = plan.taps + (<usize>tap) * plan.filterPlane + (<usize>(phase * g.channels)) * PANEL_ROW;
      packRows(to, panelBytes, w, step, g.channels, g.outputs);
    }
  }
}

// Transposed convolution by Winograd's filtering: for each phase of the result a convolution of the small map.

/** Bytes of scratch memory that `convolveTransposedByTiles` needs. */
export function transposedTilesScratch(g: Convolution): usize {
  return planScratch(g, true);
}

/** dx [images, height, width, channels] from dy [images, outHeight, outWidth, outputs] and w. */
export function convolveTransposedByTiles(
  dx: Pointer, dy: Pointer, w: Pointer, g: Convolution, scratch: Pointer,
): void {
  const plan = makePlan(scratch, g, true);
  const from = (<usize>(g.outHeight * g.outWidth * g.outputs)) * FLOAT;
  const to = (<usize>(g.height * g.width * g.channels)) * FLOAT;
  const before = plan.reach - 1;
  for (let r = 0; r < g.stride; r++) {
    for (let q = 0; q < g.stride; q++) {
      packTurnedTaps(w, r, q, g, plan);
      filtersToPlanes(phaseFilters(r, q, g, plan), plan);
    }
  }
  for (let image = 0; image < g.images; image += plan.together) {
    const images = min(plan.together, g.images - image);
    pad(
      plan.padded, plan.paddedHigh, plan.paddedWide, dy + (<usize>image) * from, images, g.outHeight, g.outWidth,
      g.outputs, before, before,
    );
    for (let r = 0; r < g.stride; r++) {
      for (let q = 0; q < g.stride; q++) convolvePhase(dx + (<usize>image) * to, images, r, q, g, plan);
    }
  }
}

/** The pixels of phase (r, q) of some images, from the padded dy. */
function convolvePhase(dx: Pointer, images: i32, r: i32, q: i32, g: Convolution, plan: Plan): void {
  const y = firstPixel(r, g.top, g.stride);
  const x = firstPixel(q, g.left, g.stride);
  const high = phaseLength(y, g.height, g.stride);
  const wide = phaseLength(x, g.width, g.stride);
  const yPixel = (<usize>g.outputs) * FLOAT;
  const yRow = (<usize>plan.paddedWide) * yPixel;
  const xPixel = (<usize>g.channels) * FLOAT;
  const xRow = (<usize>g.width) * xPixel;
  const stride = <usize>g.stride;
  const first = plan.padded + (<usize>((y + g.top) / g.stride)) * yRow + (<usize>((x + g.left) / g.stride)) * yPixel;
  windowsToPlanes(plan.windows, first, yRow, yPixel, images, tileCount(high), tileCount(wide), plan);
  multiplyPlanes(phaseFilters(r, q, g, plan), images * tileCount(high) * tileCount(wide), plan);
  planesToPixels(
    dx + (<usize>y) * xRow + (<usize>x) * xPixel, (<usize>g.height) * xRow, stride * xRow, stride * xPixel, high, wide,
    images, plan,
  );
}

/** Where the planes of the filters of phase (r, q) are. */
@inline
function phaseFilters(r: i32, q: i32, g: Convolution, plan: Plan): Pointer {
  return plan.filters + (<usize>((r * g.stride + q) * plan.planes)) * plan.filterPlane;
}

/** The taps of phase (r, q), turned around, each as a packed matrix [outputs, channels]. */
function packTurnedTaps(w: Pointer, r: i32, q: i32, g: Convolution, plan: Plan): void {
  const last = plan.reach - 1;
  const step = (<usize>g.outputs) * FLOAT;
  const panelBytes = (<usize>g.outputs) * PANEL_ROW;
  let to = plan.taps;
  for (let i = 0; i <= last; i++) {
    for (let j = 0; j <= last; j++, to += plan.filterPlane) {
      const tap = (r + g.stride * (last - i)) * g.kernel + q + g.stride * (last - j);
      packColumns(to, panelBytes, w + (<usize>(tap * g.channels)) * step, step, g.outputs, g.channels);
    }
  }
}

// The gradient of a convolution's filter by Winograd's filtering: the adjoint of `convolveByTiles` in w.

/** Bytes of scratch memory that `filterGradientByTiles` needs. */
export function tilesFilterScratch(g: Convolution): usize {
  return planScratch(g, false) + gemmScratch(g.outputs);
}

/** dw [kernel, kernel, channels, outputs] from x and the gradient dy of the result. */
export function filterGradientByTiles(dw: Pointer, x: Pointer, dy: Pointer, g: Convolution, scratch: Pointer): void {
  const plan = makePlan(scratch, g, false);
  const imageBytes = (<usize>(g.outHeight * g.outWidth * g.outputs)) * FLOAT;
  const planeFloats = plan.depth * plan.columns;
  for (let i = 0; i < plan.planes; i++) clear(plan.filters + (<usize>i) * plan.filterPlane, planeFloats);
  for (let image = 0; image < g.images; image += plan.together) {
    const images = min(plan.together, g.images - image);
    imagesToPlanes(x, image, images, g, plan);
    pixelsToPlanes(dy + (<usize>image) * imageBytes, g.outHeight, g.outWidth, images, plan);
    addFilterProducts(images * plan.high * plan.wide, plan);
  }
  planesToTaps(dw, g, plan);
}

/** The filters' planes [depth, columns] += windows transposed [depth, rows] times gradients [rows, columns]. */
function addFilterProducts(rows: i32, plan: Plan): void {
  const columns = plan.columns;
  let filters = plan.filters;
  let windows = plan.windows;
  let gradients = plan.products;
  for (let i = 0; i < plan.planes; i++) {
    gemm(
      true, false, plan.depth, columns, rows, windows, plan.depth, gradients, columns, filters, columns, 0, true,
      plan.end,
    );
    filters += plan.filterPlane;
    windows += plan.windowPlane;
    gradients += plan.productPlane;
  }
}

/** The filter's gradient from that of its planes, phase by phase. */
function planesToTaps(dw: Pointer, g: Convolution, plan: Plan): void {
  const tap = (<usize>(g.channels * g.outputs)) * FLOAT;
  const step = (<usize>g.stride) * tap;
  let filters = plan.filters;
  for (let p = 0; p < g.stride; p++) {
    for (let q = 0; q < g.stride; q++, filters += tap) {
      const first = dw + (<usize>(p * g.kernel + q)) * tap;
      planesToFilters(first, step, (<usize>g.kernel) * step, filters, g.channels * g.outputs, plan);
    }
  }
}
